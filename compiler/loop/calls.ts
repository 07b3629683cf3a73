/**
 * The order in which functions are called, as a tree: each says which loops are around it, and neighbours in one loop are its
 * body.
 *
 *   a, b (t), c (t), d      ->      run a; repeat t: run b, run c; run d
 */
import type { Repeat } from "./kernel.ts";

/** What stands in loops: a function, or a kernel. */
export interface Repeated {
  readonly repeats?: readonly Repeat[];
}

export type Call<T> =
  | { readonly kind: "run"; readonly item: T }
  | { readonly kind: "repeat"; readonly repeat: Repeat; readonly body: readonly Call<T>[] };

/** The calls of functions that stand one after the other, inside the `depth` outermost loops around them. */
export function calls<T extends Repeated>(items: readonly T[], depth = 0): Call<T>[] {
  const result: Call<T>[] = [];
  for (let at = 0; at < items.length; ) {
    const repeat = items[at]!.repeats?.[depth];
    if (repeat === undefined) {
      result.push({ kind: "run", item: items[at]! });
      at++;
      continue;
    }
    const start = at;
    while (at < items.length && items[at]!.repeats?.[depth] === repeat) at++;
    result.push({ kind: "repeat", repeat, body: calls(items.slice(start, at), depth + 1) });
  }
  return result;
}

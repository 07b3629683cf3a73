/**
 * The loss of all rows, from calls that take a part of them each.
 *
 *   the module's memory, 16 bytes each   [loss] [sums of the call]... [sums of earlier calls]...
 *
 * A loss that is a mean over rows has none of these sums: the mean of the calls' losses, by their rows, is that of all rows. Any
 * other (weights of classes, masks, a root) the module computes in the last call from the sums of all, added up here in float64.
 */
import { ARRAYS, type Memory, viewAt } from "./port.ts";
import type { Signature } from "./section.ts";

export function openTotal({ memory, manifest }: { readonly memory?: Memory; readonly manifest: Signature }) {
  const { loss: start, sums: count = 0, dtype } = manifest;
  const view = (offset: number) => (memory && count > 0 ? viewAt(memory, dtype, offset, count) : new ARRAYS[dtype](0));
  const sums = view(start! + 16);
  const earlier = view(start! + 16 + sums.byteLength);
  const totals = new Float64Array(count);
  let rows = 0;
  let weighted = 0;
  let last = Number.NaN;
  return {
    /** Makes a call that takes `n` rows. */
    take<T extends { readonly loss: number }>(n: number, isLast: boolean, call: () => T): T {
      if (isLast) earlier.set(totals);
      try {
        const part = call();
        for (let i = 0; i < count; i++) totals[i]! += sums[i]!;
        rows += n;
        weighted += part.loss * n;
        last = part.loss;
        return part;
      } finally {
        earlier.fill(0);
      }
    },
    loss: () => (count > 0 ? last : weighted / rows),
  };
}

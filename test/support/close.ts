/** Whether results agree: to a fraction of the largest magnitude, or bit for bit. */
import type { Results } from "../../compiler/graph/interpret.ts";

/** What a call gave: outputs, and new values of states. */
export type GraphResults = Pick<Results, "outputs" | "updates">;

/** The first element that differs by more than `allowed` times the largest magnitude (1 where that is smaller). NaN never agrees. */
export function firstDifference(got: Float64Array, want: Float64Array, allowed: number): string | undefined {
  if (got.length !== want.length) return ` has ${got.length} elements, expected ${want.length}`;
  const scale = want.reduce((most, v) => Math.max(most, Math.abs(v)), 1);
  const at = want.findIndex((v, i) => !(Math.abs(got[i]! - v) <= allowed * scale));
  return at < 0 ? undefined : `[${at}] is ${got[at]}, expected ${want[at]}`;
}

/** The same over everything that leaves a graph, with its name before it. */
export function firstFault(got: GraphResults, want: GraphResults, allowed: number): string | undefined {
  for (const kind of ["outputs", "updates"] as const) {
    for (const [name, values] of want[kind]) {
      const fault = firstDifference(got[kind].get(name)!, values, allowed);
      if (fault) return `${name}${fault}`;
    }
  }
  return undefined;
}

/** The first element whose bits differ; a NaN equals every NaN. */
export function firstOtherBits(got: GraphResults, want: GraphResults): string | undefined {
  for (const kind of ["outputs", "updates"] as const) {
    for (const [name, values] of want[kind]) {
      const actual = got[kind].get(name)!;
      const at = values.findIndex((v, i) => !Object.is(v, actual[i]));
      if (at >= 0) return `${name}[${at}] is ${actual[at]}, expected ${values[at]}`;
    }
  }
  return undefined;
}

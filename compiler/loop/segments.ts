/**
 * Cuts an axis into runs of equal steps: full tiles first, then what is left.
 *
 *   i1<130 in steps of 8        ==>   0..128 step 8, then 128..130 as one step of 2
 *   i0<n in steps of 4          ==>   0..n-n%4 step 4, then the rest one by one
 */
import type { Bound } from "./ir.ts";
import type { Axis } from "./kernel.ts";

export interface Segment {
  readonly from: Bound;
  readonly to: Bound;
  /** Points covered by one round of the loop. */
  readonly step: number;
}

const fixed = (value: number): Bound => ({ kind: "const", value });

/** Steps of `sizes[0]` as long as they fit, then of `sizes[1]`, and so on; what is left at last is one smaller step. */
export function segmentsOf(axis: Axis, sizes: readonly number[]): Segment[] {
  if (axis.extent === "n") return rowSegments(axis.scale, sizes);
  const end = axis.extent * axis.scale;
  const segments: Segment[] = [];
  let start = 0;
  for (const step of sizes) {
    const stop = end - ((end - start) % step);
    if (stop > start) segments.push({ from: fixed(start), to: fixed(stop), step });
    start = stop;
  }
  if (start < end) segments.push({ from: fixed(start), to: fixed(end), step: end - start });
  return segments;
}

/** With n unknown, what is left goes one by one. Each size divides the one before, so that runs meet. */
function rowSegments(scale: number, sizes: readonly number[]): Segment[] {
  const segments: Segment[] = [];
  let from: Bound = fixed(0);
  for (const step of new Set([...sizes, 1])) {
    const leavesNothing = scale % step === 0;
    const to: Bound = { kind: "rows", scale, multipleOf: leavesNothing ? 1 : step };
    segments.push({ from, to, step });
    if (leavesNothing) break;
    from = to;
  }
  return segments;
}

/**
 * The values that bounds, axes and indices take, over every number of rows n from 1 to the batch.
 *
 *   for i in 0..n step 4, batch 32    ->    i from 0 to 28, run 1 to 8 times; 10*i + 3 from 3 to 283
 *
 * The verifier proves with them that every access is inside its buffer, the emitter that no address is negative.
 */
import type { Bound } from "./ir.ts";
import type { Index } from "./kernel.ts";

/** From `min` to `max`, both included. */
export interface Range {
  readonly min: number;
  readonly max: number;
}

export interface AxisRange extends Range {
  /** How often the loop runs. */
  readonly trips: Range;
}

export interface Loop {
  readonly from: Bound;
  readonly to: Bound;
  readonly step: number;
}

/** The turns of a loop around whole functions, as a loop of one. */
export const turnsOf = (extent: number): Loop => ({
  from: { kind: "const", value: 0 },
  to: { kind: "const", value: extent },
  step: 1,
});

const down = (value: number, multipleOf: number): number => value - (value % multipleOf);

export const boundAt = (bound: Bound, rows: number): number =>
  bound.kind === "const" ? bound.value : down(bound.scale * rows, bound.multipleOf);

export const boundRange = (bound: Bound, batch: number): Range => ({
  min: boundAt(bound, 1),
  max: boundAt(bound, batch),
});

/** The axis of a loop that never runs has `trips.max` 0 and an empty range. */
export function axisRange(loop: Loop, batch: number): AxisRange {
  const from = boundRange(loop.from, batch);
  const to = boundRange(loop.to, batch);
  const trips = { min: tripsBetween(from.max, to.min, loop.step), max: tripsBetween(from.min, to.max, loop.step) };
  const last = isMultiple(loop.from, loop.step) ? from.min + loop.step * (trips.max - 1) : to.max - 1;
  return { min: from.min, max: last, trips };
}

const tripsBetween = (from: number, to: number, step: number): number => Math.max(0, Math.ceil((to - from) / step));

/** Whether every value of the start is the least one plus a multiple of `step`, so that all loops end on one grid. */
const isMultiple = (from: Bound, step: number): boolean =>
  from.kind === "const" || from.multipleOf % step === 0 || (from.multipleOf === 1 && from.scale % step === 0);

/** A term from memory takes every value that its buffer may have, whose range must be known. */
export function indexRange(index: Index, axes: ReadonlyMap<string, Range>): Range {
  let { base: min, base: max } = index;
  const add = (stride: number, range: Range): void => {
    min += stride * (stride > 0 ? range.min : range.max);
    max += stride * (stride > 0 ? range.max : range.min);
  };
  for (const { axis, stride } of index.terms) add(stride, axes.get(axis)!);
  if (index.dynamic) add(index.dynamic.stride, { min: 0, max: index.dynamic.buffer.below! - 1 });
  return { min, max };
}

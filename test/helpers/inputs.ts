/** Inputs for math helpers, the same every time: steps of the golden ratio fill any range evenly. */
import type { FloatType } from "../../compiler/graph/types.ts";
import { type Floats, floats } from "./run-helper.ts";

/** Inputs of an f32 test: 2^19, or 2^26 with NABLA_EXHAUSTIVE=1 in the environment, which takes minutes. */
export const inputCount = process.env.NABLA_EXHAUSTIVE === "1" ? 2 ** 26 : 2 ** 19;

/** Inputs of a test before the next are made, so that memory does not grow with their number. */
export const blockCount = 2 ** 16;

const goldenStep = 0x9e3779b1;

/**
 * Floats from `count` places of all bit patterns, from the `from`th on: every exponent, both signs, denormals, infinities
 * and NaN. f64 numbers get other steps for the lower half.
 */
export function patterns(dtype: FloatType, count: number, from = 0): Floats {
  const high = Uint32Array.from({ length: count }, (_, i) => Math.imul(i + from, goldenStep));
  if (dtype === "f32") return new Float32Array(high.buffer);
  const halves = Uint32Array.from({ length: 2 * count }, (_, i) =>
    i % 2 === 1 ? high[i >> 1]! : Math.imul((i >> 1) + from, 0x85ebca6b),
  );
  return new Float64Array(halves.buffer);
}

/** Floats spread evenly over [low, high). */
export function between(dtype: FloatType, low: number, high: number, count: number, from = 0): Floats {
  const fraction = (i: number) => (Math.imul(i + from, goldenStep) >>> 0) / 2 ** 32;
  return floats(
    dtype,
    Array.from({ length: count }, (_, i) => low + (high - low) * fraction(i)),
  );
}

/** Each value with its neighbours: where a method changes its branch. */
export function around(dtype: FloatType, values: readonly number[]): number[] {
  const step = dtype === "f32" ? 2 ** -23 : 2 ** -52;
  return values.flatMap((value) => [-2, -1, 0, 1, 2].map((ulps) => value * (1 + ulps * step)));
}

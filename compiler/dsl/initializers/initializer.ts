/** What an initialiser is, and the draws that initialisers are made of. */
import type { Node } from "../../graph/node.ts";
import type { FloatType } from "../../graph/types.ts";
import * as ops from "../../ops/index.ts";
import type { Setting } from "../held.ts";

export interface Initializer {
  readonly name: string;
  /** Its numbers, to be checked against the element type of the model. */
  readonly settings?: readonly Setting[];
  /** The initial value for a parameter of shape `dims`. */
  initial(dims: readonly number[], source: RandomSource): Node;
}

/** The random numbers of one parameter. */
export interface RandomSource {
  readonly dtype: FloatType;
  /** Uniform in [0, 1), of the parameter's shape; the two streams are independent. */
  uniform(stream: 0 | 1): Node;
}

/** A constant stretched to a shape. */
export const filled = (value: number, dims: readonly number[], dtype: FloatType): Node =>
  dims.length > 0 ? ops.broadcast(ops.scalar(value, dtype), dims) : ops.scalar(value, dtype);

/** Uniform in [low, high). */
export const between = (low: number, high: number, source: RandomSource): Node =>
  ops.add(low, ops.mul(high - low, source.uniform(0)));

/** Box and Muller 1958: std * sqrt(-2 ln(1 - u)) * cos(2 pi v). 1 - u is in (0, 1], so that the logarithm is finite. */
export function gaussian(std: number, source: RandomSource): Node {
  const radius = ops.sqrt(ops.mul(-2, ops.log(ops.sub(1, source.uniform(0)))));
  const angle = ops.mul(2 * Math.PI, source.uniform(1));
  return ops.mul(std, ops.mul(radius, ops.cos(angle)));
}

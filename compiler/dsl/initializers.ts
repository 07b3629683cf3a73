/**
 * Initialisers: the values that parameters start from, as expressions over counter-based random sources, so that a seed
 * gives the same bits on every machine. The fan of a shape [..., in, out]: fanIn = in * the extents before it, fanOut = out *
 * the extents before `in`; of [k]: both k.
 *
 *   dense(x, 64, { weight: heNormal() })
 */
import type { Node } from "../graph/node.ts";
import type { FloatType } from "../graph/types.ts";
import * as ops from "../ops/index.ts";
import { callOf, requireFinite, requirePositive, requireThat } from "./settings.ts";

export interface Initializer {
  readonly name: string;
  /** The initial value for a parameter of shape `dims`. */
  initial(dims: readonly number[], source: RandomSource): Node;
}

/** The random numbers of one parameter. */
export interface RandomSource {
  readonly dtype: FloatType;
  /** Uniform in [0, 1), of the parameter's shape; the two streams are independent. */
  uniform(stream: 0 | 1): Node;
}

/** Every element is `value`. */
export function constant(value: number): Initializer {
  requireFinite(callOf("constant"), "value", value);
  return { name: "constant", initial: (dims, { dtype }) => filled(value, dims, dtype) };
}

/** Every element is 0. */
export const zeros = (): Initializer => ({ ...constant(0), name: "zeros" });

/** Every element is 1. */
export const ones = (): Initializer => ({ ...constant(1), name: "ones" });

/** Uniform in [low, high). */
export function uniformInit(low: number, high: number): Initializer {
  const call = callOf("uniformInit");
  requireFinite(call, "low", low);
  requireFinite(call, "high", high);
  requireThat(low < high, call, "high", `above low, ${low}`, high);
  return { name: "uniformInit", initial: (_dims, source) => between(low, high, source) };
}

/** Normal with mean 0 and the standard deviation given. */
export function normal(std: number): Initializer {
  requirePositive(callOf("normal"), "std", std);
  return { name: "normal", initial: (_dims, source) => gaussian(std, source) };
}

/** Uniform within sqrt(6 / (fanIn + fanOut)) of 0. Glorot and Bengio 2010, for tanh and other odd activations. */
export const glorotUniform = (): Initializer => ({
  name: "glorotUniform",
  initial: (dims, source) => symmetric(Math.sqrt(6 / (fanIn(dims) + fanOut(dims))), source),
});

/** Normal with variance 2 / (fanIn + fanOut), not truncated. Glorot and Bengio 2010. */
export const glorotNormal = (): Initializer => ({
  name: "glorotNormal",
  initial: (dims, source) => gaussian(Math.sqrt(2 / (fanIn(dims) + fanOut(dims))), source),
});

/** Uniform within sqrt(6 / fanIn) of 0. He et al. 2015, for relu and its kin. */
export const heUniform = (): Initializer => ({
  name: "heUniform",
  initial: (dims, source) => symmetric(Math.sqrt(6 / fanIn(dims)), source),
});

/** Normal with variance 2 / fanIn, not truncated. He et al. 2015. */
export const heNormal = (): Initializer => ({
  name: "heNormal",
  initial: (dims, source) => gaussian(Math.sqrt(2 / fanIn(dims)), source),
});

/** A constant stretched to a shape. */
export const filled = (value: number, dims: readonly number[], dtype: FloatType): Node =>
  dims.length > 0 ? ops.broadcast(ops.scalar(value, dtype), dims) : ops.scalar(value, dtype);

const between = (low: number, high: number, source: RandomSource): Node =>
  ops.add(low, ops.mul(high - low, source.uniform(0)));

const symmetric = (limit: number, source: RandomSource): Node => between(-limit, limit, source);

/** Box and Muller 1958: std * sqrt(-2 ln(1 - u)) * cos(2 pi v). 1 - u is in (0, 1], so that the logarithm is finite. */
function gaussian(std: number, source: RandomSource): Node {
  const radius = ops.sqrt(ops.mul(-2, ops.log(ops.sub(1, source.uniform(0)))));
  const angle = ops.mul(2 * Math.PI, source.uniform(1));
  return ops.mul(std, ops.mul(radius, ops.cos(angle)));
}

const product = (dims: readonly number[]): number => dims.reduce((p, d) => p * d, 1);
const fanIn = (dims: readonly number[]): number => (dims.length < 2 ? product(dims) : product(dims.slice(0, -1)));
const fanOut = (dims: readonly number[]): number =>
  dims.length < 2 ? product(dims) : product(dims.slice(0, -2)) * dims.at(-1)!;

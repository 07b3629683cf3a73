/** Initialisers that do not look at the shape: constants, uniform and normal draws. */
import type { Node } from "../../graph/node.ts";
import * as ops from "../../ops/index.ts";
import { callOf, requireFinite, requireKept, requirePositive, requireThat } from "../settings.ts";
import { between, filled, gaussian, type Initializer } from "./initializer.ts";

/** Every element is `value`. */
export function constant(value: number): Initializer {
  const call = callOf("constant");
  requireFinite(call, "value", value);
  return { name: "constant", settings: call.settings, initial: (dims, { dtype }) => filled(value, dims, dtype) };
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
  requireKept(call, "high - low", high - low);
  return { name: "uniformInit", settings: call.settings, initial: (_dims, source) => between(low, high, source) };
}

/** Normal with mean 0 and the standard deviation given. */
export function normal(std: number): Initializer {
  const call = callOf("normal");
  requirePositive(call, "std", std);
  return { name: "normal", settings: call.settings, initial: (_dims, source) => gaussian(std, source) };
}

/**
 * Normal with mean 0, cut off at two deviations: the deviation of what is drawn is 0.8796 * std, as in Keras and PyTorch's
 * trunc_normal_ with bounds of 2 * std. Drawn by the inverse of the distribution, so that no draw is thrown away.
 */
export function truncatedNormal(std: number): Initializer {
  const call = callOf("truncatedNormal");
  requirePositive(call, "std", std);
  return {
    name: "truncatedNormal",
    settings: call.settings,
    initial: (_dims, source) => ops.mul(Math.SQRT2 * std, inverseErf(between(-withinTwo, withinTwo, source))),
  };
}

/** erf(sqrt(2)): the probability of two deviations. */
const withinTwo = 0.9544997361036416;

/** Largest relative error on |x| <= 0.9966: 1.3e-7. Giles 2010, "Approximating the erfinv function", table 5, centre. */
function inverseErf(x: Node): Node {
  const w = ops.sub(ops.neg(ops.log(ops.mul(ops.sub(1, x), ops.add(1, x)))), 2.5);
  const [highest, ...rest] = inverseErfCoefficients;
  const start = ops.add(ops.mul(highest!, w), rest[0]!);
  return ops.mul(
    rest.slice(1).reduce((sum, coefficient) => ops.add(ops.mul(sum, w), coefficient), start),
    x,
  );
}

const inverseErfCoefficients = [
  ...[2.81022636e-8, 3.43273939e-7, -3.5233877e-6, -4.39150654e-6, 2.1858087e-4],
  ...[-1.25372503e-3, -4.17768164e-3, 0.246640727, 1.50140941],
];

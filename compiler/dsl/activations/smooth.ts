/** Smooth activations: S-shaped ones, and those that bend from 0 to x. Swish, which learns beta, is in learnable.ts. */
import type { Node } from "../../graph/node.ts";
import * as ops from "../../ops/index.ts";
import type { Unary } from "../math.ts";
import { operate } from "../operate.ts";
import { choice, type Declared, settle } from "../options.ts";
import { callOf } from "../settings.ts";
import type { Shape } from "../shapes.ts";
import type { Tensor } from "../tensor.ts";
import { asProbabilities } from "./probabilities.ts";

/** 1 / (1 + e^-x), from 0 to 1. */
export const sigmoid: Unary = (x) => operate("sigmoid", x, (node) => asProbabilities("sigmoid", ops.sigmoid(node)));
/** The hyperbolic tangent, from -1 to 1. */
export const tanh: Unary = (x) => operate("tanh", x, ops.tanh);
/** ln(1 + e^x), a smooth max(x, 0); finite for every finite x. Its derivative is sigmoid(x). */
export const softplus: Unary = (x) => operate("softplus", x, ops.softplus);
/** ln sigmoid(x), as -softplus(-x): finite for every finite x. Its derivative is sigmoid(-x). */
export const logSigmoid: Unary = (x) => operate("logSigmoid", x, (node) => ops.neg(ops.softplus(ops.neg(node))));
/**
 * x sigmoid(x): swish with beta = 1. Elfwing et al. 2018, "Sigmoid-weighted linear units for neural network function
 * approximation in reinforcement learning".
 */
export const silu: Unary = (x) => operate("silu", x, (node) => ops.mul(node, ops.sigmoid(node)));
/** x tanh(softplus(x)). Misra 2020, "Mish: a self regularized non-monotonic activation function". */
export const mish: Unary = (x) => operate("mish", x, (node) => ops.mul(node, ops.tanh(ops.softplus(node))));

export interface GeluOptions {
  /** "tanh" for the paper's approximation by tanh, within 5e-4 of the exact form; "none" unless said. */
  readonly approximate?: "none" | "tanh";
}

const geluOptions = { approximate: choice("none", "tanh").or("none") } satisfies Declared<GeluOptions>;

/**
 * x P(z < x) for a standard normal z: x (1 + erf(x / sqrt 2)) / 2.
 * With { approximate: "tanh" }: x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))) / 2, which older transformers were trained
 * with. Throws attribute/range for another form. Hendrycks and Gimpel 2016, "Gaussian error linear units".
 */
export function gelu<D extends Shape, R extends boolean>(x: Tensor<D, R>, options: GeluOptions = {}): Tensor<D, R> {
  const { approximate } = settle(callOf("gelu"), geluOptions, options);
  const shape = approximate === "tanh" ? tanhOfCubic : erfOfScaled;
  return operate("gelu", x, (node) => ops.mul(ops.mul(node, 0.5), ops.add(shape(node), 1)));
}

const erfOfScaled = (x: Node): Node => ops.erf(ops.mul(x, Math.SQRT1_2));

/**
 * x (1 + 0.044715 x^2) instead of x + 0.044715 x^3 saves a product. From |x| = 10 on the tanh is 1 in either precision, so that
 * the square may stop there, before it overflows: its slope would be infinite where that of tanh is 0.
 */
function tanhOfCubic(x: Node): Node {
  const square = ops.minimum(ops.mul(x, x), 100);
  return ops.tanh(ops.mul(ops.mul(x, Math.sqrt(2 / Math.PI)), ops.add(ops.mul(square, 0.044715), 1)));
}

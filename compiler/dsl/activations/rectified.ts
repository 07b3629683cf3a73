/** Rectified activations: x above 0, something small below. PReLU, which learns its slope, is in learnable.ts. */
import type { Node } from "../../graph/node.ts";
import * as ops from "../../ops/index.ts";
import type { Unary } from "../math.ts";
import { operate } from "../operate.ts";
import { callOf, requireFinite, requirePositive } from "../settings.ts";
import type { Shape } from "../shapes.ts";
import type { Tensor } from "../tensor.ts";

/** max(x, 0), with derivative 0 at 0. */
export const relu: Unary = (x) => operate("relu", x, ops.relu);

/**
 * x where x > 0, else alpha x; the derivative at 0 is alpha. Throws attribute/range unless alpha is finite.
 * The slope 0.01 is that of Maas et al. 2013, "Rectifier nonlinearities improve neural network acoustic models" (and of
 * PyTorch; Keras takes 0.3).
 */
export function leakyRelu<D extends Shape, R extends boolean>(x: Tensor<D, R>, alpha = 0.01): Tensor<D, R> {
  requireFinite(callOf("leakyRelu"), "alpha", alpha);
  return operate("leakyRelu", x, (node) => ops.select(ops.gt(node, 0), node, ops.mul(alpha, node)));
}

/**
 * x where x > 0, else alpha (e^x - 1), which tends to -alpha; the derivative at 0 is alpha. Throws attribute/range unless
 * alpha is above 0. Clevert et al. 2016, "Fast and accurate deep network learning by exponential linear units".
 */
export function elu<D extends Shape, R extends boolean>(x: Tensor<D, R>, alpha = 1): Tensor<D, R> {
  requirePositive(callOf("elu"), "alpha", alpha);
  return operate("elu", x, (node) => exponentialBelow(node, alpha));
}

/** The fixed point of mean 0 and variance 1: the paper's constants to the digits of float64. */
const seluAlpha = 1.6732632423543772;
const seluScale = 1.0507009873554805;

/**
 * 1.0507 elu(x, 1.6733): layers with lecun-normal weights keep mean 0 and variance 1.
 * Klambauer et al. 2017, "Self-normalizing neural networks".
 */
export const selu: Unary = (x) => operate("selu", x, (node) => ops.mul(seluScale, exponentialBelow(node, seluAlpha)));

/** Two sides of which one is always 0: the exponential never sees what it would overflow at. */
const exponentialBelow = (x: Node, alpha: number): Node =>
  ops.add(ops.relu(x), ops.mul(alpha, ops.expm1(ops.minimum(x, 0))));

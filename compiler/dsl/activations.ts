/**
 * Activations: functions that stand between layers. Those that are one op say no more; the others are written in ops, and
 * their derivatives come out by rule.
 */
import type { Node } from "../graph/node.ts";
import * as ops from "../ops/index.ts";
import type { Unary } from "./math.ts";
import { operate } from "./operate.ts";
import { callOf, requireFinite } from "./settings.ts";
import type { Shape } from "./shapes.ts";
import type { Tensor } from "./tensor.ts";

/** x, unchanged. */
export const identity: Unary = (x) => operate("identity", x, (node) => node);
/** max(x, 0), with derivative 0 at 0. */
export const relu: Unary = (x) => operate("relu", x, ops.relu);
/** 1 / (1 + e^-x), from 0 to 1. */
export const sigmoid: Unary = (x) => operate("sigmoid", x, ops.sigmoid);
/** The hyperbolic tangent, from -1 to 1. */
export const tanh: Unary = (x) => operate("tanh", x, ops.tanh);
/** ln(1 + e^x), a smooth max(x, 0); finite for every finite x. */
export const softplus: Unary = (x) => operate("softplus", x, ops.softplus);
/** x * sigmoid(x), also called swish. Elfwing et al. 2018, Ramachandran et al. 2017. */
export const silu: Unary = (x) => operate("silu", x, (node) => ops.mul(node, ops.sigmoid(node)));

/** x where x > 0, else alpha * x. Maas et al. 2013. */
export function leakyRelu<D extends Shape, R extends boolean>(x: Tensor<D, R>, alpha = 0.01): Tensor<D, R> {
  requireFinite(callOf("leakyRelu"), "alpha", alpha);
  return operate("leakyRelu", x, (node) => ops.select(ops.gt(node, 0), node, ops.mul(alpha, node)));
}

/** x where x > 0, else alpha * (e^x - 1). Clevert et al. 2016. */
export function elu<D extends Shape, R extends boolean>(x: Tensor<D, R>, alpha = 1): Tensor<D, R> {
  requireFinite(callOf("elu"), "alpha", alpha);
  return operate("elu", x, (node) => {
    // The branch not taken must stay finite: 0 * Infinity in the derivative would give NaN.
    const negative = ops.minimum(node, 0);
    return ops.select(ops.gt(node, 0), node, ops.mul(alpha, ops.expm1(negative)));
  });
}

/** e^x over its sum along the last axis: positive, with sum 1; no finite x overflows. */
export const softmax: Unary = (x) =>
  operate("softmax", x, (node) => {
    const weights = ops.exp(belowMaximum(node));
    return ops.div(weights, sumOfLast(weights));
  });

/** ln softmax(x) along the last axis, without the loss of digits that taking the logarithm afterwards has. */
export const logSoftmax: Unary = (x) =>
  operate("logSoftmax", x, (node) => {
    const shifted = belowMaximum(node);
    return ops.sub(shifted, ops.log(sumOfLast(ops.exp(shifted))));
  });

const lastAxis = (x: Node): number[] => [x.type.dims.length - 1];
const sumOfLast = (x: Node): Node => ops.sum(x, lastAxis(x), true);

/**
 * x minus its maximum along the last axis: e to it cannot overflow. A shift leaves softmax as it is, so the maximum is a
 * constant to the derivative.
 */
export const belowMaximum = (x: Node): Node => ops.sub(x, ops.stopGradient(ops.max(x, lastAxis(x), true)));

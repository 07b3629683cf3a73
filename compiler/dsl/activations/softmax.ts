/** Softmax and its logarithm, along the last axis. */
import { rank } from "../../diagnostics.ts";
import type { Node } from "../../graph/node.ts";
import * as ops from "../../ops/index.ts";
import { operate } from "../operate.ts";
import { callOf } from "../settings.ts";
import type { Shape, ShapeError } from "../shapes.ts";
import { exampleDims, refuse, type Tensor } from "../tensor.ts";
import { belowMaximum, lastAxis } from "./below-maximum.ts";
import { asProbabilities } from "./probabilities.ts";

/** Asks nothing of a shape with at least one axis. */
type HasAxis<D extends Shape> = D extends readonly [] ? ShapeError<"at least one axis is expected"> : unknown;

/** A function along the last axis of one value. */
export type AlongLast = <D extends Shape, R extends boolean>(x: Tensor<D, R> & HasAxis<D>) => Tensor<D, R>;

/**
 * e^x over its sum along the last axis: positive, with sum 1; no finite x overflows. Shapes: x [..., K] -> y [..., K].
 * Throws shape/rank where an example is one number.
 */
export const softmax: AlongLast = (x) =>
  alongLast("softmax", x, (node) => {
    const weights = ops.exp(belowMaximum(node));
    return asProbabilities("softmax", ops.div(weights, sumOfLast(weights)));
  });

/**
 * ln softmax(x) along the last axis, without the loss of digits that taking the logarithm afterwards has. No finite x
 * overflows, unless two are further apart than the largest number. Shapes and errors as softmax.
 */
export const logSoftmax: AlongLast = (x) =>
  alongLast("logSoftmax", x, (node) => {
    const shifted = belowMaximum(node);
    return ops.sub(shifted, ops.log(sumOfLast(ops.exp(shifted))));
  });

/** Without an axis of its own a value would be normalised over the rows, which have nothing to do with each other. */
const alongLast = <V>(call: string, x: unknown, body: (node: Node) => Node): V =>
  operate(call, x, (node) =>
    exampleDims(node).length > 0
      ? body(node)
      : refuse(rank({ ...callOf(call), inputs: [node] }, 0, "x: [n, ..., K], at least one axis an example", node.type)),
  );

const sumOfLast = (x: Node): Node => ops.sum(x, [lastAxis(x)], true);

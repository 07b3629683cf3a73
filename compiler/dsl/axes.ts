/**
 * Functions along axes. Axes count those of one example, from 0, or from -1 at the back; the rows are not among them.
 *
 *   sum(image: [28, 28], 1)      [28], the sum of each line
 *   batchMean(distance: [])      one number for the batch
 */
import { badAttribute, type CompileError } from "../diagnostics.ts";
import type { Node } from "../graph/node.ts";
import type { Dims } from "../graph/types.ts";
import { elementCount, isFloat } from "../graph/types.ts";
import * as ops from "../ops/index.ts";
import { operate } from "./operate.ts";
import { type Declared, flag, settle } from "./options.ts";
import { type Call, callOf, isShape, print } from "./settings.ts";
import type { Drop, Permute, Shape, SwapLast } from "./shapes.ts";
import { exampleDims, hasRows, refuse, type Scalar, type Tensor } from "./tensor.ts";

export interface Reduction {
  /** Over all axes of an example. */
  <D extends Shape, R extends boolean>(x: Tensor<D, R>): Tensor<[], R>;
  /** Over one axis, or several; with `keep` they stay, with extent 1. */
  <D extends Shape, R extends boolean, const A extends number, const K extends boolean = false>(
    x: Tensor<D, R>,
    axes: A | readonly A[],
    options?: { readonly keep?: K },
  ): Tensor<Drop<D, A, K>, R>;
}

interface ReductionOptions {
  /** Whether the axes stay, with extent 1; false unless said. */
  readonly keep?: boolean;
}

const reductionOptions = { keep: flag.or(false) } satisfies Declared<ReductionOptions>;

type OverAxes = (x: Node, axes: readonly number[], keep: boolean) => Node;

const reduction =
  (name: string, op: OverAxes): Reduction =>
  (x: unknown, axes?: number | readonly number[], options: ReductionOptions = {}) =>
    operate<never>(name, x, (node) => {
      const { keep } = settle(callOf(name), reductionOptions, options);
      const chosen = axes === undefined ? exampleDims(node).map((_, axis) => axis) : [axes].flat();
      const own = chosen.map((axis) => axisOf(node, axis));
      const wrong = own.indexOf(undefined);
      if (wrong >= 0) return refuse(noSuchAxis(callOf(name), node, chosen[wrong]));
      return own.length > 0 ? op(node, own as number[], keep) : node;
    });

/** The axis of the node that is one of each example, counted from 0, or from -1 at the back; undefined where there is none. */
export function axisOf(node: Node, axis: unknown): number | undefined {
  const count = exampleDims(node).length;
  if (!Number.isInteger(axis) || (axis as number) < -count || (axis as number) >= count) return undefined;
  return ((axis as number) < 0 ? (axis as number) + count : (axis as number)) + (hasRows(node) ? 1 : 0);
}

export function noSuchAxis(call: Call, node: Node, axis: unknown): CompileError {
  const count = exampleDims(node).length;
  const axes = count > 0 ? `from 0 to ${count - 1}, or from -${count} to -1` : "none, as an example has no axis";
  return badAttribute(call, "axis", axes, axis);
}

/** The sum over axes of each example. */
export const sum: Reduction = reduction("sum", ops.sum);
/** The largest element over axes of each example; NaN if there is one. Equal maxima share the gradient. */
export const max: Reduction = reduction("max", ops.max);
/** The smallest element over axes of each example; NaN if there is one. Equal minima share the gradient. */
export const min: Reduction = reduction("min", ops.min);
/** The product over axes of each example. Its gradient, right where factors are 0 too, takes the square of their number. */
export const prod: Reduction = reduction("prod", ops.prod);
/** The mean over axes of each example: their sum divided by the product of their extents. */
export const mean: Reduction = reduction("mean", (x, axes, keep) =>
  ops.div(
    ops.sum(x, axes, keep),
    axes.reduce((count, axis) => count * (x.type.dims[axis] as number), 1),
  ),
);

/** The sum over all rows given and all axes: one number. */
export function batchSum(x: Tensor<Shape, boolean>): Scalar {
  return operate("batchSum", x, (node) => (node.type.dims.length > 0 ? ops.sum(node) : node));
}

/** The mean over all rows given and all axes: one number, exact for any count of rows. */
export function batchMean(x: Tensor<Shape, boolean>): Scalar {
  return operate("batchMean", x, meanOfAll);
}

/** sum of all elements / (rows * elements of an example), rows counted once only where there are any. */
export function meanOfAll(x: Node): Node {
  if (x.type.dims.length === 0) return x;
  const perExample = elementCount(exampleDims(x), 1);
  const total = perExample === 1 ? ops.sum(x) : ops.div(ops.sum(x), perExample);
  return hasRows(x) && isFloat(x.type.dtype) ? ops.div(total, ops.rows(x.type.dtype)) : total;
}

/** The same elements in row-major order under another shape of one example; the element count stays. */
export function reshape<R extends boolean, const D extends Shape>(x: Tensor<Shape, R>, dims: D): Tensor<[...D], R> {
  return operate("reshape", x, (node) =>
    isShape(dims)
      ? ops.reshape(node, withRows(node, dims))
      : refuse(badAttribute(callOf("reshape"), "dims", "an array of integers above 0", print(dims))),
  );
}

export interface Transpose {
  /** The last two axes exchanged. */
  <D extends Shape, R extends boolean>(x: Tensor<D, R>): Tensor<SwapLast<D>, R>;
  /** Axis k of the result is axis order[k] of x. */
  <D extends Shape, R extends boolean, const O extends Shape>(x: Tensor<D, R>, order: O): Tensor<Permute<D, O>, R>;
}

/** The axes of each example in another order. */
export const transpose: Transpose = (x: unknown, order?: readonly number[]) =>
  operate<never>("transpose", x, (node) => {
    const axes = exampleDims(node).map((_, axis) => axis);
    const wanted = order ?? [...axes.slice(0, -2), ...axes.slice(-2).reverse()];
    const complete = [...wanted].sort((a, b) => a - b).join() === axes.join();
    if (!complete)
      return refuse(badAttribute(callOf("transpose"), "order", `each of ${print(axes)} once`, print(wanted)));
    return ops.transpose(node, hasRows(node) ? [0, ...wanted.map((axis) => axis + 1)] : wanted);
  });

const withRows = (like: Node, dims: readonly number[]): Dims => (hasRows(like) ? ["n", ...dims] : dims);

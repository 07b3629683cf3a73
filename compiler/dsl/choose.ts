/**
 * Comparisons, and the choice by them.
 *
 *   where(less(x, 0), mul(x, 0.1), x)      no gradient flows through the comparison itself
 */
import type { Node } from "../graph/node.ts";
import * as ops from "../ops/index.ts";
import { operate, operateBroadcast } from "./operate.ts";
import type { Broadcast, Fits, Shape } from "./shapes.ts";
import { type EitherRows, type Mask, nodeOf, type Tensor } from "./tensor.ts";

export interface Comparison {
  <D extends Shape, R extends boolean>(a: Tensor<D, R>, b: number): Mask<D, R>;
  <D extends Shape, R extends boolean>(a: number, b: Tensor<D, R>): Mask<D, R>;
  <A extends Shape, R extends boolean, B extends Shape, S extends boolean>(
    a: Tensor<A, R>,
    b: Tensor<B, S> & Fits<A, B>,
  ): Mask<Broadcast<A, B>, EitherRows<R, S>>;
}

const comparison =
  (name: string, op: (a: ops.Operand, b: ops.Operand) => Node): Comparison =>
  (a: unknown, b: unknown) =>
    operateBroadcast<never>(name, [a, b], (x, y) => op(x!, y!));

/** a == b; false with NaN */
export const equal: Comparison = comparison("equal", ops.eq);
/** a != b; true with NaN */
export const notEqual: Comparison = comparison("notEqual", ops.ne);
/** a < b; false with NaN, as the three below */
export const less: Comparison = comparison("less", ops.lt);
/** a <= b */
export const lessEqual: Comparison = comparison("lessEqual", ops.le);
/** a > b */
export const greater: Comparison = comparison("greater", ops.gt);
/** a >= b */
export const greaterEqual: Comparison = comparison("greaterEqual", ops.ge);

/** Where both hold; the shapes are the same. */
export function and<D extends Shape, R extends boolean, S extends boolean>(
  a: Mask<D, R>,
  b: Mask<D, S>,
): Mask<D, EitherRows<R, S>> {
  return operate("and", a, (x) => ops.and(x, nodeOf(b, "and")));
}

/** Where either holds; the shapes are the same. */
export function or<D extends Shape, R extends boolean, S extends boolean>(
  a: Mask<D, R>,
  b: Mask<D, S>,
): Mask<D, EitherRows<R, S>> {
  return operate("or", a, (x) => ops.or(x, nodeOf(b, "or")));
}

/** Where it does not hold. */
export function not<D extends Shape, R extends boolean>(a: Mask<D, R>): Mask<D, R> {
  return operate("not", a, ops.not);
}

/** What `where` chooses from. */
type Choice = Tensor<Shape, boolean> | number;
type ShapeOf<V> = V extends Tensor<infer D, boolean> ? D : [];
type RowsOf<V> = V extends Tensor<Shape, infer R> ? R : false;

/** yes where the mask is set, no elsewhere, all broadcast; the gradient goes to the one taken. One of them is a tensor. */
export function where<M extends Shape, R extends boolean, A extends Choice, B extends Choice>(
  mask: Mask<M, R> & Fits<M, ShapeOf<A>> & Fits<M, ShapeOf<B>>,
  yes: A,
  no: B & Fits<ShapeOf<A>, ShapeOf<B>>,
): Tensor<Broadcast<M, Broadcast<ShapeOf<A>, ShapeOf<B>>>, EitherRows<R, EitherRows<RowsOf<A>, RowsOf<B>>>> {
  return operateBroadcast("where", [mask, yes, no], (chosen, a, b) => ops.select(chosen as Node, a!, b!));
}

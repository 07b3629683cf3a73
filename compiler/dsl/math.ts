/**
 * Elementwise mathematics on values and numbers. Shapes broadcast per example: aligned at the last axis, an extent of 1
 * repeats. Formulas, special values and derivatives stand with the ops (compiler/ops).
 */
import type { Node } from "../graph/node.ts";
import * as ops from "../ops/index.ts";
import { operate, operateBroadcast } from "./operate.ts";
import type { Broadcast, Fits, Shape } from "./shapes.ts";
import type { EitherRows, Tensor } from "./tensor.ts";

/** A function of one value, element by element. */
export type Unary = <D extends Shape, R extends boolean>(x: Tensor<D, R>) => Tensor<D, R>;

/** A function of two values or numbers, broadcast. */
export interface Binary {
  <D extends Shape, R extends boolean>(a: Tensor<D, R>, b: number): Tensor<D, R>;
  <D extends Shape, R extends boolean>(a: number, b: Tensor<D, R>): Tensor<D, R>;
  <A extends Shape, R extends boolean, B extends Shape, S extends boolean>(
    a: Tensor<A, R>,
    b: Tensor<B, S> & Fits<A, B>,
  ): Tensor<Broadcast<A, B>, EitherRows<R, S>>;
}

const unary =
  (name: string, op: (x: Node) => Node): Unary =>
  (x) =>
    operate(name, x, op);

const binary =
  (name: string, op: (a: ops.Operand, b: ops.Operand) => Node): Binary =>
  (a: unknown, b: unknown) =>
    operateBroadcast<never>(name, [a, b], (x, y) => op(x!, y!));

/** a + b */
export const add: Binary = binary("add", ops.add);
/** a - b */
export const sub: Binary = binary("sub", ops.sub);
/** a * b, element by element */
export const mul: Binary = binary("mul", ops.mul);
/** a / b, as IEEE 754 has it */
export const div: Binary = binary("div", ops.div);
/** a to the power b, with the special cases of Math.pow */
export const pow: Binary = binary("pow", ops.pow);
/** The smaller of a and b; NaN wins */
export const minimum: Binary = binary("minimum", ops.minimum);
/** The larger of a and b; NaN wins */
export const maximum: Binary = binary("maximum", ops.maximum);

/** -x */
export const neg: Unary = unary("neg", ops.neg);
/** |x|, with derivative 0 at 0 */
export const abs: Unary = unary("abs", ops.abs);
/** x * x */
export const square: Unary = unary("square", (x) => ops.mul(x, x));
/** e^x */
export const exp: Unary = unary("exp", ops.exp);
/** ln x; -Infinity at 0, NaN below */
export const log: Unary = unary("log", ops.log);
/** e^x - 1, exact also near 0 */
export const expm1: Unary = unary("expm1", ops.expm1);
/** ln(1 + x), exact also near 0 */
export const log1p: Unary = unary("log1p", ops.log1p);
/** The square root of x; NaN below 0 */
export const sqrt: Unary = unary("sqrt", ops.sqrt);
/** sin x, x in radians */
export const sin: Unary = unary("sin", ops.sin);
/** cos x, x in radians */
export const cos: Unary = unary("cos", ops.cos);
/** The error function, 2/sqrt(pi) times the integral of e^(-t^2) from 0 to x */
export const erf: Unary = unary("erf", ops.erf);
/** x, a constant to the derivative: no gradient flows back through it */
export const stopGradient: Unary = unary("stopGradient", ops.stopGradient);

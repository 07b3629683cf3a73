/** Exponentials, logarithms and powers. */
import type { Node } from "../graph/node.ts";
import { sameDims } from "../graph/types.ts";
import { add, div, mul, neg, sub } from "./arithmetic.ts";
import { and, gt, lt, ne, select } from "./compare.ts";
import { applyElementwise, elementwise, type Operand } from "./elementwise.ts";

export const expOp = elementwise("exp", {
  doc: "y = e^x. dy/dx = y.",
  inputs: ["x"],
  method: "helper",
  total: true,
  image: [0, Number.POSITIVE_INFINITY],
  slopes: "vanishing",
  f: Math.exp,
  df: { x: ({ dy, y }) => quotientOver(dy, y) ?? mul(dy, y) },
});

export const logOp = elementwise("log", {
  doc: "y = ln x; -Infinity at 0, NaN below. dy/dx = 1 / x.",
  inputs: ["x"],
  method: "helper",
  slopes: "vanishing",
  f: Math.log,
  df: { x: ({ dy, x }) => div(dy, x) },
  range: [0.3, 3],
});

export const expm1Op = elementwise("expm1", {
  doc: "y = e^x - 1, exact also near 0. dy/dx = y + 1.",
  inputs: ["x"],
  method: "helper",
  total: true,
  slopes: "vanishing",
  f: Math.expm1,
  df: { x: ({ dy, y }) => mul(dy, add(y, 1)) },
});

export const log1pOp = elementwise("log1p", {
  doc: "y = ln(1 + x), exact also near 0; -Infinity at -1, NaN below. dy/dx = 1 / (1 + x).",
  inputs: ["x"],
  method: "helper",
  slopes: "vanishing",
  f: Math.log1p,
  df: { x: ({ dy, x }) => div(dy, add(x, 1)) },
  range: [-0.6, 2],
});

export const sqrtOp = elementwise("sqrt", {
  doc: "y = square root of x; NaN below 0. dy/dx = 1 / (2 y), infinite at 0.",
  inputs: ["x"],
  method: "exact",
  image: [0, Number.POSITIVE_INFINITY],
  slopes: "vanishing",
  f: Math.sqrt,
  df: { x: ({ dy, y }) => div(mul(dy, 0.5), y) },
  range: [0.3, 3],
});

export const powOp = elementwise("pow", {
  doc: "y = a^b with the special cases of JavaScript's Math.pow. dy/da = b a^(b-1), 0 where b is 0; dy/db = y ln a where a > 0, else 0.",
  inputs: ["a", "b"],
  method: "helper",
  slopes: "vanishing",
  f: Math.pow,
  df: {
    a: ({ dy, a, b }) => select(ne(b, 0), mul(dy, mul(b, pow(a, sub(b, 1)))), 0),
    b: ({ dy, a, y }) => select(and(gt(a, 0), ne(y, 0)), mul(dy, mul(y, log(a))), 0),
  },
  range: [0.4, 2],
});

/**
 * The cotangent q / b of y = e^x times y, where b holds y as a term, such as in 1 / (1 + e^-x) and ln(1 + e^x). As q (y / b) it
 * neither vanishes before y makes up for it nor is 0 times infinity where y overflows: y / b tends to 1 then, -1 for b = c - y.
 * Undefined where dy is no such quotient.
 */
export function quotientOver(dy: Node, y: Node): Node | undefined {
  if (dy.op.name === "neg") {
    const positive = quotientOver(dy.inputs[0]!, y);
    return positive && neg(positive);
  }
  if (dy.op.name !== "div") return undefined;
  const [q, b] = dy.inputs as [Node, Node];
  if (b === y) return q;
  const isTerm =
    (b.op.name === "add" || b.op.name === "sub") && b.inputs.includes(y) && sameDims(b.type.dims, y.type.dims);
  if (!isTerm) return undefined;
  const limit = b.op.name === "sub" && b.inputs[1] === y ? -1 : 1;
  return mul(q, select(lt(y, Number.POSITIVE_INFINITY), div(y, b), limit));
}

export const exp = (x: Node): Node => applyElementwise(expOp, [x]);
export const log = (x: Node): Node => applyElementwise(logOp, [x]);
export const expm1 = (x: Node): Node => applyElementwise(expm1Op, [x]);
export const log1p = (x: Node): Node => applyElementwise(log1pOp, [x]);
export const sqrt = (x: Node): Node => applyElementwise(sqrtOp, [x]);
export const pow = (a: Operand, b: Operand): Node => applyElementwise(powOp, [a, b]);

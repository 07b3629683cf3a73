/** Arithmetic: neg, add, sub, mul, div. IEEE 754 operations, rounded once each. */
import type { Node } from "../graph/node.ts";
import { applyElementwise, elementwise, type Operand } from "./elementwise.ts";

export const negOp = elementwise("neg", {
  doc: "y = -x. Flips the sign, of 0 and NaN too.",
  inputs: ["x"],
  f: (x) => -x,
  df: { x: ({ dy }) => neg(dy) },
});

export const addOp = elementwise("add", {
  doc: "y = a + b.",
  inputs: ["a", "b"],
  f: (a, b) => a + b,
  df: { a: ({ dy }) => dy, b: ({ dy }) => dy },
});

export const subOp = elementwise("sub", {
  doc: "y = a - b.",
  inputs: ["a", "b"],
  f: (a, b) => a - b,
  df: { a: ({ dy }) => dy, b: ({ dy }) => neg(dy) },
});

export const mulOp = elementwise("mul", {
  doc: "y = a * b, element by element.",
  inputs: ["a", "b"],
  f: (a, b) => a * b,
  df: { a: ({ dy, b }) => mul(dy, b), b: ({ dy, a }) => mul(dy, a) },
});

export const divOp = elementwise("div", {
  doc: "y = a / b. Division by 0 gives an infinity or NaN, as IEEE 754 has it. dy/db = -y / b.",
  inputs: ["a", "b"],
  f: (a, b) => a / b,
  df: { a: ({ dy, b }) => div(dy, b), b: ({ dy, b, y }) => neg(div(mul(dy, y), b)) },
  range: [0.5, 2],
});

export const neg = (x: Node): Node => applyElementwise(negOp, [x]);
export const add = (a: Operand, b: Operand): Node => applyElementwise(addOp, [a, b]);
export const sub = (a: Operand, b: Operand): Node => applyElementwise(subOp, [a, b]);
export const mul = (a: Operand, b: Operand): Node => applyElementwise(mulOp, [a, b]);
export const div = (a: Operand, b: Operand): Node => applyElementwise(divOp, [a, b]);

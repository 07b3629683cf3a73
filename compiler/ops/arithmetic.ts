/** Arithmetic: neg, add, sub, mul, div, IEEE 754 operations, rounded once each; and a product by weights. */
import type { Node } from "../graph/node.ts";
import type { ElementBuilder, Expr } from "../loop/kernel.ts";
import { applyElementwise, elementwise, type Operand } from "./elementwise.ts";

export const negOp = elementwise("neg", {
  doc: "y = -x. Flips the sign, of 0 and NaN too.",
  inputs: ["x"],
  method: "exact",
  arithmetic: true,
  total: true,
  slopes: "constant",
  f: (x) => -x,
  df: { x: ({ dy }) => neg(dy) },
});

export const addOp = elementwise("add", {
  doc: "y = a + b.",
  inputs: ["a", "b"],
  method: "exact",
  arithmetic: true,
  total: true,
  commutative: true,
  slopes: "constant",
  f: (a, b) => a + b,
  df: { a: ({ dy }) => dy, b: ({ dy }) => dy },
});

export const subOp = elementwise("sub", {
  doc: "y = a - b.",
  inputs: ["a", "b"],
  method: "exact",
  arithmetic: true,
  total: true,
  slopes: "constant",
  f: (a, b) => a - b,
  df: { a: ({ dy }) => dy, b: ({ dy }) => neg(dy) },
});

export const mulOp = elementwise("mul", {
  doc: "y = a * b, element by element.",
  inputs: ["a", "b"],
  method: "exact",
  arithmetic: true,
  total: true,
  commutative: true,
  slopes: "lasting",
  f: (a, b) => a * b,
  df: { a: ({ dy, b }) => mul(dy, b), b: ({ dy, a }) => mul(dy, a) },
});

export const divOp = elementwise("div", {
  doc: "y = a / b. Division by 0 gives an infinity or NaN, as IEEE 754 has it. dy/db = -y / b.",
  inputs: ["a", "b"],
  method: "exact",
  arithmetic: true,
  slopes: "vanishing",
  f: (a, b) => a / b,
  df: { a: ({ dy, b }) => div(dy, b), b: ({ dy, b, y }) => neg(div(mul(dy, y), b)) },
  range: [0.5, 2],
});

export const mulNoNanOp = elementwise("mulNoNan", {
  doc: "y = a * b, and 0 where the weight a is 0, also beside an infinite or NaN b: what has no weight has no say.",
  inputs: ["a", "b"],
  method: "exact",
  arithmetic: true,
  slopes: "lasting",
  f: (a, b) => (a === 0 ? 0 : a! * b!),
  df: { a: ({ dy, b }) => mul(dy, b), b: ({ dy, a }) => mul(dy, a) },
  lane: (build, a, b) => weighted(build, a!, b!),
});

/** Of an element of a one-hot vector, which is 1 or 0 by a mask, the mask is all that is needed. */
function weighted(build: ElementBuilder, a: Expr, b: Expr): Expr {
  const zero = build.constant(0);
  const [mask, yes, no] = a.kind === "op" && a.op === "select" ? a.args : [];
  const isOneHot = yes?.kind === "const" && yes.value === 1 && no?.kind === "const" && no.value === 0;
  if (isOneHot) return build.op("select", mask!, b, zero);
  return build.op("select", build.op("ne", a, zero), build.op("mul", a, b), zero);
}

export const neg = (x: Node): Node => applyElementwise(negOp, [x]);
export const add = (a: Operand, b: Operand): Node => applyElementwise(addOp, [a, b]);
export const sub = (a: Operand, b: Operand): Node => applyElementwise(subOp, [a, b]);
export const mul = (a: Operand, b: Operand): Node => applyElementwise(mulOp, [a, b]);
export const div = (a: Operand, b: Operand): Node => applyElementwise(divOp, [a, b]);
export const mulNoNan = (a: Operand, b: Operand): Node => applyElementwise(mulNoNanOp, [a, b]);

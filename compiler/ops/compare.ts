/** Comparisons, which give masks, and select, which reads one. No cotangent flows through a mask. */
import type { Node } from "../graph/node.ts";
import { applyElementwise, elementwise, type Operand } from "./elementwise.ts";

const comparison = (name: string, sign: string, f: (a: number, b: number) => boolean, commutative = false) =>
  elementwise(name, {
    doc: `The mask a ${sign} b; a comparison with NaN is ${name === "ne" ? "true" : "false"}.`,
    inputs: ["a", "b"],
    method: "exact",
    slopes: "constant",
    commutative,
    f: (a, b) => (f(a!, b!) ? 1 : 0),
    df: "none",
    masks: { result: true },
  });

export const eqOp = comparison("eq", "==", (a, b) => a === b, true);
export const neOp = comparison("ne", "!=", (a, b) => a !== b, true);
export const ltOp = comparison("lt", "<", (a, b) => a < b);
export const leOp = comparison("le", "<=", (a, b) => a <= b);
export const gtOp = comparison("gt", ">", (a, b) => a > b);
export const geOp = comparison("ge", ">=", (a, b) => a >= b);

export const andOp = elementwise("and", {
  doc: "The mask of both.",
  inputs: ["a", "b"],
  method: "exact",
  commutative: true,
  slopes: "constant",
  f: (a, b) => (a && b ? 1 : 0),
  df: "none",
  masks: { inputs: ["a", "b"], result: true },
});

export const orOp = elementwise("or", {
  doc: "The mask of either.",
  inputs: ["a", "b"],
  method: "exact",
  commutative: true,
  slopes: "constant",
  f: (a, b) => (a || b ? 1 : 0),
  df: "none",
  masks: { inputs: ["a", "b"], result: true },
});

export const notOp = elementwise("not", {
  doc: "The mask's complement.",
  inputs: ["a"],
  method: "exact",
  slopes: "constant",
  f: (a) => (a ? 0 : 1),
  df: "none",
  masks: { inputs: ["a"], result: true },
});

export const selectOp = elementwise("select", {
  doc: "y = a where the mask is set, b elsewhere; the cotangent goes to the one taken.",
  inputs: ["mask", "a", "b"],
  method: "exact",
  total: true,
  slopes: "constant",
  f: (mask, a, b) => (mask ? a! : b!),
  df: {
    a: ({ dy, mask }) => select(mask, dy, 0),
    b: ({ dy, mask }) => select(mask, 0, dy),
  },
  masks: { inputs: ["mask"] },
});

export const eq = (a: Operand, b: Operand): Node => applyElementwise(eqOp, [a, b]);
export const ne = (a: Operand, b: Operand): Node => applyElementwise(neOp, [a, b]);
export const lt = (a: Operand, b: Operand): Node => applyElementwise(ltOp, [a, b]);
export const le = (a: Operand, b: Operand): Node => applyElementwise(leOp, [a, b]);
export const gt = (a: Operand, b: Operand): Node => applyElementwise(gtOp, [a, b]);
export const ge = (a: Operand, b: Operand): Node => applyElementwise(geOp, [a, b]);
export const and = (a: Node, b: Node): Node => applyElementwise(andOp, [a, b]);
export const or = (a: Node, b: Node): Node => applyElementwise(orOp, [a, b]);
export const not = (a: Node): Node => applyElementwise(notOp, [a]);
export const select = (mask: Node, a: Operand, b: Operand): Node => applyElementwise(selectOp, [mask, a, b]);

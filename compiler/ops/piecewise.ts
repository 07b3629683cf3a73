/** Functions with a kink: abs, relu, minimum, maximum; and floor, which is flat. */
import type { Node } from "../graph/node.ts";
import type { ElementBuilder, Expr } from "../loop/kernel.ts";
import { neg } from "./arithmetic.ts";
import { ge, gt, lt, ne, select } from "./compare.ts";
import { applyElementwise, elementwise, type Operand } from "./elementwise.ts";

export const absOp = elementwise("abs", {
  doc: "y = |x|. dy/dx = -1, 0, 1 for x below, at and above 0.",
  inputs: ["x"],
  method: "exact",
  total: true,
  image: [0, Number.POSITIVE_INFINITY],
  slopes: "constant",
  f: Math.abs,
  df: { x: ({ dy, x }) => select(ne(x, 0), select(lt(x, 0), neg(dy), dy), 0) },
  range: [0.2, 2],
});

export const reluOp = elementwise("relu", {
  doc: "y = x where x is not below 0, else 0: NaN stays NaN, -0 stays -0. dy/dx = 1 where y > 0, else 0: only y is kept.",
  inputs: ["x"],
  method: "exact",
  total: true,
  image: [0, Number.POSITIVE_INFINITY],
  slopes: "constant",
  // Math.max makes 0 of -0
  f: (x) => (x! < 0 ? 0 : x!),
  df: { x: ({ dy, y }) => select(gt(y, 0), dy, 0) },
  lane: (build, x) => build.op("pmax", x!, build.constant(0)),
});

export const minimumOp = elementwise("minimum", {
  doc: "y = the smaller of a and b as Math.min has it (NaN wins, -0 < 0). The cotangent goes to a on a tie.",
  inputs: ["a", "b"],
  method: "exact",
  total: true,
  commutative: true,
  slopes: "constant",
  f: Math.min,
  df: { a: ({ dy, a, b }) => select(ge(b, a), dy, 0), b: ({ dy, a, b }) => select(ge(b, a), 0, dy) },
  lane: (build, a, b) => extreme(build, "min", a!, b!),
});

export const maximumOp = elementwise("maximum", {
  doc: "y = the larger of a and b as Math.max has it (NaN wins, -0 < 0). The cotangent goes to a on a tie.",
  inputs: ["a", "b"],
  method: "exact",
  total: true,
  commutative: true,
  slopes: "constant",
  f: Math.max,
  df: { a: ({ dy, a, b }) => select(ge(a, b), dy, 0), b: ({ dy, a, b }) => select(ge(a, b), 0, dy) },
  lane: (build, a, b) => extreme(build, "max", a!, b!),
});

/**
 * min(x, 6) as pmin(x, 6): one instruction on x64 instead of nine. It gives x where x is NaN or a tie, which is the same but
 * for the one zero that would have to win over the other.
 */
function extreme(build: ElementBuilder, name: "min" | "max", a: Expr, b: Expr): Expr {
  const [x, bound] = a.kind === "const" ? [b, a] : [a, b];
  const mustWin = name === "min" ? -0 : 0;
  const same = bound.kind === "const" && !Number.isNaN(bound.value) && !Object.is(Math.fround(bound.value), mustWin);
  return same ? build.op(`p${name}`, x, bound) : build.op(name, a, b);
}

export const floorOp = elementwise("floor", {
  doc: "y = the largest integer not above x. Its derivative is 0 wherever it has one.",
  inputs: ["x"],
  method: "exact",
  total: true,
  slopes: "constant",
  f: Math.floor,
  df: "none",
});

export const abs = (x: Node): Node => applyElementwise(absOp, [x]);
export const relu = (x: Node): Node => applyElementwise(reluOp, [x]);
export const minimum = (a: Operand, b: Operand): Node => applyElementwise(minimumOp, [a, b]);
export const maximum = (a: Operand, b: Operand): Node => applyElementwise(maximumOp, [a, b]);
export const floor = (x: Node): Node => applyElementwise(floorOp, [x]);

/** Sine and cosine of an angle in radians. */
import type { Node } from "../graph/node.ts";
import { mul, neg } from "./arithmetic.ts";
import { applyElementwise, elementwise } from "./elementwise.ts";

export const sinOp = elementwise("sin", {
  doc: "y = sin x, x in radians; NaN at an infinity. dy/dx = cos x.",
  inputs: ["x"],
  method: "helper",
  total: true,
  image: [-1, 1],
  slopes: "lasting",
  f: Math.sin,
  df: { x: ({ dy, x }) => mul(dy, cos(x)) },
});

export const cosOp = elementwise("cos", {
  doc: "y = cos x, x in radians; NaN at an infinity. dy/dx = -sin x.",
  inputs: ["x"],
  method: "helper",
  total: true,
  image: [-1, 1],
  slopes: "lasting",
  f: Math.cos,
  df: { x: ({ dy, x }) => mul(dy, neg(sin(x))) },
});

export const sin = (x: Node): Node => applyElementwise(sinOp, [x]);
export const cos = (x: Node): Node => applyElementwise(cosOp, [x]);

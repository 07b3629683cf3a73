import type { Node } from "../../../compiler/graph/node.ts";
import { mul, sub } from "../../../compiler/ops/arithmetic.ts";
import { applyElementwise, elementwise } from "../../../compiler/ops/elementwise.ts";
import { abs } from "../../../compiler/ops/piecewise.ts";

export const softsignOp = elementwise("softsign", {
  doc: "y = x / (1 + |x|), from -1 to 1. dy/dx = (1 - |y|)^2: the input need not be kept.",
  inputs: ["x"],
  method: "rounded",
  slopes: "vanishing",
  total: true,
  image: [-1, 1],
  f: (x) => x / (1 + Math.abs(x)),
  df: {
    x({ dy, y }) {
      const slope = sub(1, abs(y));
      return mul(dy, mul(slope, slope));
    },
  },
  lane: (build, x) => build.op("div", x, build.op("add", build.constant(1), build.op("abs", x))),
  flops: 2,
});

export const softsign = (x: Node): Node => applyElementwise(softsignOp, [x]);

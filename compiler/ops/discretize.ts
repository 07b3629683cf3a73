import { badAttribute, wrongDType } from "../diagnostics.ts";
import { integer } from "../graph/attributes.ts";
import { defineOp } from "../graph/ir.ts";
import { apply, type Node } from "../graph/node.ts";
import { isFloat } from "../graph/types.ts";
import type { Expr } from "../loop/kernel.ts";

/** Numbers from there on have neighbours farther apart than integers in f32, and would be refused as labels of a loop. */
const mostClasses = 2 ** 24;

/**
 * Numbers as labels: cut towards zero, then held to 0..classes - 1; NaN is 0. Shapes: x [...] -> y i32 [...], labels. FLOPs: none.
 * No gradient flows through a label.
 */
export const discretizeOp = defineOp({
  name: "discretize",
  attributes: { classes: integer },
  doc: "Numbers as labels of `classes` classes: cut towards zero, then held to 0..classes - 1; NaN is 0. x [...] -> y i32 [...].",
  kind: "source",
  method: "rounded",
  inputs: ["x"],
  classes: (_types, { classes }) => classes,
  shape({ x }, { classes }, at) {
    if (!isFloat(x.dtype)) throw wrongDType(at, 0, "floats", x);
    if (!Number.isInteger(classes) || classes < 1 || classes > mostClasses)
      throw badAttribute(at, "classes", `an integer from 1 to ${mostClasses}`, classes);
    return { dtype: "i32", dims: x.dims };
  },
  flops: () => 0,
  adjoint: "none",
  reference: ({ x }, _dims, { classes }) =>
    x.data.map((value) => Math.min(Math.max(Math.trunc(value) || 0, 0), classes - 1)),
  element(build, { x }, at, { attrs: { classes } }) {
    const integerOf = (value: number): Expr => build.op("int", build.constant(value));
    const least = build.op("i32.max", build.op("int", x!.at(at)), integerOf(0));
    return build.op("i32.min", least, integerOf(classes - 1));
  },
  samples: [
    { shapes: { x: ["n"] }, attrs: { classes: 2 }, range: [-3, 3] },
    { shapes: { x: ["n", 5] }, attrs: { classes: 40 }, range: [-10, 60] },
    { shapes: { x: [3, 2] }, attrs: { classes: 1 } },
  ],
  rejects: [
    { shapes: { x: ["n"] }, attrs: { classes: 0 }, code: "attribute/range" },
    { shapes: { x: ["n"] }, attrs: { classes: 2.5 }, code: "attribute/range" },
  ],
});

/** Numbers as labels of so many classes. */
export const discretize = (x: Node, classes: number): Node => apply(discretizeOp, [x], { classes });

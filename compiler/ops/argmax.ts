import { badAttribute, wrongDType } from "../diagnostics.ts";
import { integer } from "../graph/attributes.ts";
import { defineOp } from "../graph/ir.ts";
import { apply, type Node } from "../graph/node.ts";
import { elementCount, isFloat } from "../graph/types.ts";

/**
 * The place of the largest element along an axis, the first of equal ones; that of the first NaN where there is one.
 * Shapes: x [..., K, ...] -> y i32 [..., ...], labels of K classes. FLOPs: one comparison per element but the first.
 * No gradient flows through a place.
 */
export const argmaxOp = defineOp({
  name: "argmax",
  attributes: { axis: integer },
  doc:
    "The place of the largest element along `axis`, the first of equal ones, of the first NaN where there is one: labels of as " +
    "many classes as the axis has elements. FLOPs: one comparison per element but the first.",
  kind: "reduction",
  method: "rounded",
  inputs: ["x"],
  classes: ({ x }, { axis }) => x.dims[axis] as number,
  shape({ x }, { axis }, at) {
    if (!isFloat(x.dtype)) throw wrongDType(at, 0, "floats", x);
    const extent = x.dims[axis];
    if (!Number.isInteger(axis) || extent === undefined || extent === "n")
      throw badAttribute(at, "axis", "an axis of a fixed extent", axis);
    return { dtype: "i32", dims: x.dims.toSpliced(axis, 1) };
  },
  flops: ({ x }, { dims }, rows) => elementCount(x.dims, rows) - elementCount(dims, rows),
  adjoint: "none",
  reference({ x }, dims, { axis }) {
    const extent = x.dims[axis]!;
    const inner = x.dims.slice(axis + 1).reduce((product, dim) => product * dim, 1);
    return Float64Array.from({ length: dims.reduce((product, dim) => product * dim, 1) }, (_, at) => {
      const start = Math.floor(at / inner) * extent * inner + (at % inner);
      const along = Array.from({ length: extent }, (_, place) => x.data[start + place * inner]!);
      const unknown = along.findIndex(Number.isNaN);
      return unknown >= 0 ? unknown : along.indexOf(along.reduce((a, b) => Math.max(a, b)));
    });
  },
  element(build, { x }, at, { attrs: { axis } }) {
    const [, place] = build.reduceAll("argmax", [x!.type.dims[axis]!], (index) => [
      x!.at(at.toSpliced(axis, 0, index!)),
      build.index(index!),
    ]);
    return place!;
  },
  samples: [
    { shapes: { x: ["n", 6] }, attrs: { axis: 1 } },
    { shapes: { x: ["n", 67] }, attrs: { axis: 1 } },
    { shapes: { x: ["n", 3, 9] }, attrs: { axis: 1 } },
    { shapes: { x: ["n", 3, 9] }, attrs: { axis: 2 } },
    { shapes: { x: ["n", 1] }, attrs: { axis: 1 } },
    { shapes: { x: [23] }, attrs: { axis: 0 } },
  ],
  rejects: [
    { shapes: { x: ["n", 3] }, attrs: { axis: 0 }, code: "attribute/range" },
    { shapes: { x: ["n", 3] }, attrs: { axis: 2 }, code: "attribute/range" },
  ],
});

/** The place of the largest element along an axis of a fixed extent. */
export const argmax = (x: Node, axis: number): Node => apply(argmaxOp, [x], { axis });

import { badAttribute, shapesDiffer, wrongDType } from "../diagnostics.ts";
import { integer } from "../graph/attributes.ts";
import { defineOp, type Op } from "../graph/ir.ts";
import { apply, type Node } from "../graph/node.ts";
import { type Dim, type Dims, isFloat } from "../graph/types.ts";
import { linear } from "../loop/kernel.ts";
import { slice } from "./pad.ts";

/** The shape with another extent along one axis. */
const withExtent = (dims: Dims, axis: number, extent: Dim): Dims => dims.map((dim, i) => (i === axis ? extent : dim));

const attributes = { axis: integer };

/**
 * Two tensors side by side along an axis: a[i], and after its last b[i - extent of a].
 * Throws shape/differ where they differ along another axis, attribute/range where the axis is that of the rows or none.
 */
export const concatOp: Op<"a" | "b", typeof attributes> = defineOp({
  name: "concat",
  attributes,
  doc: "b after a along `axis`: a [..., A, ...], b [..., B, ...] -> y [..., A + B, ...]. Rows are joined by no op.",
  kind: "view",
  method: "exact",
  // So that no reader's loops are cut where one ends; what a and b are is computed in the loops that fill it.
  stored: true,
  inputs: ["a", "b"],
  shape({ a, b }, { axis }, at) {
    if (!isFloat(a.dtype)) throw wrongDType(at, 0, "numbers: masks and labels are not joined", a);
    if (!isFloat(b.dtype)) throw wrongDType(at, 1, "numbers: masks and labels are not joined", b);
    const [size, other] = [a.dims[axis], b.dims[axis]];
    if (typeof size !== "number") throw badAttribute(at, "axis", "an axis of a other than that of the rows", axis);
    const fits = b.dims.length === a.dims.length && b.dims.every((dim, i) => i === axis || dim === a.dims[i]);
    if (!fits || typeof other !== "number") throw shapesDiffer(at, at.inputs[0]!, at.inputs[1]!);
    return { dtype: a.dtype, dims: withExtent(a.dims, axis, size + other) };
  },
  flops: () => 0,
  adjoint(dy, { a, b }, { attrs: { axis } }) {
    const after = b.type.dims.map((_, i) => (i === axis ? (a.type.dims[axis] as number) : 0));
    const from = a.type.dims.map(() => 0);
    return { a: slice(dy, a.type.dims, from), b: slice(dy, b.type.dims, after) };
  },
  reference({ a, b }, dims, { axis }) {
    const y = new Float64Array(dims.reduce((product, dim) => product * dim, 1));
    const inner = dims.slice(axis + 1).reduce((product, dim) => product * dim, 1);
    const [size, run] = [a.dims[axis]! * inner, dims[axis]! * inner];
    for (let at = 0, outer = 0; at < y.length; at += run, outer++) {
      y.set(a.data.subarray(outer * size, (outer + 1) * size), at);
      y.set(b.data.subarray(outer * (run - size), (outer + 1) * (run - size)), at + size);
    }
    return y;
  },
  element(build, { a, b }, at, { attrs: { axis } }) {
    const size = a!.type.dims[axis] as number;
    const after = b!.at(at.with(axis, linear([at[axis]!], [1], -size)));
    return build.where(size, 1, at[axis]!, (place) => a!.at(at.with(axis, place)), after);
  },
  samples: [
    { shapes: { a: [3], b: [2] }, attrs: { axis: 0 } },
    { shapes: { a: ["n", 3], b: ["n", 5] }, attrs: { axis: 1 } },
    { shapes: { a: ["n", 2, 3], b: ["n", 1, 3] }, attrs: { axis: 1 } },
    { shapes: { a: [2, 3, 1], b: [2, 3, 4] }, attrs: { axis: 2 } },
    { shapes: { a: [1], b: [1] }, attrs: { axis: 0 } },
  ],
  rejects: [
    { shapes: { a: ["n", 3], b: ["n", 3] }, attrs: { axis: 0 }, code: "attribute/range" },
    { shapes: { a: [2, 3], b: [2, 3] }, attrs: { axis: 2 }, code: "attribute/range" },
    { shapes: { a: [2, 3], b: [3, 3] }, attrs: { axis: 1 }, code: "shape/differ" },
    { shapes: { a: [2, 3], b: [3] }, attrs: { axis: 0 }, code: "shape/differ" },
  ],
});

export const concat = (a: Node, b: Node, axis: number): Node => apply(concatOp, [a, b], { axis });

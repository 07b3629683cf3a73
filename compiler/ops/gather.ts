/** Rows of a table that labels name: gather reads them, scatterAdd adds to them; each is the other's adjoint. */
import { badAttribute, rank, wrongDType } from "../diagnostics.ts";
import { integer } from "../graph/attributes.ts";
import { type At, defineOp } from "../graph/ir.ts";
import { apply, type Node } from "../graph/node.ts";
import { type Dims, elementCount, isFloat, sameDims, type Type } from "../graph/types.ts";

function checkLabels(at: At, position: number, index: Type): void {
  if (index.dtype !== "i32") throw wrongDType(at, position, "i32 labels", index);
  if (index.dims[0] !== "n") throw rank(at, position, "index: [n, ...], labels of each row", index);
}

const product = (dims: Dims): number => elementCount(dims, 1);

/**
 * y[i..., d...] = x[index[i...], d...], the rows of a table that labels name.
 * Shapes: x [K, D...], index i32 [n, ...] -> y [n, ..., D...]. FLOPs: none. Labels are checked before an entry begins, so none
 * leaves the table.
 */
export const gatherOp = defineOp({
  name: "gather",
  doc: "y[i..., d...] = x[index[i...], d...]: rows of a table. x [K, D...], index i32 [n, ...] -> y [n, ..., D...].",
  kind: "view",
  method: "exact",
  inputs: ["x", "index"],
  labels: { index: ({ x }) => x.dims[0] as number },
  inMemory: ["x"],
  shape({ x, index }, _attrs, at) {
    if (!isFloat(x.dtype)) throw wrongDType(at, 0, "floats", x);
    if (x.dims.length === 0 || x.dims[0] === "n") throw rank(at, 0, "x: [K, D...], a table without rows", x);
    checkLabels(at, 1, index);
    return { dtype: x.dtype, dims: [...index.dims, ...x.dims.slice(1)] };
  },
  flops: () => 0,
  adjoint: (dy, { x, index }) => ({ x: scatterAdd(dy, index, x.type.dims[0] as number) }),
  reference({ x, index }, dims) {
    const width = product(x.dims.slice(1));
    return Float64Array.from({ length: product(dims) }, (_, at) => {
      const label = index.data[Math.floor(at / width)]!;
      return x.data[label * width + (at % width)]!;
    });
  },
  element(_build, { x, index }, at) {
    const labels = index!.type.dims.length;
    return x!.at([index!.labelAt(at.slice(0, labels)), ...at.slice(labels)]);
  },
  samples: [
    { shapes: { x: [3, 5], index: ["n"] } },
    { shapes: { x: [1, 1], index: ["n"] } },
    { shapes: { x: [7], index: ["n"] } },
    { shapes: { x: [4, 8], index: ["n", 3] } },
    { shapes: { x: [5, 2, 3], index: ["n", 2] } },
  ],
  rejects: [
    { shapes: { x: ["n", 3], index: ["n"] }, code: "shape/rank" },
    { shapes: { x: [], index: ["n"] }, code: "shape/rank" },
    { shapes: { x: [4, 3], index: [2] }, code: "shape/rank" },
  ],
});

/**
 * y[k, d...] = the sum of x[i..., d...] over the points i with index[i...] = k, added up in the order of the points.
 * Shapes: x [n, ..., D...], index i32 [n, ...] -> y [classes, D...]. FLOPs: one addition an element of x.
 */
export const scatterAddOp = defineOp({
  name: "scatterAdd",
  attributes: { classes: integer },
  doc:
    "y[k, d...] = sum of x[i..., d...] over the points i with index[i...] = k, in order. x [n, ..., D...], index i32 [n, ...] -> " +
    "y [classes, D...]. FLOPs: one an element of x.",
  kind: "scatter",
  method: "rounded",
  inputs: ["x", "index"],
  labels: { index: (_types, { classes }) => classes },
  shape({ x, index }, { classes }, at) {
    if (!isFloat(x.dtype)) throw wrongDType(at, 0, "floats", x);
    checkLabels(at, 1, index);
    const lead = index.dims.length;
    if (!sameDims(x.dims.slice(0, lead), index.dims))
      throw rank(at, 0, `x: [${index.dims}, D...], a value for each label`, x);
    if (!Number.isInteger(classes) || classes < 1) throw badAttribute(at, "classes", "an integer from 1 on", classes);
    return { dtype: x.dtype, dims: [classes, ...x.dims.slice(lead)] };
  },
  flops: ({ x }, _type, rows) => elementCount(x.dims, rows),
  adjoint: (dy, { index }) => ({ x: gather(dy, index) }),
  reference({ x, index }, dims) {
    const y = new Float64Array(product(dims));
    const width = product(dims.slice(1));
    x.data.forEach((value, at) => {
      const place = index.data[Math.floor(at / width)]! * width + (at % width);
      y[place] = y[place]! + value;
    });
    return y;
  },
  element: {
    points: ({ x }) => x.dims,
    add({ x, index }, at) {
      const lead = index.type.dims.length;
      return { to: [index.labelAt(at.slice(0, lead)), ...at.slice(lead)], value: x.at(at) };
    },
  },
  samples: [
    { shapes: { x: ["n", 5], index: ["n"] }, attrs: { classes: 3 } },
    { shapes: { x: ["n"], index: ["n"] }, attrs: { classes: 4 } },
    { shapes: { x: ["n", 3, 8], index: ["n", 3] }, attrs: { classes: 7 } },
    { shapes: { x: ["n", 2, 1, 3], index: ["n", 2] }, attrs: { classes: 1 } },
  ],
  rejects: [
    { shapes: { x: ["n", 3], index: ["n"] }, attrs: { classes: 0 }, code: "attribute/range" },
    { shapes: { x: ["n", 3], index: ["n", 2] }, attrs: { classes: 4 }, code: "shape/rank" },
    { shapes: { x: [3], index: [3] }, attrs: { classes: 4 }, code: "shape/rank" },
  ],
});

/** The rows of a table that labels name; each label must be a row of it. */
export const gather = (x: Node, index: Node): Node => apply(gatherOp, [x, index]);

/** The sums of the rows with label 0, 1, ... classes - 1. */
export const scatterAdd = (x: Node, index: Node, classes: number): Node => apply(scatterAddOp, [x, index], { classes });

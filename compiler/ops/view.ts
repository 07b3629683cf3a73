/** Views: index maps that move no data where a reader can follow them: transpose, reshape, broadcast, stopGradient. */
import { badAttribute, noBroadcast, reshapeCount, wrongDType } from "../diagnostics.ts";
import { integers, resultDims } from "../graph/attributes.ts";
import { defineOp, type Op } from "../graph/ir.ts";
import { apply, type Node } from "../graph/node.ts";
import { broadcastDims, type Dims, elementCount, sameDims } from "../graph/types.ts";
import { broadcastOffsets } from "./elementwise.ts";

export const transposeAttributes = { permutation: integers };

/** The row-major order of `permutation` of the last two axes, or of those given. */
export const transposeOp: Op<"x", typeof transposeAttributes> = defineOp({
  name: "transpose",
  attributes: transposeAttributes,
  doc: "y[i, j] = x[j, i] for a matrix; in general axis k of y is axis permutation[k] of x.",
  kind: "view",
  method: "exact",
  inputs: ["x"],
  shape({ x }, { permutation }, at) {
    const valid = [...permutation].sort((a, b) => a - b).every((axis, i) => axis === i);
    if (!valid || permutation.length !== x.dims.length) {
      throw badAttribute(at, "permutation", `each of 0 to ${x.dims.length - 1} once`, `[${permutation}]`);
    }
    return { dtype: x.dtype, dims: permutation.map((axis) => x.dims[axis]!) };
  },
  flops: () => 0,
  adjoint: (dy, { x: _x }, y) => ({ x: transpose(dy, inverse(y.attrs.permutation)) }),
  reference({ x }, dims, { permutation }) {
    const y = new Float64Array(x.data.length);
    const strides = x.dims.map((_, axis) => x.dims.slice(axis + 1).reduce((p, d) => p * d, 1));
    for (let element = 0; element < y.length; element++) {
      let rest = element;
      let offset = 0;
      for (let axis = dims.length - 1; axis >= 0; axis--) {
        offset += (rest % dims[axis]!) * strides[permutation[axis]!]!;
        rest = Math.floor(rest / dims[axis]!);
      }
      y[element] = x.data[offset]!;
    }
    return y;
  },
  element: (_build, { x }, at, { attrs }) => x!.at(inverse(attrs.permutation).map((axis) => at[axis]!)),
  samples: [
    { shapes: { x: [3, 5] }, attrs: { permutation: [1, 0] } },
    { shapes: { x: [4, 4] }, attrs: { permutation: [1, 0] } },
    { shapes: { x: [2, 3, 5] }, attrs: { permutation: [2, 0, 1] } },
    { shapes: { x: ["n", 3, 4] }, attrs: { permutation: [0, 2, 1] } },
  ],
  rejects: [{ shapes: { x: [2, 3] }, attrs: { permutation: [0, 0] }, code: "attribute/range" }],
});

const inverse = (permutation: readonly number[]): number[] => permutation.map((_, axis) => permutation.indexOf(axis));

export const reshapeOp = defineOp({
  name: "reshape",
  attributes: { dims: resultDims },
  doc: "The same elements in row-major order under another shape with as many elements.",
  kind: "view",
  method: "exact",
  inputs: ["x"],
  shape({ x }, { dims }, at) {
    if (x.dtype === "bool") throw wrongDType(at, 0, "numbers: a mask is never in memory; reshape what is compared", x);
    const keepsRows = (x.dims[0] === "n") === (dims[0] === "n");
    if (!keepsRows || elementCount(x.dims, 1) !== elementCount(dims, 1)) throw reshapeCount(at, x.dims, dims);
    return { dtype: x.dtype, dims };
  },
  flops: () => 0,
  adjoint: (dy, { x }) => ({ x: reshape(dy, x.type.dims) }),
  reference: ({ x }) => x.data.slice(),
  // Readers follow a reshape only where its input is in memory; see lower.ts.
  element: (_build, { x }, at) => x!.at(at),
  samples: [
    { shapes: { x: [3, 4] }, attrs: { dims: [2, 6] } },
    { shapes: { x: [5] }, attrs: { dims: [5, 1] } },
    { shapes: { x: ["n", 6] }, attrs: { dims: ["n", 2, 3] } },
    { shapes: { x: [1, 1] }, attrs: { dims: [] } },
  ],
  rejects: [
    { shapes: { x: [2, 3] }, attrs: { dims: [7] }, code: "shape/count" },
    { shapes: { x: ["n", 3] }, attrs: { dims: [3, 1] }, code: "shape/count" },
  ],
});

const broadcastAttributes = { dims: resultDims };
export const broadcastOp: Op<"x", typeof broadcastAttributes> = defineOp({
  name: "broadcast",
  attributes: broadcastAttributes,
  doc: "x stretched to a shape: aligned at the last axis, axes of extent 1 (or missing) repeat.",
  kind: "view",
  method: "exact",
  inputs: ["x"],
  shape({ x }, { dims }, at) {
    const together = broadcastDims(x.dims, dims);
    if (together === undefined || !sameDims(together, dims)) throw noBroadcast(at, x.dims, dims);
    return { dtype: x.dtype, dims };
  },
  flops: () => 0,
  // The reverse walk sums the cotangent to x's shape, as for any stretched input.
  adjoint: (dy) => ({ x: dy }),
  reference({ x }, dims) {
    const offset = broadcastOffsets(x.dims, dims);
    return Float64Array.from({ length: dims.reduce((p, d) => p * d, 1) }, (_, element) => x.data[offset(element)]!);
  },
  element: (_build, { x }, at) => x!.broadcastAt(at),
  samples: [
    { shapes: { x: [] }, attrs: { dims: ["n", 3] } },
    { shapes: { x: [5] }, attrs: { dims: ["n", 5] } },
    { shapes: { x: [3, 1] }, attrs: { dims: [3, 4] } },
  ],
  rejects: [{ shapes: { x: [3] }, attrs: { dims: [4] }, code: "shape/broadcast" }],
});

export const stopGradientOp = defineOp({
  name: "stopGradient",
  doc: "y = x; no cotangent flows back.",
  kind: "view",
  method: "exact",
  inputs: ["x"],
  shape: ({ x }) => x,
  flops: () => 0,
  adjoint: "none",
  reference: ({ x }) => x.data.slice(),
  element: (_build, { x }, at) => x!.at(at),
  samples: [{ shapes: { x: ["n", 3] } }],
  rejects: [],
});

export const transpose = (x: Node, permutation: readonly number[] = [1, 0]): Node =>
  apply(transposeOp, [x], { permutation: [...permutation] });
export const reshape = (x: Node, dims: Dims): Node => apply(reshapeOp, [x], { dims });
export const broadcast = (x: Node, dims: Dims): Node => apply(broadcastOp, [x], { dims });
export const stopGradient = (x: Node): Node => apply(stopGradientOp, [x]);

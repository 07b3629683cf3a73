import { rank, shapesDiffer } from "../../../compiler/diagnostics.ts";
import { defineOp } from "../../../compiler/graph/ir.ts";
import { apply, type Node } from "../../../compiler/graph/node.ts";
import { elementCount, sameDims } from "../../../compiler/graph/types.ts";
import { mul } from "../../../compiler/ops/arithmetic.ts";
import { reshape } from "../../../compiler/ops/view.ts";

/**
 * Row by row: y[m] = sum over k of a[m,k] * b[m,k], added up in the order of k.
 * Shapes: a [M,K], b [M,K] -> y [M]. FLOPs: 2*M*K.
 * Throws shape/rank unless a has two axes, shape/differ when the shapes differ.
 */
export const dotOp = defineOp({
  name: "dot",
  doc: "y[m] = sum over k of a[m,k] * b[m,k]. a [M,K], b [M,K] -> y [M]. FLOPs: 2 M K.",
  kind: "contraction",
  method: "rounded",
  inputs: ["a", "b"],
  shape({ a, b }, _attrs, at) {
    if (a.dims.length !== 2) throw rank(at, 0, "a: [M, K]", a);
    if (!sameDims(a.dims, b.dims)) throw shapesDiffer(at, at.inputs[0]!, at.inputs[1]!);
    return { dtype: a.dtype, dims: [a.dims[0]!] };
  },
  flops: ({ a }, _type, rows) => 2 * elementCount(a.dims, rows),
  adjoint(dy, { a, b }) {
    const column = reshape(dy, [a.type.dims[0]!, 1]);
    return { a: mul(column, b), b: mul(column, a) };
  },
  reference({ a, b }, [m]) {
    const width = a.dims[1]!;
    const y = new Float64Array(m!);
    a.data.forEach((value, i) => {
      const row = Math.floor(i / width);
      y[row] = y[row]! + value * b.data[i]!;
    });
    return y;
  },
  element: (build, { a, b }, [m]) =>
    build.sum([a!.type.dims[1]!], (k) => build.op("mul", a!.at([m!, k]), b!.at([m!, k]))),
  samples: [
    { shapes: { a: [2, 3], b: [2, 3] } },
    { shapes: { a: [1, 1], b: [1, 1] } },
    { shapes: { a: ["n", 5], b: ["n", 5] } },
    { shapes: { a: [3, 67], b: [3, 67] } },
  ],
  rejects: [
    { shapes: { a: [3], b: [3] }, code: "shape/rank" },
    { shapes: { a: [2, 3], b: [2, 4] }, code: "shape/differ" },
  ],
});

export const dot = (a: Node, b: Node): Node => apply(dotOp, [a, b]);

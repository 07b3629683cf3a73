import { innerDims, rank } from "../../diagnostics.ts";
import { apply, type Node } from "../../graph/node.ts";
import { transpose } from "../view.ts";
import { defineContraction } from "./contraction.ts";
import { parseMaps } from "./maps.ts";

const maps = parseMaps("m,k;k,n->m,n");

/**
 * Matrix product: y[m,n] = sum over k of a[m,k] * b[k,n], added up in the order of k.
 * Shapes: a [M,K], b [K,N] -> y [M,N]. FLOPs: M N (2 K - 1).
 * Throws shape/inner-dims when the two K differ, shape/rank unless both have two axes.
 * Adjoint: Giles 2008, "Collected matrix derivative results for forward and reverse mode algorithmic differentiation".
 */
export const matmulOp = defineContraction({
  name: "matmul",
  doc: "y[m,n] = sum over k of a[m,k] * b[k,n]. a [M,K], b [K,N] -> y [M,N]. FLOPs: M N (2 K - 1).",
  inputs: ["a", "b"],
  maps: () => maps,
  shape({ a, b }, _attrs, at) {
    if (a.dims.length !== 2) throw rank(at, 0, "a: [M, K]", a);
    if (b.dims.length !== 2) throw rank(at, 1, "b: [K, N]", b);
    if (a.dims[1] !== b.dims[0]) throw innerDims(at, a, b);
    return { dtype: a.dtype, dims: [a.dims[0]!, b.dims[1]!] };
  },
  adjoint: (dy, { a, b }) => ({
    // Rows stand first in every value that is computed: where they are a's columns, its cotangent is made transposed.
    a: a.type.dims[1] === "n" ? transpose(matmul(b, transpose(dy))) : matmul(dy, transpose(b)),
    b: matmul(transpose(a), dy),
  }),
  samples: [
    { shapes: { a: [2, 3], b: [3, 4] } },
    { shapes: { a: [1, 1], b: [1, 1] } },
    { shapes: { a: [5, 7], b: [7, 3] } },
    { shapes: { a: ["n", 5], b: [5, 9] } },
    { shapes: { a: ["n", 3], b: [3, 1] } },
    { shapes: { a: ["n", 17], b: [17, 13] } },
    { shapes: { a: [1, 6], b: [6, 2] } },
    { shapes: { a: [9, 1], b: [1, 8] } },
    { shapes: { a: [3, 4], b: [4, 67] } },
  ],
  rejects: [
    { shapes: { a: [2, 3], b: [4, 4] }, code: "shape/inner-dims" },
    { shapes: { a: [3], b: [3, 4] }, code: "shape/rank" },
    { shapes: { a: [2, 3], b: [3, 4, 1] }, code: "shape/rank" },
  ],
});

export const matmul = (a: Node, b: Node): Node => apply(matmulOp, [a, b]);

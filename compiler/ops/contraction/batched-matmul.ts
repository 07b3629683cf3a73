import { innerDims, rank } from "../../diagnostics.ts";
import { apply, type Node } from "../../graph/node.ts";
import { sameDims, type Type } from "../../graph/types.ts";
import { transpose } from "../view.ts";
import { defineContraction } from "./contraction.ts";
import { parseMaps } from "./maps.ts";

/**
 * Matrix products side by side: y[l,m,n] = sum over k of a[l,m,k] * b[l,k,n], l one or more axes; with l = n, the rows, each
 * row multiplies matrices of its own, as attention does.
 * Shapes: a [L..., M, K], b [L..., K, N] -> y [L..., M, N]. FLOPs: L M N (2 K - 1).
 * Throws shape/inner-dims when the two K or any L differ, shape/rank unless both have the same three or more axes.
 * Adjoint: Giles 2008, for each product by itself.
 */
export const batchedMatmulOp = defineContraction({
  name: "batchedMatmul",
  doc: "y[l,m,n] = sum over k of a[l,m,k] * b[l,k,n], l one or more axes. FLOPs: L M N (2 K - 1).",
  inputs: ["a", "b"],
  maps({ a }) {
    const l = a.dims.slice(0, -2).map((_, axis) => `l${axis}`);
    return parseMaps(`${[...l, "m", "k"]};${[...l, "k", "n"]}->${[...l, "m", "n"]}`);
  },
  shape({ a, b }, _attrs, at) {
    if (a.dims.length < 3) throw rank(at, 0, "a: [L, M, K], with one or more L", a);
    if (b.dims.length !== a.dims.length) throw rank(at, 1, `as many axes as a has, ${a.dims.length}`, b);
    const [leading, others] = [a.dims.slice(0, -2), b.dims.slice(0, -2)];
    if (a.dims.at(-1) !== b.dims.at(-2) || !sameDims(leading, others)) throw innerDims(at, a, b);
    return { dtype: a.dtype, dims: [...leading, a.dims.at(-2)!, b.dims.at(-1)!] };
  },
  adjoint: (dy, { a, b }) => ({ a: batchedMatmul(dy, flipped(b)), b: batchedMatmul(flipped(a), dy) }),
  samples: [
    { shapes: { a: ["n", 3, 5], b: ["n", 5, 4] } },
    { shapes: { a: ["n", 1, 7], b: ["n", 7, 1] } },
    { shapes: { a: ["n", 6, 1], b: ["n", 1, 9] } },
    { shapes: { a: [4, 2, 3], b: [4, 3, 2] } },
    { shapes: { a: ["n", 2, 5, 17], b: ["n", 2, 17, 6] } },
  ],
  rejects: [
    { shapes: { a: [2, 3], b: [3, 4] }, code: "shape/rank" },
    { shapes: { a: [2, 3, 4], b: [4, 5] }, code: "shape/rank" },
    { shapes: { a: [2, 3, 4], b: [2, 5, 4] }, code: "shape/inner-dims" },
    { shapes: { a: [2, 3, 4], b: [3, 4, 5] }, code: "shape/inner-dims" },
  ],
});

export const batchedMatmul = (a: Node, b: Node): Node => apply(batchedMatmulOp, [a, b]);

/** The last two axes exchanged. */
const flipped = (x: Node): Node => transpose(x, lastTwoExchanged(x.type));

function lastTwoExchanged({ dims }: Type): number[] {
  const axes = dims.map((_, axis) => axis);
  return [...axes.slice(0, -2), axes.at(-1)!, axes.at(-2)!];
}

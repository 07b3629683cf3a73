import { badAttribute, innerDims, rank } from "../../diagnostics.ts";
import { integers } from "../../graph/attributes.ts";
import type { At, Maps, Op } from "../../graph/ir.ts";
import { apply, type Node } from "../../graph/node.ts";
import type { Dims } from "../../graph/types.ts";
import { type Affine, affine } from "../../loop/kernel.ts";
import { defineContraction } from "./contraction.ts";

/** Along each axis that it slides over: how far a step of the output, and of the window, goes; what is added on each side. */
export interface Window {
  readonly stride: readonly number[];
  readonly padding: readonly number[];
  readonly dilation: readonly number[];
}

const attributes = { stride: integers, padding: integers, dilation: integers };

/** Output places along one axis of `size`: floor((size + 2 padding - dilation (kernel - 1) - 1) / stride) + 1. */
export const placesAlong = (
  size: number,
  kernel: number,
  { stride, padding, dilation }: Window,
  axis: number,
): number => Math.floor((size + 2 * padding[axis]! - dilation[axis]! * (kernel - 1) - 1) / stride[axis]!) + 1;

function outputDims(x: Dims, w: Dims, window: Window, at: At): Dims {
  const count = (axis: 0 | 1): number => placesAlong(x[axis + 1] as number, w[axis] as number, window, axis);
  if (count(0) < 1 || count(1) < 1)
    throw badAttribute(at, "padding", `at least as much as the window of w needs`, `[${window.padding}]`);
  return [x[0]!, count(0), count(1), w[3]!];
}

function checkWindow({ stride, padding, dilation }: Window, at: At): void {
  const check = (name: string, pair: readonly number[], least: number): void => {
    if (pair.length !== 2 || pair.some((n) => !Number.isInteger(n) || n < least))
      throw badAttribute(at, name, `two integers from ${least} on`, `[${pair}]`);
  };
  check("stride", stride, 1);
  check("padding", padding, 0);
  check("dilation", dilation, 1);
}

/** The place of x that output i and tap p meet at: stride i + dilation p - padding. */
export const placeOfTap = ({ stride, padding, dilation }: Window, axis: number, out: string, tap: string): Affine =>
  affine(-padding[axis]!, [
    { axis: out, stride: stride[axis]! },
    { axis: tap, stride: dilation[axis]! },
  ]);

function mapsOfWindow(window: Window): Maps {
  const pure = (axes: string): Affine[] => [...axes].map((axis) => affine(0, [{ axis, stride: 1 }]));
  const [n, c] = pure("nc") as [Affine, Affine];
  const places = [placeOfTap(window, 0, "i", "p"), placeOfTap(window, 1, "j", "q")];
  return { a: [n, ...places, c], b: pure("pqcd"), y: pure("nijd") };
}

/**
 * Two-dimensional convolution: y[n,i,j,d] = sum over p, q, c of x[n,h,v,c] * w[p,q,c,d], h = stride i + dilation p - padding,
 * v likewise, 0 outside of x. Shapes: x [N,H,W,C], w [KH,KW,C,D] -> y [N,OH,OW,D].
 * Throws shape/inner-dims when the two C differ, shape/rank unless both have four axes, attribute/range for no window.
 */
export const convolutionOp: Op<"x" | "w", typeof attributes> = defineContraction({
  name: "convolution",
  attributes,
  doc: "y[n,i,j,d] = sum over p, q, c of x[n,h,v,c] * w[p,q,c,d], h = stride i + dilation p - padding, v likewise; 0 outside of x. x [N,H,W,C], w [KH,KW,C,D] -> y [N,OH,OW,D].",
  inputs: ["x", "w"],
  maps: (_types, window) => mapsOfWindow(window),
  shape({ x, w }, window, at) {
    if (x.dims.length !== 4) throw rank(at, 0, "x: [N, H, W, C]", x);
    if (w.dims.length !== 4) throw rank(at, 1, "w: [KH, KW, C, D]", w);
    if (x.dims[3] !== w.dims[2]) throw innerDims(at, x, w);
    checkWindow(window, at);
    return { dtype: x.dtype, dims: outputDims(x.dims, w.dims, window, at) };
  },
  samples: windows().map(({ x, w, window }) => ({ shapes: { x, w }, attrs: { ...window } })),
  rejects: [
    { shapes: { x: [2, 5, 5, 3], w: [3, 3, 2, 4] }, attrs: plain(), code: "shape/inner-dims" },
    { shapes: { x: [5, 5, 3], w: [3, 3, 3, 4] }, attrs: plain(), code: "shape/rank" },
    { shapes: { x: [2, 5, 5, 3], w: [3, 3, 3] }, attrs: plain(), code: "shape/rank" },
    { shapes: { x: [2, 2, 5, 3], w: [3, 3, 3, 4] }, attrs: plain(), code: "attribute/range" },
    { shapes: { x: [2, 5, 5, 3], w: [3, 3, 3, 4] }, attrs: plain([0, 1]), code: "attribute/range" },
  ],
});

/** Shapes that it is tried at: odd sizes, borders wider than the window's centre, windows that skip. */
function windows() {
  const one = (x: Dims, w: Dims, stride: number[], padding: number[], dilation: number[]) => ({
    ...{ x, w },
    window: { stride, padding, dilation },
  });
  return [
    one(["n", 5, 4, 2], [3, 2, 2, 3], [1, 1], [0, 0], [1, 1]),
    one(["n", 4, 5, 2], [3, 3, 2, 5], [1, 1], [1, 1], [1, 1]),
    one([2, 7, 6, 1], [3, 2, 1, 4], [2, 3], [1, 0], [1, 1]),
    one(["n", 6, 5, 2], [2, 3, 2, 1], [2, 2], [0, 2], [2, 2]),
    one([1, 3, 3, 1], [1, 1, 1, 1], [3, 3], [1, 1], [1, 1]),
  ];
}

function plain(stride = [1, 1]) {
  return { stride, padding: [0, 0], dilation: [1, 1] };
}

export const convolution = (x: Node, w: Node, { stride, padding, dilation }: Window): Node =>
  apply(convolutionOp, [x, w], { stride: [...stride], padding: [...padding], dilation: [...dilation] });

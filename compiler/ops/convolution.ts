/**
 * Two-dimensional convolution and its two adjoints: three contractions over one index map.
 *
 *   x [N,H,W,C], w [KH,KW,C,D], y [N,OH,OW,D]      h = stride * oh + dilation * kh - padding, the same for columns
 *
 * Each op sums the product of two of the three over all points where the map holds; so each is the adjoint of the others.
 */
import { badAttribute, innerDims, rank } from "../diagnostics.ts";
import { type Attrs, apply, type Node } from "../graph/node.ts";
import { type Dim, type Dims, elementCount, sameDims, type Type } from "../graph/types.ts";
import type { ElementBuilder, Expr, Index } from "../loop/kernel.ts";
import { linear } from "../loop/kernel.ts";
import { type At, defineOp, type Op } from "./define.ts";

/** Of rows and columns: how far a step of the output, and of the window, goes; zeros on each side. */
export interface Window {
  readonly stride: readonly [number, number];
  readonly padding: readonly [number, number];
  readonly dilation: readonly [number, number];
}

const windowOf = (attrs: Attrs): Window => attrs as unknown as Window;

/** Output places along one axis of `size`: floor((size + 2 padding - dilation (kernel - 1) - 1) / stride) + 1. */
const places = (size: number, kernel: number, { stride, padding, dilation }: Window, axis: 0 | 1): number =>
  Math.floor((size + 2 * padding[axis] - dilation[axis] * (kernel - 1) - 1) / stride[axis]) + 1;

function outputDims(x: Dims, w: Dims, window: Window, at: At): Dims {
  const count = (axis: 0 | 1): number => places(x[axis + 1] as number, w[axis] as number, window, axis);
  if (count(0) < 1 || count(1) < 1)
    throw badAttribute(at, "padding", `at least as much as the window of w needs`, `[${window.padding}]`);
  return [x[0]!, count(0), count(1), w[3]!];
}

function checkWindow({ stride, padding, dilation }: Window, at: At): void {
  const check = (name: string, pair: readonly number[], least: number): void => {
    if (pair?.length !== 2 || pair.some((n) => !Number.isInteger(n) || n < least))
      throw badAttribute(at, name, `two integers from ${least} on`, `[${pair}]`);
  };
  check("stride", stride, 1);
  check("padding", padding, 0);
  check("dilation", dilation, 1);
}

function checkRanks(at: At, a: Type, b: Type, names: readonly [string, string]): void {
  if (a.dims.length !== 4) throw rank(at, 0, names[0], a);
  if (b.dims.length !== 4) throw rank(at, 1, names[1], b);
}

/** A derived shape must be that of the third tensor. */
function checkThird(at: At, expected: Dims, got: Dims): void {
  if (!sameDims(expected, got))
    throw badAttribute(at, "dims", `a shape whose convolution is [${got}]`, `[${expected}]`);
}

/** Multiply-adds of the whole map, padding counted. */
const flopsOf = (y: Dims, w: Dims, rows: number): number =>
  2 * elementCount(y, rows) * elementCount(w.slice(0, 3), rows);

/** Calls `visit` with the offsets of the elements of x, w and y that meet, in the order of y, then of w. */
function meetings(
  [x, w, y]: readonly (readonly number[])[],
  { stride, padding, dilation }: Window,
  visit: (x: number, w: number, y: number) => void,
): void {
  const [rows, height, width, channels] = x as [number, number, number, number];
  const [windowHeight, windowWidth] = w as [number, number];
  const [, outHeight, outWidth, depth] = y as [number, number, number, number];
  for (let n = 0; n < rows; n++)
    for (let oh = 0; oh < outHeight; oh++)
      for (let ow = 0; ow < outWidth; ow++)
        for (let kh = 0; kh < windowHeight; kh++)
          for (let kw = 0; kw < windowWidth; kw++) {
            const h = stride[0] * oh + dilation[0] * kh - padding[0];
            const v = stride[1] * ow + dilation[1] * kw - padding[1];
            if (h < 0 || h >= height || v < 0 || v >= width) continue;
            for (let c = 0; c < channels; c++)
              for (let d = 0; d < depth; d++)
                visit(
                  ((n * height + h) * width + v) * channels + c,
                  ((kh * windowWidth + kw) * channels + c) * depth + d,
                  ((n * outHeight + oh) * outWidth + ow) * depth + d,
                );
          }
}

const product = (dims: readonly number[]): number => dims.reduce((p, d) => p * d, 1);

/** The place of x that output and window meet at, along both axes. */
function inside(
  build: ElementBuilder,
  x: Dims,
  { stride, padding, dilation }: Window,
  [oh, ow, kh, kw]: readonly [Index, Index, Index, Index],
  body: (h: Index, w: Index) => Expr,
): Expr {
  const place = (axis: 0 | 1, out: Index, tap: Index): Index =>
    linear([out, tap], [stride[axis], dilation[axis]], -padding[axis]);
  return build.where(x[1] as number, 1, place(0, oh, kh), (h) =>
    build.where(x[2] as number, 1, place(1, ow, kw), (w) => body(h, w)),
  );
}

export const convolutionOp: Op<"x" | "w"> = defineOp({
  name: "convolution",
  doc: "y[n,i,j,d] = sum over p, q, c of x[n,h,v,c] * w[p,q,c,d], h = stride i + dilation p - padding, v likewise; 0 outside of x. x [N,H,W,C], w [KH,KW,C,D] -> y [N,OH,OW,D].",
  kind: "contraction",
  inputs: ["x", "w"],
  shape({ x, w }, attrs, at) {
    checkRanks(at, x, w, ["x: [N, H, W, C]", "w: [KH, KW, C, D]"]);
    if (x.dims[3] !== w.dims[2]) throw innerDims(at, x, w);
    checkWindow(windowOf(attrs), at);
    return { dtype: x.dtype, dims: outputDims(x.dims, w.dims, windowOf(attrs), at) };
  },
  flops: ({ w }, y, rows) => flopsOf(y.dims, w.dims, rows),
  adjoint: (dy, { x, w }, y) => ({
    x: convolutionInput(dy, w, x.type.dims, windowOf(y.attrs)),
    w: convolutionWeight(x, dy, w.type.dims, windowOf(y.attrs)),
  }),
  reference({ x, w }, dims, attrs) {
    const y = new Float64Array(product(dims));
    meetings([x.dims, w.dims, dims], windowOf(attrs), (i, j, k) => {
      y[k]! += x.data[i]! * w.data[j]!;
    });
    return y;
  },
  element: (build, { x, w }, [n, i, j, d], node) =>
    build.sum(w!.type.dims.slice(0, 3), (p, q, c) =>
      inside(build, x!.type.dims, windowOf(node.attrs), [i!, j!, p!, q!], (h, v) =>
        build.op("mul", x!.at([n!, h, v, c!]), w!.at([p!, q!, c!, d!])),
      ),
    ),
  samples: windows().map(({ x, w, window }) => ({ shapes: { x, w }, attrs: { ...window } })),
  rejects: [
    { shapes: { x: [2, 5, 5, 3], w: [3, 3, 2, 4] }, attrs: plain(), code: "shape/inner-dims" },
    { shapes: { x: [5, 5, 3], w: [3, 3, 3, 4] }, attrs: plain(), code: "shape/rank" },
    { shapes: { x: [2, 5, 5, 3], w: [3, 3, 3] }, attrs: plain(), code: "shape/rank" },
    { shapes: { x: [2, 2, 5, 3], w: [3, 3, 3, 4] }, attrs: plain(), code: "attribute/range" },
    { shapes: { x: [2, 5, 5, 3], w: [3, 3, 3, 4] }, attrs: plain([0, 1]), code: "attribute/range" },
  ],
});

/** The cotangent of x: dx[n,h,v,c] = sum over p, q, d of dy[n,i,j,d] * w[p,q,c,d] where the map meets h, v. */
export const convolutionInputOp: Op<"dy" | "w"> = defineOp({
  name: "convolutionInput",
  doc: "The cotangent of x in y = convolution x w: dx[n,h,v,c] = sum over p, q, d of dy[n,i,j,d] * w[p,q,c,d] for whole i = (h + padding - dilation p) / stride inside dy, j likewise.",
  kind: "contraction",
  typed: ["dims"],
  inputs: ["dy", "w"],
  shape({ dy, w }, attrs, at) {
    checkRanks(at, dy, w, ["dy: [N, OH, OW, D]", "w: [KH, KW, C, D]"]);
    checkWindow(windowOf(attrs), at);
    const dims = attrs.dims as Dims;
    checkThird(at, outputDims(dims, w.dims, windowOf(attrs), at), dy.dims);
    return { dtype: dy.dtype, dims };
  },
  flops: ({ dy, w }, _type, rows) => flopsOf(dy.dims, w.dims, rows),
  adjoint: (g, { dy, w }, dx) => ({
    dy: convolution(g, w, windowOf(dx.attrs)),
    w: convolutionWeight(g, dy, w.type.dims, windowOf(dx.attrs)),
  }),
  reference({ dy, w }, dims, attrs) {
    const dx = new Float64Array(product(dims));
    meetings([dims, w.dims, dy.dims], windowOf(attrs), (i, j, k) => {
      dx[i]! += dy.data[k]! * w.data[j]!;
    });
    return dx;
  },
  element(build, { dy, w }, [n, h, v, c], node) {
    const { stride, padding, dilation } = windowOf(node.attrs);
    const [, height, width] = dy!.type.dims as readonly number[];
    const place = (axis: 0 | 1, at: Index, tap: Index): Index => linear([at, tap], [1, -dilation[axis]], padding[axis]);
    const [kh, kw, , depth] = w!.type.dims as readonly [Dim, Dim, Dim, Dim];
    return build.sum([kh, kw, depth], (p, q, d) =>
      build.where(height!, stride[0], place(0, h!, p!), (i) =>
        build.where(width!, stride[1], place(1, v!, q!), (j) =>
          build.op("mul", dy!.at([n!, i, j, d!]), w!.at([p!, q!, c!, d!])),
        ),
      ),
    );
  },
  samples: windows().map(({ x, w, y, window }) => ({ shapes: { dy: y, w }, attrs: { ...window, dims: [...x] } })),
  rejects: [
    {
      shapes: { dy: [2, 4, 3, 4], w: [3, 3, 3, 4] },
      attrs: { ...plain(), dims: [2, 5, 5, 3] },
      code: "attribute/range",
    },
  ],
});

/** The cotangent of w: dw[p,q,c,d] = sum over n, i, j of x[n,h,v,c] * dy[n,i,j,d]. */
export const convolutionWeightOp: Op<"x" | "dy"> = defineOp({
  name: "convolutionWeight",
  doc: "The cotangent of w in y = convolution x w: dw[p,q,c,d] = sum over n, i, j of x[n,h,v,c] * dy[n,i,j,d], h = stride i + dilation p - padding, v likewise; 0 outside of x.",
  kind: "contraction",
  typed: ["dims"],
  inputs: ["x", "dy"],
  shape({ x, dy }, attrs, at) {
    checkRanks(at, x, dy, ["x: [N, H, W, C]", "dy: [N, OH, OW, D]"]);
    checkWindow(windowOf(attrs), at);
    const dims = attrs.dims as Dims;
    checkThird(at, outputDims(x.dims, dims, windowOf(attrs), at), dy.dims);
    return { dtype: x.dtype, dims };
  },
  flops: ({ dy }, w, rows) => flopsOf(dy.dims, w.dims, rows),
  adjoint: (g, { x, dy }, dw) => ({
    x: convolutionInput(dy, g, x.type.dims, windowOf(dw.attrs)),
    dy: convolution(x, g, windowOf(dw.attrs)),
  }),
  reference({ x, dy }, dims, attrs) {
    const dw = new Float64Array(product(dims));
    meetings([x.dims, dims, dy.dims], windowOf(attrs), (i, j, k) => {
      dw[j]! += x.data[i]! * dy.data[k]!;
    });
    return dw;
  },
  element: (build, { x, dy }, [p, q, c, d], node) =>
    build.sum(dy!.type.dims.slice(0, 3), (n, i, j) =>
      inside(build, x!.type.dims, windowOf(node.attrs), [i!, j!, p!, q!], (h, v) =>
        build.op("mul", x!.at([n!, h, v, c!]), dy!.at([n!, i!, j!, d!])),
      ),
    ),
  samples: windows().map(({ x, w, y, window }) => ({ shapes: { x, dy: y }, attrs: { ...window, dims: [...w] } })),
  rejects: [
    {
      shapes: { x: [2, 5, 5, 3], dy: [2, 4, 3, 4] },
      attrs: { ...plain(), dims: [3, 3, 3, 4] },
      code: "attribute/range",
    },
  ],
});

/** Shapes that the three ops are tried at: odd sizes, borders wider than the window's centre, windows that skip. */
function windows() {
  const one = (x: Dims, w: Dims, y: Dims, stride: number[], padding: number[], dilation: number[]) => ({
    ...{ x, w, y },
    window: { stride, padding, dilation },
  });
  return [
    one(["n", 5, 4, 2], [3, 2, 2, 3], ["n", 3, 3, 3], [1, 1], [0, 0], [1, 1]),
    one(["n", 4, 5, 2], [3, 3, 2, 5], ["n", 4, 5, 5], [1, 1], [1, 1], [1, 1]),
    one([2, 7, 6, 1], [3, 2, 1, 4], [2, 4, 2, 4], [2, 3], [1, 0], [1, 1]),
    one(["n", 6, 5, 2], [2, 3, 2, 1], ["n", 2, 3, 1], [2, 2], [0, 2], [2, 2]),
    one([1, 3, 3, 1], [1, 1, 1, 1], [1, 2, 2, 1], [3, 3], [1, 1], [1, 1]),
  ];
}

function plain(stride = [1, 1]) {
  return { stride, padding: [0, 0], dilation: [1, 1] };
}

const attrsOf = ({ stride, padding, dilation }: Window): Attrs => ({
  stride: [...stride],
  padding: [...padding],
  dilation: [...dilation],
});

export const convolution = (x: Node, w: Node, window: Window): Node => apply(convolutionOp, [x, w], attrsOf(window));
const convolutionInput = (dy: Node, w: Node, dims: Dims, window: Window): Node =>
  apply(convolutionInputOp, [dy, w], { ...attrsOf(window), dims: [...dims] });
const convolutionWeight = (x: Node, dy: Node, dims: Dims, window: Window): Node =>
  apply(convolutionWeightOp, [x, dy], { ...attrsOf(window), dims: [...dims] });

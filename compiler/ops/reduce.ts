/** Reductions over axes: sum and max. The result keeps the reduced axes with extent 1, or drops them. */
import { badAttribute } from "../diagnostics.ts";
import { type Attrs, apply, type Node } from "../graph/node.ts";
import { type Dim, type Dims, elementCount, type Type } from "../graph/types.ts";
import type { Index } from "../loop/kernel.ts";
import { affine } from "../loop/kernel.ts";
import { div } from "./arithmetic.ts";
import { eq, select } from "./compare.ts";
import { type At, defineOp, type ElementInput, type Sample, type Value } from "./define.ts";
import { scalar } from "./elementwise.ts";
import { broadcast, reshape } from "./view.ts";

const axesOf = (attrs: Attrs): readonly number[] => attrs.axes as readonly number[];

function reducedType({ x }: { x: Type }, attrs: Attrs, at: At): Type {
  const axes = axesOf(attrs);
  if (new Set(axes).size !== axes.length || axes.some((a) => !Number.isInteger(a) || a < 0 || a >= x.dims.length)) {
    throw badAttribute(at, "axes", `distinct, from 0 to ${x.dims.length - 1}`, `[${axes}]`);
  }
  return {
    dtype: x.dtype,
    dims: attrs.keep ? keptDims(x.dims, axes) : x.dims.filter((_, axis) => !axes.includes(axis)),
  };
}

const keptDims = (dims: Dims, axes: readonly number[]): Dims =>
  dims.map((d, axis): Dim => (axes.includes(axis) ? 1 : d));

/** y or dy stretched back over x's shape. */
const overInput = (reduced: Node, x: Node, attrs: Attrs): Node =>
  broadcast(reshape(reduced, keptDims(x.type.dims, axesOf(attrs))), x.type.dims);

function foldAxes(x: Value, count: number, attrs: Attrs, start: number, combine: (a: number, b: number) => number) {
  const axes = axesOf(attrs);
  const y = new Float64Array(count).fill(start);
  for (let element = 0; element < x.data.length; element++) {
    let rest = element;
    let offset = 0;
    let stride = 1;
    for (let axis = x.dims.length - 1; axis >= 0; axis--) {
      const position = rest % x.dims[axis]!;
      rest = (rest - position) / x.dims[axis]!;
      if (axes.includes(axis)) continue;
      offset += position * stride;
      stride *= x.dims[axis]!;
    }
    y[offset] = combine(y[offset]!, x.data[element]!);
  }
  return y;
}

/** The index in x for a point of the result and of the reduced axes. */
function inputIndex(x: ElementInput, attrs: Attrs, at: readonly Index[], reduced: readonly Index[]): Index[] {
  const axes = axesOf(attrs);
  let next = 0;
  return x.type.dims.map((_, axis) => {
    if (axes.includes(axis)) {
      if (attrs.keep) next++;
      return reduced[axes.indexOf(axis)]!;
    }
    return at[next++] ?? affine(0);
  });
}

const samples: Sample[] = [
  { shapes: { x: [7] }, attrs: { axes: [0], keep: false } },
  { shapes: { x: [67] }, attrs: { axes: [0], keep: false } },
  { shapes: { x: [3, 5] }, attrs: { axes: [1], keep: true } },
  { shapes: { x: [3, 5] }, attrs: { axes: [0], keep: false } },
  { shapes: { x: ["n", 6] }, attrs: { axes: [1], keep: false } },
  { shapes: { x: ["n", 6] }, attrs: { axes: [0], keep: false } },
  { shapes: { x: ["n", 9] }, attrs: { axes: [0, 1], keep: false } },
  { shapes: { x: ["n"] }, attrs: { axes: [0], keep: true } },
  { shapes: { x: [2, 3, 4] }, attrs: { axes: [1], keep: false } },
  { shapes: { x: [4, 1] }, attrs: { axes: [1], keep: false } },
];
const rejects = [
  { shapes: { x: [2, 3] }, attrs: { axes: [2], keep: false }, code: "attribute/range" },
  { shapes: { x: [2, 3] }, attrs: { axes: [0, 0], keep: false }, code: "attribute/range" },
];

export const sumOp = defineOp({
  name: "sum",
  doc: "The sum over `axes`, in a fixed order. With keep the axes stay with extent 1. FLOPs: one addition per element but the first.",
  kind: "reduction",
  method: "rounded",
  inputs: ["x"],
  shape: reducedType,
  flops: ({ x }, type, rows) => elementCount(x.dims, rows) - elementCount(type.dims, rows),
  adjoint: (dy, { x }, y) => ({ x: overInput(dy, x, y.attrs) }),
  reference: ({ x }, dims, attrs) =>
    foldAxes(
      x,
      dims.reduce((p, d) => p * d, 1),
      attrs,
      0,
      (a, b) => a + b,
    ),
  element: (build, { x }, at, node) =>
    build.sum(
      axesOf(node.attrs).map((axis) => x!.type.dims[axis]!),
      (...reduced) => x!.at(inputIndex(x!, node.attrs, at, reduced)),
    ),
  samples,
  rejects,
});

export const maxOp = defineOp({
  name: "max",
  doc: "The maximum over `axes`, NaN if there is one, of 0 and -0 either. The cotangent is shared equally by the elements that attain it.",
  kind: "reduction",
  method: "rounded",
  inputs: ["x"],
  shape: reducedType,
  flops: ({ x }, type, rows) => elementCount(x.dims, rows) - elementCount(type.dims, rows),
  adjoint: (dy, { x }, y) => ({ x: sharedByMaxima(dy, x, y) }),
  reference: ({ x }, dims, attrs) =>
    foldAxes(
      x,
      dims.reduce((p, d) => p * d, 1),
      attrs,
      Number.NEGATIVE_INFINITY,
      Math.max,
    ),
  element: (build, { x }, at, node) =>
    build.reduce(
      "max",
      axesOf(node.attrs).map((axis) => x!.type.dims[axis]!),
      (...reduced) => x!.at(inputIndex(x!, node.attrs, at, reduced)),
    ),
  samples,
  rejects,
});

/** dy / (number of elements that attain the maximum) at each that does, 0 elsewhere. */
function sharedByMaxima(dy: Node, x: Node, y: Node): Node {
  const attained = eq(x, overInput(y, x, y.attrs));
  const count = apply(sumOp, [select(attained, scalar(1, x.type.dtype), 0)], y.attrs);
  return select(attained, overInput(div(dy, count), x, y.attrs), 0);
}

export const sum = (x: Node, axes: readonly number[] = allAxes(x), keep = false): Node =>
  apply(sumOp, [x], { axes: [...axes], keep });
export const max = (x: Node, axes: readonly number[] = allAxes(x), keep = false): Node =>
  apply(maxOp, [x], { axes: [...axes], keep });

const allAxes = (x: Node): number[] => x.type.dims.map((_, axis) => axis);

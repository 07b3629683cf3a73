/** Reductions over axes: sum, product, max and min. The result keeps the reduced axes with extent 1, or drops them. */
import { badAttribute, wrongDType } from "../diagnostics.ts";
import { type AttrsOf, flag, integers } from "../graph/attributes.ts";
import { type At, defineOp, type ElementInput, type Op, type Sample, type Value } from "../graph/ir.ts";
import { apply, type Node, type NodeOf } from "../graph/node.ts";
import { type Dim, type Dims, elementCount, type FloatType, isFloat, type Type } from "../graph/types.ts";
import type { Index } from "../loop/kernel.ts";
import { affine } from "../loop/kernel.ts";
import { monoidOf, type Reduce } from "../loop/monoids.ts";
import { div, mul } from "./arithmetic.ts";
import { eq, select } from "./compare.ts";
import { scalar } from "./elementwise.ts";
import { iota } from "./source.ts";
import { broadcast, reshape, transpose } from "./view.ts";

/** Of every op over axes. */
export const overAxesAttributes = { axes: integers, keep: flag };
type Attrs = AttrsOf<typeof overAxesAttributes>;

function reducedType({ x }: { x: Type }, attrs: Attrs, at: At): Type {
  const axes = attrs.axes;
  if (!isFloat(x.dtype)) throw wrongDType(at, 0, "floats", x);
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
  broadcast(reshape(reduced, keptDims(x.type.dims, attrs.axes)), x.type.dims);

function foldAxes(x: Value, count: number, attrs: Attrs, start: number, combine: (a: number, b: number) => number) {
  const axes = attrs.axes;
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
  const axes = attrs.axes;
  let next = 0;
  return x.type.dims.map((_, axis) => {
    if (axes.includes(axis)) {
      if (attrs.keep) next++;
      return reduced[axes.indexOf(axis)]!;
    }
    return at[next++] ?? affine(0);
  });
}

const samples: (Sample & { readonly attrs: Attrs })[] = [
  { shapes: { x: [7] }, attrs: { axes: [0], keep: false } },
  { shapes: { x: [67] }, attrs: { axes: [0], keep: false } },
  { shapes: { x: [3, 5] }, attrs: { axes: [1], keep: true } },
  { shapes: { x: [3, 5] }, attrs: { axes: [0], keep: false } },
  { shapes: { x: ["n", 6] }, attrs: { axes: [1], keep: false } },
  { shapes: { x: ["n", 6] }, attrs: { axes: [0], keep: false } },
  { shapes: { x: ["n", 9] }, attrs: { axes: [0, 1], keep: false } },
  { shapes: { x: ["n"] }, attrs: { axes: [0], keep: true } },
  { shapes: { x: [2, 3, 4] }, attrs: { axes: [1], keep: false } },
  { shapes: { x: ["n", 3, 4] }, attrs: { axes: [1], keep: true } },
  { shapes: { x: [4, 1] }, attrs: { axes: [1], keep: false } },
];
const rejects = [
  { shapes: { x: [2, 3] }, attrs: { axes: [2], keep: false }, code: "attribute/range" },
  { shapes: { x: [2, 3] }, attrs: { axes: [0, 0], keep: false }, code: "attribute/range" },
];

type Reduced = NodeOf<typeof overAxesAttributes>;

/** What an op over axes adds to its monoid. */
interface OverAxes {
  readonly doc: string;
  /** The monoid's combination in float64. */
  readonly combine: (a: number, b: number) => number;
  readonly cotangent: (dy: Node, x: Node, y: Reduced) => Node;
  /** Whether the axes must have a fixed extent. */
  readonly fixed?: boolean;
}

const fixedRejects = [{ shapes: { x: ["n", 3] as const }, attrs: { axes: [0], keep: false }, code: "attribute/range" }];

const overAxes = (
  name: Reduce,
  { doc, combine, cotangent, fixed = false }: OverAxes,
): Op<"x", typeof overAxesAttributes> =>
  defineOp({
    name,
    doc,
    attributes: overAxesAttributes,
    kind: "reduction",
    method: "rounded",
    inputs: ["x"],
    shape(types, attrs, at) {
      const type = reducedType(types, attrs, at);
      if (fixed && overRows(types.x.dims, attrs))
        throw badAttribute(at, "axes", "of a fixed extent, not the rows of a call", `[${attrs.axes}]`);
      return type;
    },
    flops: ({ x }, type, rows) => elementCount(x.dims, rows) - elementCount(type.dims, rows),
    adjoint: (dy, { x }, y) => ({ x: cotangent(dy, x, y) }),
    reference: ({ x }, dims, attrs) => {
      const count = dims.reduce((product, extent) => product * extent, 1);
      return foldAxes(x, count, attrs, monoidOf(name).identity[0]!, combine);
    },
    element: (build, { x }, at, node) =>
      build.reduce(
        name,
        node.attrs.axes.map((axis) => x!.type.dims[axis]!),
        (...reduced) => x!.at(inputIndex(x!, node.attrs, at, reduced)),
      ),
    samples: fixed ? samples.filter(({ shapes, attrs }) => !overRows(shapes.x!, attrs)) : samples,
    rejects: fixed ? [...rejects, ...fixedRejects] : rejects,
  });

const overRows = (dims: Dims, attrs: Attrs): boolean => attrs.axes.some((axis) => dims[axis] === "n");

export const sumOp = overAxes("sum", {
  doc: "The sum over `axes`, in a fixed order. With keep the axes stay with extent 1. FLOPs: one addition per element but the first.",
  combine: (a, b) => a + b,
  cotangent: (dy, x, y) => overInput(dy, x, y.attrs),
});

export const maxOp = overAxes("max", {
  doc: "The maximum over `axes`, NaN if there is one, of 0 and -0 either. The cotangent is shared equally by the elements that attain it.",
  combine: Math.max,
  cotangent: sharedByExtremes,
});

export const minOp = overAxes("min", {
  doc: "The minimum over `axes`, NaN if there is one, of 0 and -0 either. The cotangent is shared equally by the elements that attain it.",
  combine: Math.min,
  cotangent: sharedByExtremes,
});

export const prodOp = overAxes("prod", {
  doc:
    "The product over `axes` of a fixed extent, in a fixed order. The cotangent of a factor is dy times the product of the others, " +
    "each multiplied anew, so that it is right where factors are 0 too: it takes the square of the number of factors. " +
    "FLOPs: one multiplication per element but the first.",
  combine: (a, b) => a * b,
  cotangent: timesOthers,
  fixed: true,
});

/** dy / (number of elements that attain the extreme) at each that does, 0 elsewhere. */
function sharedByExtremes(dy: Node, x: Node, y: Reduced): Node {
  const attained = eq(x, overInput(y, x, y.attrs));
  const count = apply(sumOp, [select(attained, scalar(1, x.type.dtype), 0)], y.attrs);
  return select(attained, overInput(div(dy, count), x, y.attrs), 0);
}

/**
 * dy times the product of the other factors, at each. Not dy y / x: that is 0 / 0 where a factor is 0, and wrong where the
 * product has left the range of floats and that of the others has not.
 *
 *   x [2,3] over axis 1     ->     others[n,i] = the product over j of (i == j ? 1 : x[n,j])
 */
function timesOthers(dy: Node, x: Node, y: Reduced): Node {
  const axes = y.attrs.axes;
  const kept = x.type.dims.flatMap((_, axis) => (axes.includes(axis) ? [] : [axis]));
  const order = [...kept, ...axes];
  const [lead, extents] = [kept, axes].map((some) => some.map((axis) => x.type.dims[axis]!)) as [Dim[], Dim[]];
  const count = elementCount(extents, 1);
  const place = iota(count, x.type.dtype as FloatType);
  const factors = reshape(transpose(x, order), [...lead, 1, count]);
  const others = apply(prodOp, [select(eq(reshape(place, [count, 1]), place), 1, factors)], {
    axes: [lead.length + 1],
    keep: false,
  });
  const inOrder = transpose(
    reshape(others, [...lead, ...extents]),
    order.map((_, axis) => order.indexOf(axis)),
  );
  return mul(overInput(dy, x, y.attrs), inOrder);
}

export const sum = (x: Node, axes: readonly number[] = allAxes(x), keep = false): Node =>
  apply(sumOp, [x], { axes: [...axes], keep });
export const max = (x: Node, axes: readonly number[] = allAxes(x), keep = false): Node =>
  apply(maxOp, [x], { axes: [...axes], keep });
export const min = (x: Node, axes: readonly number[] = allAxes(x), keep = false): Node =>
  apply(minOp, [x], { axes: [...axes], keep });
export const prod = (x: Node, axes: readonly number[] = allAxes(x), keep = false): Node =>
  apply(prodOp, [x], { axes: [...axes], keep });

const allAxes = (x: Node): number[] => x.type.dims.map((_, axis) => axis);

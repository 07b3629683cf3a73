/** Views with another extent: pad puts a frame around a tensor and gaps into it, slice cuts a grid out; each is the other's adjoint. */
import { badAttribute, wrongDType } from "../diagnostics.ts";
import { integers, number, resultDims } from "../graph/attributes.ts";
import { type At, defineOp, type Op } from "../graph/ir.ts";
import { apply, type Node } from "../graph/node.ts";
import { type Dim, type Dims, isFloat, type Type } from "../graph/types.ts";
import { type Expr, type Index, linear } from "../loop/kernel.ts";

export const padAttributes = { before: integers, step: integers, value: number, dims: resultDims };
const sliceAttributes = { start: integers, step: integers, dims: resultDims };

/** Where the first element lies along each axis, how far the next one, and how many there are. */
interface Grid {
  readonly step: readonly number[];
  readonly dims: Dims;
}

/** The lists have an integer for each axis, and rows are left alone. */
function checkGrid(
  at: At,
  x: Type,
  { step, dims }: Grid,
  [first, starts]: readonly [string, readonly number[]],
  holds: (step: number) => boolean,
  steps: string,
): void {
  for (const [name, list] of [
    [first, starts],
    ["step", step],
    ["dims", dims],
  ] as const)
    if (list?.length !== x.dims.length)
      throw badAttribute(at, name, `one for each of the ${x.dims.length} axes`, `[${list}]`);
  if (!starts.every(Number.isInteger)) throw badAttribute(at, first, "integers", `[${starts}]`);
  if (!step.every((s) => Number.isInteger(s) && holds(s))) throw badAttribute(at, "step", steps, `[${step}]`);
  x.dims.forEach((dim, axis) => {
    const whole = starts[axis] === 0 && step[axis] === 1 && dims[axis] === "n";
    if (dim === "n" ? !whole : dims[axis] === "n")
      throw badAttribute(at, "dims", "the rows whole, as they are", `[${dims}]`);
  });
}

/** Calls `visit` with the offset of each element of `inner` and that of its place start + step * i in `outer`. */
function grid(
  inner: readonly number[],
  outer: readonly number[],
  start: readonly number[],
  step: readonly number[],
  visit: (inner: number, outer: number) => void,
): void {
  const walk = (axis: number, at: number, place: number): void => {
    if (axis === inner.length) {
      visit(at, place);
      return;
    }
    for (let i = 0; i < inner[axis]!; i++) {
      const there = start[axis]! + step[axis]! * i;
      if (there >= 0 && there < outer[axis]!) walk(axis + 1, at * inner[axis]! + i, place * outer[axis]! + there);
    }
  };
  walk(0, 0, 0);
}

const product = (dims: readonly number[]): number => dims.reduce((p, d) => p * d, 1);

export const padOp: Op<"x", typeof padAttributes> = defineOp({
  name: "pad",
  attributes: padAttributes,
  doc: "y[before + step i] = x[i] along every axis, `value` where no i falls; negative `before` cuts off. What lies between and around is no copy of x, so nothing flows back from it.",
  kind: "view",
  method: "exact",
  stored: true,
  inputs: ["x"],
  shape({ x }, attrs, at) {
    if (!isFloat(x.dtype)) throw wrongDType(at, 0, "numbers, as what stands around them is one", x);
    checkGrid(at, x, attrs, ["before", attrs.before], (step) => step > 0, "integers above 0");
    return { dtype: x.dtype, dims: attrs.dims };
  },
  flops: () => 0,
  adjoint: (dy, { x }, { attrs: { before, step } }) => ({ x: cutOut(dy, x.type.dims, before, step) }),
  reference({ x }, dims, attrs) {
    const y = new Float64Array(product(dims)).fill(attrs.value);
    grid(x.dims, dims, attrs.before, attrs.step, (from, to) => {
      y[to] = x.data[from]!;
    });
    return y;
  },
  element(build, { x }, at, { attrs }) {
    const { before, step } = attrs;
    const outside = build.constant(attrs.value);
    const { dims } = x!.type;
    // Where every place of the axis is one of x, nothing needs a guard.
    const whole = (axis: number): boolean => before[axis] === 0 && step[axis] === 1 && dims[axis] === attrs.dims[axis];
    const along = (axis: number, places: readonly Index[]): Expr => {
      if (axis === dims.length) return x!.at(places);
      if (whole(axis)) return along(axis + 1, [...places, at[axis]!]);
      const index = linear([at[axis]!], [1], -before[axis]!);
      return build.where(dims[axis] as number, step[axis]!, index, (i) => along(axis + 1, [...places, i]), outside);
    };
    return along(0, []);
  },
  samples: [
    { shapes: { x: [3] }, attrs: { before: [2], step: [1], value: 0, dims: [6] } },
    { shapes: { x: ["n", 4, 3] }, attrs: { before: [0, 1, 1], step: [1, 1, 1], value: -1.5, dims: ["n", 6, 5] } },
    { shapes: { x: ["n", 3, 2] }, attrs: { before: [0, 1, 0], step: [1, 2, 3], value: 0, dims: ["n", 7, 4] } },
    { shapes: { x: [5, 4] }, attrs: { before: [-1, -2], step: [1, 1], value: 0, dims: [5, 3] } },
    { shapes: { x: ["n", 7] }, attrs: { before: [0, -3], step: [1, 2], value: 2, dims: ["n", 9] } },
    { shapes: { x: [4] }, attrs: { before: [0], step: [2], value: 0, dims: [4] } },
  ],
  rejects: [
    {
      shapes: { x: ["n", 3] },
      attrs: { before: [1, 0], step: [1, 1], value: 0, dims: ["n", 3] },
      code: "attribute/range",
    },
    { shapes: { x: [3] }, attrs: { before: [0], step: [0], value: 0, dims: [3] }, code: "attribute/range" },
    { shapes: { x: [3, 2] }, attrs: { before: [0], step: [1], value: 0, dims: [3] }, code: "attribute/range" },
  ],
});

export const sliceOp: Op<"x", typeof sliceAttributes> = defineOp({
  name: "slice",
  attributes: sliceAttributes,
  doc: "y[i] = x[start + step i] along every axis; a negative step walks backwards.",
  kind: "view",
  method: "exact",
  inputs: ["x"],
  shape({ x }, attrs, at) {
    checkGrid(at, x, attrs, ["start", attrs.start], (step) => step !== 0, "integers other than 0");
    const { start, step, dims } = attrs;
    x.dims.forEach((extent, axis) => {
      const count = dims[axis]!;
      if (extent === "n" || count === "n") return;
      const ends = [start[axis]!, start[axis]! + step[axis]! * (count - 1)];
      if (ends.some((place) => place < 0 || place >= extent))
        throw badAttribute(at, "start", `places from 0 to ${extent - 1} of axis ${axis}`, `${ends.join(" to ")}`);
    });
    return { dtype: x.dtype, dims };
  },
  flops: () => 0,
  adjoint(dy, { x }, y) {
    const { start, step } = y.attrs;
    const backwards = step.map((s) => s < 0);
    const count = (axis: number): number => dy.type.dims[axis] as number;
    const forwards = backwards.some(Boolean) ? reverse(dy, backwards) : dy;
    const first = start.map((at, axis) => (backwards[axis] ? at + step[axis]! * (count(axis) - 1) : at));
    return { x: pad(forwards, x.type.dims, first, step.map(Math.abs)) };
  },
  reference({ x }, dims, attrs) {
    const y = new Float64Array(product(dims));
    grid(dims, x.dims, attrs.start, attrs.step, (to, from) => {
      y[to] = x.data[from]!;
    });
    return y;
  },
  element: (_build, { x }, at, { attrs }) =>
    x!.at(at.map((index, axis) => linear([index], [attrs.step[axis]!], attrs.start[axis]!))),
  samples: [
    { shapes: { x: [7] }, attrs: { start: [2], step: [1], dims: [3] } },
    { shapes: { x: ["n", 5, 4] }, attrs: { start: [0, 1, 3], step: [1, 2, -1], dims: ["n", 2, 4] } },
    { shapes: { x: ["n", 6] }, attrs: { start: [0, 5], step: [1, -2], dims: ["n", 3] } },
    { shapes: { x: [4, 9] }, attrs: { start: [0, 0], step: [1, 4], dims: [4, 3] } },
  ],
  rejects: [
    { shapes: { x: [3] }, attrs: { start: [1], step: [1], dims: [3] }, code: "attribute/range" },
    { shapes: { x: [3] }, attrs: { start: [0], step: [0], dims: [1] }, code: "attribute/range" },
    { shapes: { x: ["n", 3] }, attrs: { start: [1, 0], step: [1, 1], dims: ["n", 3] }, code: "attribute/range" },
  ],
});

/** x in a frame, and with gaps: y has `dims`, x[i] stands at before + step i. */
export const pad = (
  x: Node,
  dims: Dims,
  before: readonly number[],
  step: readonly number[] = dims.map(() => 1),
  value = 0,
): Node => apply(padOp, [x], { before: [...before], step: [...step], value, dims: [...dims] });

/** The grid of x at start + step i, of shape `dims`. */
export const slice = (
  x: Node,
  dims: Dims,
  start: readonly number[],
  step: readonly number[] = dims.map(() => 1),
): Node => apply(sliceOp, [x], { start: [...start], step: [...step], dims: [...dims] });

/** The named axes the other way round. */
const reverse = (x: Node, backwards: readonly boolean[]): Node =>
  slice(
    x,
    x.type.dims,
    x.type.dims.map((extent, axis) => (backwards[axis] ? (extent as number) - 1 : 0)),
    x.type.dims.map((_, axis) => (backwards[axis] ? -1 : 1)),
  );

/** The elements of y = pad(x) that came from x; zeros where padding cut some of x off. */
function cutOut(y: Node, dims: Dims, before: readonly number[], step: readonly number[]): Node {
  const range = dims.map((extent, axis) => insideOf(extent, y.type.dims[axis]!, before[axis]!, step[axis]!));
  const kept = slice(
    y,
    range.map(({ count }) => count),
    range.map(({ first }, axis) => before[axis]! + step[axis]! * first),
    step,
  );
  return pad(
    kept,
    dims,
    range.map(({ first }) => first),
  );
}

/** The places i of an axis whose before + step i is inside. */
function insideOf(extent: Dim, outside: Dim, before: number, step: number): { first: number; count: Dim } {
  if (extent === "n" || outside === "n") return { first: 0, count: "n" };
  const first = Math.max(0, Math.ceil(-before / step));
  const last = Math.min(extent - 1, Math.floor((outside - 1 - before) / step));
  return { first, count: last - first + 1 };
}

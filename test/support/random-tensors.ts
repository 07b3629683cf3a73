/** What random graphs do to tensors of three axes and more: windows, other orders, parts, frames, joins, products side by side. */
import type { Node } from "../../compiler/graph/node.ts";
import { type Dims, sameDims } from "../../compiler/graph/types.ts";
import * as op from "../../compiler/ops/index.ts";
import type { Random } from "./random.ts";

/** What a graph that grows has so far. */
export interface Around {
  readonly random: Random;
  readonly values: readonly Node[];
  state(dims: Dims): Node;
}

/** Of images and windows. */
export const sides = [1, 2, 3, 4, 5];

/** A window along two axes from `first` on that fits into x at least once, and meets x at each place; undefined where none does. */
function windowOver(x: Node, first: number, mostPadding: number, random: Random): op.Windows | undefined {
  const draw = (from: number, to: number): number[] => [0, 1].map(() => random.integer(from, to));
  const [kernel, stride, dilation] = [draw(1, 3), draw(1, 3), draw(1, 2)];
  const padding = kernel.map((extent) => random.integer(0, Math.min(mostPadding, extent - 1)));
  const window = { kernel, stride, padding, dilation };
  const fits = kernel.every(
    (extent, axis) => op.placesAlong(x.type.dims[first + axis] as number, extent, window, axis) > 0,
  );
  return fits ? window : undefined;
}

function convolved(x: Node, { random, state }: Around): Node | undefined {
  if (x.type.dims.length !== 4) return undefined;
  const window = windowOver(x, 1, 2, random);
  if (window === undefined) return undefined;
  const { kernel, stride, padding, dilation } = window;
  const w = state([...kernel, x.type.dims[3]!, random.pick(sides)]);
  return op.tanh(op.mul(op.convolution(x, w, { stride, padding, dilation }), 0.3));
}

/** The maximum, or the sum, over windows along the two axes after the first. */
function pooled(x: Node, { random }: Around): Node | undefined {
  if (x.type.dims.length < 3) return undefined;
  const window = windowOver(x, 1, 2, random);
  if (window === undefined) return undefined;
  const isMax = random.uniform() < 0.5;
  const all = op.windows(x, 1, window, isMax ? -2 : random.pick([0, 0, 0.5]));
  return isMax ? op.max(all, [3, 4]) : op.tanh(op.mul(op.sum(all, [3, 4]), 0.3));
}

/** The axes in a random order; rows stay first. */
function transposed(x: Node, { random }: Around): Node | undefined {
  const axes = [...x.type.dims.keys()];
  const rows = x.type.dims[0] === "n" ? [axes.shift()!] : [];
  if (axes.length < 2) return undefined;
  const order: number[] = [];
  while (axes.length > 0) order.push(...axes.splice(random.integer(0, axes.length - 1), 1));
  return op.transpose(x, [...rows, ...order]);
}

/** An axis other than that of rows; undefined where there is none. */
function axisOf(x: Node, random: Random): number | undefined {
  const axes = [...x.type.dims.keys()].filter((axis) => x.type.dims[axis] !== "n");
  return axes.length > 0 ? random.pick(axes) : undefined;
}

/** A part of x along one axis, forwards or backwards, or x in a frame, with gaps or without. */
function cut(x: Node, { random }: Around): Node | undefined {
  const axis = axisOf(x, random);
  if (axis === undefined) return undefined;
  const { dims } = x.type;
  const extent = dims[axis] as number;
  const with1 = (value: number): number[] => dims.map(() => 1).with(axis, value);
  const with0 = (value: number): number[] => dims.map(() => 0).with(axis, value);
  if (random.uniform() < 0.5) {
    const [before, after, step] = [0, 1, 2].map(() => random.integer(0, 2)) as [number, number, number];
    const outer = before + (step + 1) * (extent - 1) + 1 + after;
    return op.pad(x, dims.with(axis, outer), with0(before), with1(step + 1), random.pick([0, 0, -0.5]));
  }
  const step = random.pick([1, 1, 2, -1, -2]);
  const start = random.integer(0, extent - 1);
  const most = Math.floor((step > 0 ? extent - 1 - start : start) / Math.abs(step)) + 1;
  return op.slice(x, dims.with(axis, random.integer(1, most)), with0(start), with1(step));
}

function joined(x: Node, { random, values }: Around): Node | undefined {
  const axis = axisOf(x, random);
  if (axis === undefined) return undefined;
  const others = ({ type: { dims } }: Node): Dims => dims.filter((_, i) => i !== axis);
  const mates = values.filter(
    (v) => v.type.dims.length === x.type.dims.length && v.type.dims[axis] !== "n" && sameDims(others(v), others(x)),
  );
  return op.concat(x, random.pick(mates), axis);
}

/** x times a value with as many products side by side, its own transpose at least. */
function batchedProduct(x: Node, { random, values }: Around): Node | undefined {
  const { dims } = x.type;
  if (dims.length < 3) return undefined;
  const axes = [...dims.keys()];
  const flipped = op.transpose(x, [...axes.slice(0, -2), axes.at(-1)!, axes.at(-2)!]);
  const fits = ({ type }: Node): boolean =>
    type.dims.length === dims.length &&
    type.dims.at(-2) === dims.at(-1) &&
    sameDims(type.dims.slice(0, -2), dims.slice(0, -2));
  return op.tanh(op.mul(op.batchedMatmul(x, random.pick([flipped, ...values.filter(fits)])), 0.2));
}

/** Undefined where x does not have the shape. */
export const tensorSteps: readonly ((x: Node, around: Around) => Node | undefined)[] = [
  ...[convolved, pooled, transposed, cut, joined, batchedProduct],
];

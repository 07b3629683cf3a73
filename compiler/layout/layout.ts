/**
 * Decides how the operands of contractions and windows lie in memory, as a graph in which that can be seen, verified and
 * interpreted:
 *
 *   convolution x w padding=[1,1]   ->   contraction (pad x) w      a frame of zeros in place of guards
 *   windows x n,i+p-1->n,i,p        ->   windows (pad x) n,i+p->n,i,p      a frame of -Infinity where a maximum reads it
 *   dx = dy, w over the same maps   ->   contraction (pad dy) (copy (transpose (slice w)))   weights as they are read
 *
 * A value has one frame, the largest that a reader needs; whoever else reads the value reads it inside the frame, so that it
 * is stored once. Zeros of a frame are multiplied, so an infinite weight beside one gives NaN.
 */

import { type Graph, isLeaf, nodesOf } from "../graph/graph.ts";
import { inPlaceOf, type Node, onInputs } from "../graph/node.ts";
import { type Dim, type Dims, elementCount, extent } from "../graph/types.ts";
import { extentsOf, pureAxis } from "../ops/contraction/maps.ts";
import { contract, copy, mapsOf, pad, slice, transpose, windowsBy } from "../ops/index.ts";
import { outsideOf } from "../ops/windows.ts";
import { layoutBodies } from "./bodies.ts";
import { type Frame, inFrames, type Unguarded, unguarded } from "./windows.ts";

export interface LayoutOptions {
  readonly batch: number;
}

/** How often each weight must be read for a copy in another order to pay. */
const leastReuse = 64;

export const layout = (graph: Graph, options: LayoutOptions): Graph =>
  layoutBodies(layoutOperands(graph, options), (body) => layout(body, options));

function layoutOperands(graph: Graph, { batch }: LayoutOptions): Graph {
  const nodes = nodesOf(graph);
  const readers = new Map(nodes.filter(({ op }) => op.maps !== undefined).map((node) => [node, formOf(node)]));
  const frames = framesOf(readers);
  const leaving = new Set([...graph.outputs.map(({ node }) => node), ...graph.updates.map(({ value }) => value)]);
  const now = new Map<Node, Node>();
  const framed = new Map<Node, Node>();
  /** Values cut from their frames: one node each, since results of one loop have the same inputs. */
  const inside = new Map<Node, Node>();
  const inFrame = (node: Node): Node => {
    const known = framed.get(node) ?? withFrame(now.get(node)!, frames.get(node)!);
    framed.set(node, known);
    return known;
  };
  /** A value with `own` around it, cut from its frame where that has what its reader wants there. */
  const read = (node: Node, own: Frame = noFrame(node, 0)): Node => {
    const frame = frames.get(node);
    if (!isEmpty(own) && frame?.value !== own.value) return withFrame(read(node), own);
    if (frame === undefined || (isEmpty(own) && (isLeaf(node) || leaving.has(node)))) return now.get(node)!;
    if (!isEmpty(own)) return cut(inFrame(node), node, frame, own);
    const known = inside.get(node) ?? cut(inFrame(node), node, frame, own);
    inside.set(node, known);
    return known;
  };
  for (const node of nodes) {
    const form = readers.get(node);
    const made = (): Node =>
      form && isChanged(node, form, batch)
        ? unguardedNode(node, form, read, batch)
        : onInputs(
            node,
            node.inputs.map((input) => read(input)),
          );
    now.set(node, inPlaceOf(node, made));
  }
  return {
    ...graph,
    outputs: graph.outputs.map(({ name, node }) => ({ name, node: now.get(node)! })),
    updates: graph.updates.map(({ state, value }) => ({ state, value: now.get(value)! })),
  };
}

const dimsOf = ({ inputs: [a, b], type }: Node) => ({ a: a!.type.dims, b: b?.type.dims ?? [], y: type.dims });

const formOf = (node: Node): Unguarded =>
  unguarded(mapsOf(node), dimsOf(node), node.op.name === "windows" ? outsideOf(node) : 0);

const isEmpty = ({ before, after }: Frame): boolean => [...before, ...after].every((size) => size === 0);

const isChanged = (node: Node, form: Unguarded, batch: number): boolean =>
  !isEmpty(form.frames.a) || !isEmpty(form.frames.b) || form.backwards.length > 0 || turned(node, batch) !== undefined;

/** For each operand that is read past its ends, what its first such reader and those that want the same value there need. */
function framesOf(readers: ReadonlyMap<Node, Unguarded>): Map<Node, Frame> {
  const frames = new Map<Node, Frame>();
  for (const [{ inputs }, form] of readers)
    for (const [i, side] of (["a", "b"] as const).entries()) {
      const frame = form.frames[side];
      const known = frames.get(inputs[i]!);
      if (isEmpty(frame) || (known && known.value !== frame.value)) continue;
      frames.set(inputs[i]!, known ? larger(known, frame) : frame);
    }
  return frames;
}

const larger = (a: Frame, b: Frame): Frame => ({
  value: a.value,
  before: a.before.map((size, axis) => Math.max(size, b.before[axis]!)),
  after: a.after.map((size, axis) => Math.max(size, b.after[axis]!)),
});

const noFrame = ({ type: { dims } }: Node, value: number): Frame => ({
  value,
  before: dims.map(() => 0),
  after: dims.map(() => 0),
});

const grown = (dims: Dims, { before, after }: Frame): Dims =>
  dims.map((dim, axis): Dim => (dim === "n" ? "n" : dim + before[axis]! + after[axis]!));

const withFrame = (x: Node, frame: Frame): Node =>
  pad(x, grown(x.type.dims, frame), frame.before, undefined, frame.value);

/** Of x in its frame, x with as much of it as one reader needs: another index map. */
function cut(framed: Node, x: Node, frame: Frame, own: Frame): Node {
  const before = frame.before.map((size, axis) => size - own.before[axis]!);
  if (before.every((size) => size === 0) && frame.after.every((size, axis) => size === own.after[axis]!)) return framed;
  return slice(framed, grown(x.type.dims, own), before);
}

/** The node over its frames, and b, where there is one, in the order that lanes want. */
function unguardedNode(node: Node, form: Unguarded, read: (node: Node, own: Frame) => Node, batch: number): Node {
  const [a, b] = node.inputs as [Node, Node?];
  const maps = inFrames(form.maps, form.frames);
  const left = read(a, form.frames.a);
  if (b === undefined) return windowsBy(maps, left, node);
  const right = backwards(read(b, form.frames.b), form.backwards);
  const order = turned(node, batch);
  if (order === undefined) return contract(maps, left, right, node.type.dims);
  const inOrder = { ...maps, b: order.map((axis) => maps.b[axis]!) };
  return contract(inOrder, left, copy(transpose(right, order)), node.type.dims);
}

function backwards(x: Node, axes: readonly number[]): Node {
  if (axes.length === 0) return x;
  const { dims } = x.type;
  const turn = (axis: number): boolean => axes.includes(axis);
  return slice(
    x,
    dims,
    dims.map((dim, axis) => (turn(axis) ? (dim as number) - 1 : 0)),
    dims.map((_, axis) => (turn(axis) ? -1 : 1)),
  );
}

/**
 * The order of b's axes that ends in the result's last one, where b has that elsewhere: lanes run along it then, and need
 * no sum across them. Undefined where b lies right, has rows, or is read too seldom.
 */
function turned(node: Node, batch: number): number[] | undefined {
  const maps = mapsOf(node);
  const { b, y } = dimsOf(node);
  const lanes = pureAxis(maps.y.at(-1) ?? { base: 0, terms: [] });
  const at = maps.b.findIndex((map) => lanes !== undefined && pureAxis(map) === lanes);
  if (at < 0 || at === b.length - 1 || b.includes("n") || (y.at(-1) as number) < 4) return undefined;
  const points = [...extentsOf(maps, dimsOf(node))!.values()].reduce<number>((p, dim) => p * extent(dim, batch), 1);
  if (points < leastReuse * elementCount(b as Dims, batch)) return undefined;
  return [...b.keys()].filter((axis) => axis !== at).concat(at);
}

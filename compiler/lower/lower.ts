/**
 * Groups to kernels: each stored node's value as an expression over loads, pulled through the op records' `element`
 * rules. Views become index maps on the way; a reshape is followed in memory order.
 */
import { internalError } from "../diagnostics.ts";
import { type Group, isFramedIn, storageOf } from "../fuse/groups.ts";
import { dropsOnlyOnes } from "../fuse/reads.ts";
import { attrsOf } from "../graph/attributes.ts";
import { type Graph, isLeaf, isNumber, numberOf } from "../graph/graph.ts";
import type { ElementInput } from "../graph/ir.ts";
import { byName, type Node, typesOf } from "../graph/node.ts";
import { type Dim, type Dims, sameDims, strides } from "../graph/types.ts";
import type { LoopBuffer } from "../loop/buffer.ts";
import { collapseAxes } from "../loop/collapse.ts";
import {
  type Axis,
  affine,
  axisIndex,
  componentOf,
  type ElementBuilder,
  type Expr,
  type Index,
  type Kernel,
  type KernelStore,
  linear,
  type Nest,
  type Repeat,
  tupleOf,
} from "../loop/kernel.ts";
import { indexIn, type Location, whole } from "../loop/location.ts";
import { monoidOf, type Reduce } from "../loop/monoids.ts";
import { cutColumns } from "../loop/panels.ts";
import { splitKernel } from "../loop/split.ts";
import { padAttributes } from "../ops/pad.ts";

export interface LowerContext {
  readonly batch: number;
  /** The loops around the groups, outermost first. */
  readonly repeats: readonly Repeat[];
  /** What lies in panels, by their width. */
  readonly panels: Graph["panels"];
  /** Where a value outside the group lies; the first is read. */
  locationsOf(node: Node): readonly Location[] | undefined;
  /** Where an input, a state or a constant with several elements lies; a number that a loop was given as it is. */
  leaf(leaf: Node): Location | number;
}

/** The group's kernel, and before it those of the frames around values of it: all of one nest, without guards. */
export function lowerGroup(name: string, group: Group, context: LowerContext): Kernel[] {
  const nest = nestOf(name, context);
  const frames = group.stored
    .filter((node) => isFrame(node, group))
    .flatMap((node, i) => lowerFrame(`${name}.frame${i}`, nest, node, context));
  const boxes = boxesOf(pointsOf(group), panelWidthOf(group, context));
  const inside = boxes.flatMap(({ axes, point }, i) => {
    const lowering = new Lowering(group, context);
    const stores = group.stored.flatMap((node) => {
      const { to, ...store } = lowering.store(node, point);
      return context.locationsOf(node)!.map((location) => ({ ...placeIn(location, node, to, context), ...store }));
    });
    return splitKernel({ name: boxes.length > 1 ? `${name}.${i}` : name, nest, axes, stores });
  });
  return [...frames, ...inside].map(collapseAxes);
}

/** The columns of a panel, where the group reads or writes in panels. */
const panelWidthOf = ({ nodes, stored }: Group, { panels }: LowerContext): number | undefined =>
  [...nodes.flatMap(({ inputs }) => inputs), ...stored].map((node) => panels?.get(node)).find((width) => width);

interface Box {
  readonly axes: readonly Axis[];
  readonly point: readonly Index[];
}

/** All points; of columns in panels, those of full panels, panel by panel, and those left over. */
function boxesOf(dims: Dims, width: number | undefined): Box[] {
  if (width === undefined) return [{ axes: axesOf(dims), point: pointOf(dims) }];
  const { count, rest } = cutColumns(dims.at(-1) as number, width);
  const box = (start: number, extent: number, panels: number): Box => {
    const within = [...dims.slice(0, -1), extent];
    const panel: Axis[] = panels > 1 ? [{ name: `i${dims.length - 1}p`, extent: panels, scale: 1 }] : [];
    const parts = [pointOf(within).at(-1)!, ...panel.map(({ name }) => axisIndex(name))];
    const column = linear(parts, [1, width], start);
    return { axes: [...panel, ...axesOf(within)], point: [...pointOf(within).slice(0, -1), column] };
  };
  return [...(count > 0 ? [box(0, width, count)] : []), ...(rest > 0 ? [box(count * width, rest, 1)] : [])];
}

/** Whether a node of the group is stored inside a frame, around the group's own points. */
const isFrame = (node: Node, group: Group): boolean => !sameDims(node.type.dims, group.dims) && isFramedIn(node, group);

/** What stands around a framed value: the boxes of its pad that hold nothing of it. */
function lowerFrame(name: string, nest: Nest, node: Node, context: LowerContext): Kernel[] {
  const { dims, dtype } = node.type;
  const inside: LoopBuffer = { name: "inside", dtype, elementCount: 0 };
  const locationsOf = (other: Node) => (other === node.inputs[0] ? [whole(inside)] : context.locationsOf(other));
  const alone = { index: 0, dims, nodes: [node], stored: [node] };
  const value = new Lowering(alone, { ...context, locationsOf }).element(node, pointOf(dims));
  const stores = context
    .locationsOf(node)!
    .map((location) => ({ ...placeIn(location, node, pointOf(dims), context), value }));
  return splitKernel({ name, nest, axes: axesOf(dims), stores }).filter(
    ({ stores: [first] }) => first!.value.kind !== "load" || first!.value.buffer !== inside,
  );
}

/** Where a group's loops run: over its elements, or over what a scatter adds up. */
function pointsOf({ dims, nodes }: Group): Dims {
  const [node] = nodes;
  const rule = node?.op.element;
  return typeof rule === "object" ? rule.points(typesOf(node!)) : dims;
}

const axesOf = (dims: Dims): Axis[] =>
  dims.flatMap((extent, axis) => (extent === 1 ? [] : [{ name: `i${axis}`, extent, scale: 1 }]));

const pointOf = (dims: Dims): Index[] => dims.map((extent, axis) => (extent === 1 ? affine(0) : axisIndex(`i${axis}`)));

/** Copies a value of a type, or a number, to another place. */
export function lowerCopy(
  name: string,
  from: Location | number,
  to: Location,
  { type }: Node,
  context: LowerContext,
): Kernel {
  const at = pointOf(type.dims);
  const value: Expr =
    typeof from === "number"
      ? { kind: "const", value: from }
      : load(from.buffer, indexIn(from, type.dims, at, context.batch));
  const stores = [{ buffer: to.buffer, index: indexIn(to, type.dims, at, context.batch), value }];
  return collapseAxes({ name, nest: nestOf(name, context), axes: axesOf(type.dims), stores });
}

const nestOf = (name: string, { repeats }: LowerContext): Nest => (repeats.length > 0 ? { name, repeats } : { name });

/** Where an element of a value lies. */
const placeIn = (location: Location, { type }: Node, at: readonly Index[], { batch }: LowerContext) => ({
  buffer: location.buffer,
  index: indexIn(location, type.dims, at, batch),
});

class Lowering {
  readonly #group: Group;
  readonly #context: LowerContext;
  /** Values at the group's own point, so that sharing survives. */
  readonly #memo = new Map<string, Expr>();
  #reductions = 0;
  #places = 0;

  constructor(group: Group, context: LowerContext) {
    this.#group = group;
    this.#context = context;
  }

  /** What a point of the loops stores of a node, and where. */
  store(node: Node, at: readonly Index[]): Pick<KernelStore, "value" | "accumulates"> & { to: readonly Index[] } {
    const rule = node.op.element;
    if (isFrame(node, this.#group)) {
      const { before } = attrsOf(node, padAttributes);
      const to = at.map((index, axis) => linear([index], [1], before[axis]!));
      return { to, value: this.element(node.inputs[0]!, at) };
    }
    if (typeof rule !== "object") return { to: at, value: this.element(node, at) };
    return { ...rule.add(this.#inputs(node), at), accumulates: true };
  }

  /** The element of a node at an index: a load where memory has it, else computed. */
  element(node: Node, at: readonly Index[]): Expr {
    const key = `${node.id}@${at.map(indexKey).join(";")}`;
    const known = this.#memo.get(key);
    if (known) return known;
    const value = this.#compute(node, at);
    this.#memo.set(key, value);
    return value;
  }

  #compute(node: Node, at: readonly Index[]): Expr {
    const inGroup = this.#group.nodes.includes(node);
    const stored = inGroup ? undefined : this.#context.locationsOf(node)?.[0];
    if (stored !== undefined) return this.#read(stored, node, at);
    if (isNumber(node)) return { kind: "const", value: numberOf(node) };
    if (isLeaf(node)) return this.#read(this.#context.leaf(node), node, at);
    if (node.op.name === "reshape") return this.#reshaped(node, at);
    const rule = node.op.element;
    if (typeof rule !== "function") throw internalError(`${node.op.name} has no value here`);
    return rule(this.#builder(node), this.#inputs(node), at, node);
  }

  #read(from: Location | number, { type }: Node, at: readonly Index[]): Expr {
    if (typeof from === "number") return { kind: "const", value: from };
    return load(from.buffer, indexIn(from, type.dims, at, this.#context.batch));
  }

  #inputs(node: Node): Record<string, ElementInput> {
    return byName(
      node.op,
      node.inputs.map((input) => this.#input(input)),
    );
  }

  #input(input: Node): ElementInput {
    const element = (at: readonly Index[]): Expr => this.element(input, at);
    const dims = input.type.dims;
    return {
      type: input.type,
      at: element,
      labelAt: (at) => labelOf(element(at)),
      broadcastAt: (at) =>
        element(dims.map((extent, axis) => (extent === 1 ? affine(0) : at[at.length - dims.length + axis]!))),
    };
  }

  /** An index map where only axes of extent 1 come or go, else the same place in memory. */
  #reshaped(node: Node, at: readonly Index[]): Expr {
    const input = node.inputs[0]!;
    if (dropsOnlyOnes(node)) {
      const kept = at.filter((_, axis) => node.type.dims[axis] !== 1);
      let next = 0;
      return this.element(
        input,
        input.type.dims.map((extent) => (extent === 1 ? affine(0) : kept[next++]!)),
      );
    }
    const storage = storageOf(input);
    const from = this.#context.locationsOf(storage)?.[0] ?? (isLeaf(storage) ? this.#context.leaf(storage) : undefined);
    if (from === undefined) throw internalError(`the input of a reshape is not in memory: ${storage.op.name}`);
    return this.#read(from, node, at);
  }

  #builder(node: Node): ElementBuilder {
    const reduce = (kind: Reduce, extents: readonly Dim[], body: (...index: Index[]) => Expr): Expr => {
      const axes = extents.map((extent): Axis => ({ name: `r${this.#reductions++}`, extent, scale: 1 }));
      const index = axes.map((axis) => (axis.extent === 1 ? affine(0) : axisIndex(axis.name)));
      const looped = axes.filter((axis) => axis.extent !== 1);
      const value = body(...index);
      return looped.length === 0 ? value : { kind: "reduce", reduce: kind, axes: looped, body: value };
    };
    return {
      constant: (value) => ({ kind: "const", value }),
      op: (op, ...args) => ({ kind: "op", op, args }),
      reduce,
      reduceAll: (kind, extents, body) => {
        const whole = reduce(kind, extents, (...index) => tupleOf(body(...index)));
        return monoidOf(kind).identity.map((_, at) => componentOf(whole, at));
      },
      sum: (extents, body) => reduce("sum", extents, body),
      where: (extent, divisor, index, body, otherwise = { kind: "const", value: 0 }) => {
        const axis = `q${this.#places++}`;
        return { kind: "where", axis, extent, divisor, index, body: body(axisIndex(axis)), otherwise };
      },
      index: (index) => ({ kind: "index", index }),
      rows: () => ({ kind: "rows" }),
      step: () => ({ kind: "step" }),
      uniform: (stream, at) => ({
        kind: "uniform",
        stream,
        index: linear(at, strides(node.type.dims, this.#context.batch)),
      }),
    };
  }
}

const load = (buffer: LoopBuffer, index: Index): Expr => ({ kind: "load", buffer, index });

/** A label as a number that indices are made of. */
function labelOf(label: Expr): Index {
  if (label.kind !== "load" || label.buffer.dtype !== "i32") throw internalError("a label is not in memory");
  return { ...affine(0), dynamic: { stride: 1, buffer: label.buffer, index: label.index } };
}

const indexKey = ({ base, terms, dynamic }: Index): string =>
  `${base}${terms
    .map((t) => `+${t.stride}${t.axis}`)
    .sort()
    .join("")}${dynamic ? `+${dynamic.stride}${dynamic.buffer.name}[${indexKey(dynamic.index)}]` : ""}`;

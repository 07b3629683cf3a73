/**
 * A loop along an axis of an example: recurrence.
 *
 *   const { last } = scan([32], letters, (h, letter) => tanh(add(dense(letter, 32), dense(h, 32))));
 *
 * The step runs once, when the model is built, on leaves; what it made is the body of a loop. What does not depend on these
 * leaves, such as a parameter or a draw of dropout, is the same in each turn and computed once, before the loop.
 */
import { badAttribute, escapedLoop, notATensor, rank, shapesDiffer, wrongDType, wrongKey } from "../diagnostics.ts";
import { loopAxis } from "../graph/body.ts";
import { type Graph, isLeaf, isNumber, reachable } from "../graph/graph.ts";
import { apply, type Node, onInputs } from "../graph/node.ts";
import { isFloat, sameType, type Type } from "../graph/types.ts";
import { broadcast, input, scalar, state } from "../ops/index.ts";
import { scanOp } from "../ops/scan.ts";
import { type Build, currentBuild } from "./build.ts";
import { type Declared, flag, settle } from "./options.ts";
import { type Call, callOf, isPositiveInteger } from "./settings.ts";
import type { Shape } from "./shapes.ts";
import { asValue, hasRows, isNode, type Labels, nodeOf, refuse, type Tensor } from "./tensor.ts";

export interface ScanOptions {
  /** From the last element to the first; false unless said. */
  readonly backwards?: boolean;
}

const scanOptions = { backwards: flag.or(false) } satisfies Declared<ScanOptions>;

/** The extents behind the first one. */
type Behind<D extends Shape> = D extends readonly [number, ...infer Rest extends Shape] ? Rest : number[];

/** What a loop goes along: numbers, or labels. */
export type Elements = Tensor | Labels<number, Shape>;

/** One of them. */
type ElementOf<X> =
  X extends Tensor<infer D> ? Tensor<Behind<D>> : X extends Labels<infer K, infer D> ? Labels<K, Behind<D>> : never;

export interface Scanned<C extends Shape> {
  /** What the last turn gave. */
  readonly last: Tensor<C>;
  /** What every turn gave, each at the place of its element. */
  readonly each: Tensor<[number, ...C]>;
}

/** Several values that one turn hands to the next, by name. */
export type Carried = Readonly<Record<string, Tensor<Shape, boolean> | Shape>>;

type ShapeOf<V> = V extends Tensor<infer D, boolean> ? D : V extends Shape ? [...V] : never;
type TensorsOf<V extends Carried> = { readonly [K in keyof V]: Tensor<ShapeOf<V[K]>> };
type ScannedOf<V extends Carried> = { readonly [K in keyof V]: Scanned<ShapeOf<V[K]>> };

/**
 * Runs `step` for each element along the first axis of x, one after the other: h_t = step(h_(t-1), x_t), h_0 = start. A start
 * is a tensor, or a shape, for zeros of it. With a record of starts, `step` takes and gives a record of the same names. The
 * gradient is that of the whole loop, by a loop that runs the other way; the values that it needs are kept. What does not depend on
 * h or x_t, such as a draw of dropout, is the same in every turn.
 * Shapes: x [T, ...X], or labels of classes(K, [T, ...X]), start [...C], step: ([...C], [...X]) -> [...C]; last [...C], each [T, ...C].
 * Throws shape/differ where a step gives another shape than it was given, dsl/escaped where one of its values is used outside.
 * Source: Elman, "Finding structure in time", 1990; Werbos, "Backpropagation through time", 1990.
 */
export function scan<const C extends Shape, X extends Elements>(
  start: Tensor<C, boolean> | C,
  x: X,
  step: (carried: Tensor<[...C]>, element: ElementOf<X>) => Tensor<Shape, boolean>,
  options?: ScanOptions,
): Scanned<[...C]>;
export function scan<const V extends Carried, X extends Elements>(
  start: V,
  x: X,
  step: (carried: TensorsOf<V>, element: ElementOf<X>) => { readonly [K in keyof V]: Tensor<Shape, boolean> },
  options?: ScanOptions,
): ScannedOf<V>;
export function scan(start: unknown, x: unknown, step: unknown, options: ScanOptions = {}): unknown {
  const call = callOf("scan");
  const { backwards } = settle(call, scanOptions, options);
  const isOne = isNode(start) || Array.isArray(start);
  const given: [string, unknown][] = isOne ? [["", start]] : namedStarts(start);
  const refused = (node: Node) => results(isOne, given, () => ({ last: asValue(node), each: asValue(node) }));
  const build = currentBuild();
  const over = nodeOf(x, "scan");
  if (over.poisoned) return refused(over);
  const fault = faultOf(call, over, given, step);
  if (fault || build === undefined) return refused(refuse(fault ?? notATensor(call, x)));
  const starts = given.map(([, value]) => startOf(value, over, build));
  const poisoned = starts.find((node) => node.poisoned);
  if (poisoned) return refused(poisoned);
  const traced = traceStep(call, build, { starts, over, given, isOne }, step as Step);
  if (!("nodes" in traced)) return refused(traced);
  const loop = bodyOf(traced, over, backwards);
  const resultAt = (result: number): unknown => asValue(apply(loop.op, [...starts, over, ...loop.same], { result }));
  return results(isOne, given, (at) => ({ last: resultAt(at), each: resultAt(starts.length + at) }));
}

type Step = (carried: unknown, element: unknown) => unknown;

const namedStarts = (start: unknown): [string, unknown][] =>
  typeof start === "object" && start !== null ? Object.entries(start) : [];

const results = (isOne: boolean, given: readonly [string, unknown][], at: (index: number) => unknown): unknown =>
  isOne ? at(0) : Object.fromEntries(given.map(([name], index) => [name, at(index)]));

function faultOf(call: Call, over: Node, given: readonly [string, unknown][], step: unknown) {
  if (typeof step !== "function") return wrongKey(call, "step", "a function of what is carried and an element", step);
  if (given.length === 0) return wrongKey(call, "start", "a tensor, a shape, or a record of these", undefined);
  if (!hasRows(over) || over.type.dims.length < 2)
    return rank({ ...call, inputs: [over] }, 0, "x: [n, T, ...], elements along an axis", over.type);
  if (over.type.dtype === "bool") return wrongDType({ ...call, inputs: [over] }, 0, "numbers or labels", over.type);
  for (const [name, value] of given) {
    const isShape = Array.isArray(value) && value.every(isPositiveInteger);
    if (!isShape && !isNode(value)) return wrongKey(call, name || "start", "a tensor, or a shape such as [32]", value);
    if (isNode(value) && !value.poisoned && !isFloat(value.type.dtype))
      return badAttribute(call, name || "start", "numbers", value.type.dtype);
  }
  return undefined;
}

/** What a loop starts from, in each row. */
function startOf(value: unknown, over: Node, { dtype }: Build): Node {
  const node = isNode(value) ? value : broadcast(scalar(0, dtype), ["n", ...(value as number[])]);
  return node.poisoned || hasRows(node) || !hasRows(over) ? node : broadcast(node, ["n", ...node.type.dims]);
}

interface Given {
  readonly starts: readonly Node[];
  readonly over: Node;
  readonly given: readonly [string, unknown][];
  readonly isOne: boolean;
}

interface Traced {
  readonly carried: readonly Node[];
  readonly element: Node;
  readonly nodes: readonly Node[];
}

/** Leaves that stand for what a turn has: used outside of their loop, they mean nothing. */
const turnLeaves = new WeakSet<Node>();

/** Runs the step on leaves; a poisoned node where it gave what it must not. */
function traceStep(call: Call, build: Build, { starts, over, given, isOne }: Given, step: Step): Traced | Node {
  const { dims, dtype } = over.type;
  const carried = starts.map(({ type }, at) => state(`h${at}`, type, call.origin));
  const element = input("x0", { dtype, dims: dims.toSpliced(loopAxis(dims), 1) }, call.origin);
  const classes = build.classes.get(over);
  if (classes !== undefined) build.classes.set(element, classes);
  for (const leaf of [...carried, element]) turnLeaves.add(leaf);
  const updates = build.updates.length;
  const values = carried.map((leaf): unknown => asValue(leaf));
  const named = Object.fromEntries(given.map(([name], at) => [name, values[at]]));
  const returned = step(isOne ? values[0] : named, asValue(element));
  const record = (typeof returned === "object" && returned !== null ? returned : {}) as Record<string, unknown>;
  const nodes = given.map(([name], at) => {
    const value = isOne ? returned : record[name];
    if (!isNode(value)) return refuse(notATensor({ ...call, op: `scan's step${name && `, ${name}`}` }, value));
    return value.poisoned ? value : withType(call, value, carried[at]!.type, carried[at]!);
  });
  const refused = nodes.find((node) => node.poisoned);
  if (refused) return refused;
  const moved = build.updates.slice(updates).find(({ value }) => usesTurn(value));
  if (moved) return refuse(escapedLoop(call, moved.value));
  return { carried, element, nodes };
}

/** Each turn hands on what the next one takes. */
function withType(call: Call, value: Node, type: Type, carried: Node): Node {
  const whole = hasRows(value) || !isFloat(value.type.dtype) ? value : broadcast(value, ["n", ...value.type.dims]);
  return sameType(whole.type, type)
    ? whole
    : refuse(shapesDiffer({ ...call, inputs: [carried, whole] }, carried, whole));
}

/** What is no memory of its own: a reader computes it. */
const isRead = ({ op, type }: Node): boolean =>
  type.dtype === "bool" || ["transpose", "reshape", "broadcast"].includes(op.name);

const usesTurn = (node: Node): boolean => reachable([node]).some((one) => turnLeaves.has(one));

/** The first value of a turn that is used outside of its loop. */
export const escapedFrom = (nodes: readonly Node[]): Node | undefined =>
  reachable(nodes).find((node) => turnLeaves.has(node));

/** The op of the loop, and what it is given beside its starts and x: each value that no turn changes. */
function bodyOf({ carried, element, nodes }: Traced, over: Node, backwards: boolean) {
  const leaves = new Set([...carried, element]);
  const turning = new Set<Node>(leaves);
  const all = reachable([...nodes, ...leaves]);
  for (const node of all) if (node.inputs.some((one) => turning.has(one))) turning.add(node);
  const same: { readonly value: Node; readonly leaf: Node }[] = [];
  const now = new Map<Node, Node>();
  const inBody = (node: Node): Node => {
    const known = now.get(node);
    if (known) return known;
    const made =
      leaves.has(node) || isNumber(node)
        ? node
        : isRead(node)
          ? onInputs(node, node.inputs.map(inBody))
          : leafFor(node);
    now.set(node, made);
    return made;
  };
  const leafFor = (value: Node): Node => {
    const leaf = input(`w${same.length}`, value.type, value.origin);
    same.push({ value, leaf });
    return leaf;
  };
  for (const node of all)
    if (turning.has(node) && !isLeaf(node)) now.set(node, onInputs(node, node.inputs.map(inBody)));
  const next = nodes.map(inBody);
  const extent = over.type.dims[loopAxis(over.type.dims)] as number;
  const graph: Graph = {
    name: "",
    inputs: [element, ...same.map(({ leaf }) => leaf)],
    states: carried,
    updates: carried.map((leaf, at) => ({ state: leaf, value: next[at]! })),
    outputs: next.map((node, at) => ({ name: `each${at}`, node })),
  };
  return { op: scanOp({ graph, elements: 1, extent, backwards }), same: same.map(({ value }) => value) };
}

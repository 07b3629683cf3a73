/**
 * Decides which nodes share a loop nest. A group has one index space; its nodes are computed point by point, and only
 * what leaves the group is stored.
 *
 *   h = matmul x w                group 0 [n,128]: matmul add relu -> y
 *   s = add h b          ==>
 *   y = relu s
 *
 * - A contraction or reduction opens a group (at most one a group: it is the nest's inner loop).
 * - An elementwise node joins the last group that it reads from, if that has its shape and is read at the same index;
 *   so biases, activations and optimiser updates become epilogues. Otherwise it opens a group.
 * - An elementwise node with a single user is computed where that user is: in its loop, or inside its reduction.
 * - Views, masks, one-hot and random numbers are never stored: each reader computes them at its own index. A view whose
 *   elements come from several places (pad, concat) is stored: a frame in the group of the value that it is around, others in
 *   a group of their own, where what they alone read is computed: an elementwise node, or another such view.
 * - A chain too long for one loop nest is cut (cuts.ts).
 */
import { attrsOf } from "../graph/attributes.ts";
import { isSameLoop } from "../graph/body.ts";
import { type Graph, isLeaf, nodesOf, roots, usersOf } from "../graph/graph.ts";
import type { Node } from "../graph/node.ts";
import { type Dim, type Dims, isFloat, sameDims } from "../graph/types.ts";
import type { Affine } from "../loop/kernel.ts";
import { mapsOf } from "../ops/index.ts";
import { padAttributes } from "../ops/pad.ts";
import { chainCuts } from "./cuts.ts";
import { callsHelper, epilogues } from "./helpers.ts";
import { dropsOnlyOnes, type Reads, readsOf } from "./reads.ts";
import { rematerialized } from "./rematerialize.ts";

export interface Group {
  readonly index: number;
  readonly dims: Dims;
  /** In an order in which they can be computed. */
  readonly nodes: Node[];
  /** Those of `nodes` that memory gets: read by another group, or leaving the graph. */
  readonly stored: Node[];
  /** Of a loop, whose results are the nodes: the groups of its body. */
  readonly body?: Fused;
}

export interface Fused {
  readonly graph: Graph;
  /** In an order in which they can run. */
  readonly groups: readonly Group[];
  /** Of each node that has one. */
  readonly groupOf: ReadonlyMap<Node, Group>;
  /** Nodes that no group has: every reader computes them. */
  readonly inline: ReadonlySet<Node>;
  /** What each node of a group reads, through what is inline; a leaf that leaves the graph reads itself. */
  readonly reads: Reads;
}

export const isAnchor = ({ op }: Node): boolean => ["reduction", "contraction", "scatter", "loop"].includes(op.kind);

/** Whether no point of a node is finished before all are: what reads it has loops of its own. */
export const isFinishedLast = (node: Node): boolean =>
  node.op.kind === "scatter" || node.op.kind === "loop" || sumsRowsAndMore(node);

/**
 * Whether a node is a frame around a value of the group: each point stores its value inside it, and the zeros around are boxes
 * of their own.
 */
export function isFramedIn(node: Node, { dims, nodes }: Group): boolean {
  if (node.op.name !== "pad" || !sameDims(node.inputs[0]!.type.dims, dims) || nodes.some(isFinishedLast)) return false;
  const { before, step } = attrsOf(node, padAttributes);
  const fits = (dim: Dim, axis: number): boolean =>
    dim === "n" || (before[axis]! >= 0 && before[axis]! + dim <= (node.type.dims[axis] as number));
  return step.every((size) => size === 1) && dims.every(fits);
}

/**
 * Whether a contraction sums over rows and another axis, as the cotangent of a window's weights does. Such a sum goes over its
 * operands in passes (loop/passes.ts), so that no point of it is finished before all are.
 */
export function sumsRowsAndMore(node: Node): boolean {
  if (node.op.kind !== "contraction" || node.op.maps === undefined || node.type.dims.includes("n")) return false;
  const { a, b, y } = mapsOf(node);
  const axes = (maps: readonly Affine[]) => maps.flatMap(({ terms }) => terms.map(({ axis }) => axis));
  const open = new Set(axes([...a, ...b]).filter((axis) => !axes(y).includes(axis)));
  return open.size > 1 && node.inputs.some(({ type }) => type.dims.includes("n"));
}

export interface FuseOptions {
  /** false: every node that computes gets a group of its own; for comparing results. */
  readonly join: boolean;
}

export function fuse(graph: Graph, options: FuseOptions = { join: true }): Fused {
  const { join } = options;
  const nodes = nodesOf(graph);
  const leaving = new Set(roots(graph));
  const cuts = chainCuts(nodes);
  const stored = [...storedViews(nodes), ...readByLabel(nodes)];
  const mustStore = new Set([...leaving, ...reshapedInputs(nodes), ...cuts, ...stored]);
  const inline = inlineNodes(nodes, mustStore, join);
  const once = grouped(graph, inline, mustStore, cuts, options);
  const again = join ? rematerialized(once, mustStore) : new Set<Node>();
  return again.size === 0 ? once : grouped(graph, new Set([...inline, ...again]), mustStore, cuts, options);
}

/** Every node that is not inline in a group. */
function grouped(
  graph: Graph,
  inline: ReadonlySet<Node>,
  mustStore: ReadonlySet<Node>,
  cuts: ReadonlySet<Node>,
  options: FuseOptions,
): Fused {
  const nodes = nodesOf(graph);
  const leaving = new Set(roots(graph));
  const placed = placementOrder(nodes).filter((node) => !inline.has(node) && (!isLeaf(node) || leaving.has(node)));
  const reads: Reads = new Map(placed.map((node) => [node, readsOf(node, inline)]));
  const groups: Group[] = [];
  const groupOf = new Map<Node, Group>();
  const fused: Fused = { graph, groups, groupOf, inline, reads };
  for (const node of placed) {
    const group =
      loopFor(node, groups) ?? ((options.join && groupFor(node, fused, cuts)) || open(groups, node, options));
    group.nodes.push(node);
    groupOf.set(node, group);
  }
  markStored(fused, mustStore);
  return fused;
}

/** Views that memory gets, but for those that fill a part of another one and have no other reader. */
function storedViews(nodes: readonly Node[]): Node[] {
  const users = usersOf(nodes);
  return nodes.filter((node) => {
    const [user, ...others] = users.get(node) ?? [];
    return node.op.stored && !(user?.op.stored && others.every((other) => other === user));
  });
}

/** The group of the other results of a node's loop. */
const loopFor = (node: Node, groups: readonly Group[]): Group | undefined =>
  node.op.body && groups.find(({ nodes }) => isSameLoop(nodes[0]!, node));

function open(groups: Group[], { type, op }: Node, options: FuseOptions): Group {
  const { dims } = type;
  const body = op.body && fuse(op.body.graph, options);
  const group: Group = { index: groups.length, dims, nodes: [], stored: [], ...(body && { body }) };
  groups.push(group);
  return group;
}

/**
 * Scalars that come from leaves alone go first (a learning rate, Adam's bias correction): whatever reads them can then
 * join an earlier group.
 */
function placementOrder(nodes: readonly Node[]): Node[] {
  const early = new Set<Node>();
  for (const node of nodes) {
    if (node.type.dims.length === 0 && !isAnchor(node) && node.inputs.every((i) => isLeaf(i) || early.has(i)))
      early.add(node);
  }
  return [...nodes.filter((node) => early.has(node)), ...nodes.filter((node) => !early.has(node))];
}

/** Inputs of reshapes that only memory order explains: those that do more than add or drop axes of extent 1. */
function reshapedInputs(nodes: readonly Node[]): Node[] {
  return nodes
    .filter((node) => node.op.name === "reshape" && !dropsOnlyOnes(node))
    .map((node) => storageOf(node.inputs[0]!));
}

/** Labels that are found, since memory has those by which others are read, and what is read at places that they or turns say. */
const readByLabel = (nodes: readonly Node[]): Node[] => [
  ...nodes.filter(({ op }) => op.classes),
  ...nodes.flatMap(({ op, inputs }) =>
    inputs.filter((input, at) => (op.kind === "loop" || op.inMemory?.includes(op.inputs[at]!)) && !isLeaf(input)),
  ),
];

/** The node whose memory a chain of reshapes reads. */
export function storageOf(node: Node): Node {
  return node.op.name === "reshape" ? storageOf(node.inputs[0]!) : node;
}

/** Nodes that have no group of their own: every reader computes them. */
function inlineNodes(nodes: readonly Node[], mustStore: ReadonlySet<Node>, join: boolean): Set<Node> {
  const users = usersOf(nodes);
  const inline = new Set<Node>();
  const inTile = epilogues(nodes);
  for (const node of [...nodes].reverse()) {
    if (mustStore.has(node)) continue;
    const free = node.op.kind === "view" || node.op.kind === "source" || node.type.dtype === "bool";
    if (free || (join && goesWithItsUser(node, users.get(node)!, inTile))) inline.add(node);
  }
  return inline;
}

/**
 * An elementwise node with one user is computed where that is: inside a reduction, or at the same point. So what an
 * optimiser takes from a state's old value is read in the loop that updates it, and 1 - y^2 in the adjoint's. A
 * contraction's epilogue stays with the contraction where its user cannot.
 */
function goesWithItsUser(node: Node, users: readonly Node[], inTile: ReadonlySet<Node>): boolean {
  const user = users[0];
  if (node.op.kind !== "elementwise" || user === undefined || users.some((other) => other !== user)) return false;
  if (user.op.kind === "reduction" || user.op.kind === "scatter") return true;
  if (inTile.has(node) && !inTile.has(user)) return false;
  if (user.op.stored) return true;
  return user.op.kind === "elementwise" && isFloat(user.type.dtype) && sameDims(user.type.dims, node.type.dims);
}

function groupFor(node: Node, fused: Fused, cuts: ReadonlySet<Node>): Group | undefined {
  const { groups, groupOf, inline } = fused;
  if (isAnchor(node)) return undefined;
  const made = node.op.name === "pad" ? groupOf.get(node.inputs[0]!) : undefined;
  if (made !== undefined && isFramedIn(node, made)) return made;
  const reads = fused.reads.get(node)!;
  const last = Math.max(-1, ...reads.map((read) => groupOf.get(read.node)?.index ?? -1));
  const fits = (group: Group): boolean =>
    sameDims(group.dims, node.type.dims) &&
    !group.nodes.some((n) => (n.op.stored && !isFramedIn(n, group)) || isFinishedLast(n)) &&
    !(group.nodes.some((n) => n.op.kind === "contraction") && callsHelper(node, inline)) &&
    reads.every((read) => groupOf.get(read.node) !== group || (read.samePoint && !cuts.has(read.node)));
  if (last >= 0 && fits(groups[last]!)) return groups[last];
  // What several make of such a sum, as an optimiser's states are, goes through it once.
  const sum = groups[last]?.nodes.find(isFinishedLast);
  if (sum !== undefined) {
    const readsSum = (n: Node): boolean => fused.reads.get(n)!.some((read) => read.node === sum);
    return groups.find((group) => group.index > last && fits(group) && group.nodes.some(readsSum));
  }
  // A scalar costs a loop nest of its own anywhere; put it beside another scalar.
  return node.type.dims.length === 0
    ? groups.find((group) => group.index > last && group.dims.length === 0 && group.body === undefined)
    : undefined;
}

function markStored({ groups, groupOf, reads }: Fused, mustStore: ReadonlySet<Node>): void {
  const stored = new Set<Node>(mustStore);
  for (const group of groups) {
    for (const node of group.nodes) {
      for (const read of reads.get(node)!) {
        const from = groupOf.get(read.node);
        if (from !== undefined && from !== group) stored.add(read.node);
      }
    }
  }
  for (const group of groups) group.stored.push(...group.nodes.filter((node) => stored.has(node)));
}

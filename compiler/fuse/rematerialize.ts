/**
 * Finds values that every reader computes again, because memory would cost more than that (rematerialisation):
 *
 *   mean = sum x / n              group 0: x -> mean               group 0: x -> mean
 *   d = sub x mean                group 1: x, mean -> d            group 1: x, mean -> variance
 *   variance = sum d d / n  ==>   group 2: d -> variance     ==>   group 2: x, mean, variance -> y
 *   y = div d variance            group 3: d, variance -> y
 *
 * Such a value is one addition, comparison or the like of one value of its shape, which memory has, and of smaller ones, none of
 * which is such a value itself: its readers read as many elements without it, and what stored it is gone. Bits stay as they are.
 */
import { type Graph, isNumber, nodesOf, usersOf } from "../graph/graph.ts";
import type { Node } from "../graph/node.ts";
import { elementCount, isFloat, sameDims } from "../graph/types.ts";
import { dropsOnlyOnes, type Reads } from "./reads.ts";

/** What fusion made of a graph (groups.ts). */
interface Grouped {
  readonly graph: Graph;
  readonly groups: readonly { readonly nodes: readonly Node[]; readonly stored: readonly Node[] }[];
  readonly inline: ReadonlySet<Node>;
  readonly reads: Reads;
}

/** Rows that stand for those of a call, where shapes are compared. */
const someRows = 64;

/**
 * Nodes that no rule says memory must have, alone in a group of their own, or with one that goes on with them: where several did,
 * these would no longer share a loop.
 */
export function rematerialized(fused: Grouped, mustStore: ReadonlySet<Node>): Set<Node> {
  const { graph, groups, inline, reads } = fused;
  const users = usersOf(nodesOf(graph));
  const updated = new Set(graph.updates.map(({ state }) => state));
  const heads = groups.flatMap(({ nodes: [node, ...others], stored }) =>
    node && others.length <= 1 && stored.includes(node) ? [node] : [],
  );
  const found = new Set<Node>();
  for (const node of heads) {
    // Who reads what is written in place comes before; more readers might leave no such order.
    const isFree = reads.get(node)!.every((read) => !found.has(read.node) && !updated.has(read.node));
    if (!mustStore.has(node) && isCheap(node) && isFree && isOfOne(node, inline) && readInOrder(node, node))
      found.add(node);
  }
  return found;

  /** Whether all that read a node read each element once, and reductions its elements in the order and the lanes that they had. */
  function readInOrder(value: Node, node: Node): boolean {
    return users.get(value)!.every((user) => {
      if (user.op.kind === "reduction") return statisticsOf(node).every((read) => isAlong(read, node, user));
      if (user.op.kind !== "elementwise" || !sameDims(user.type.dims, node.type.dims)) return false;
      return !inline.has(user) || readInOrder(user, node);
    });
  }
}

/** One instruction or two, whose bits are the same wherever it is done. */
const isCheap = ({ op, type }: Node): boolean =>
  isFloat(type.dtype) && op.kind === "elementwise" && op.method === "exact" && op.slopes === "constant";

/** Whether a node reads one value of its shape, as it lies in memory, and others that are smaller. */
function isOfOne(node: Node, inline: ReadonlySet<Node>): boolean {
  const smaller = statisticsOf(node);
  const isSmall = ({ type }: Node): boolean =>
    2 * elementCount(type.dims, someRows) <= elementCount(node.type.dims, someRows);
  const isInMemory = (read: Node): boolean =>
    !inline.has(read) || (read.op.name === "reshape" && dropsOnlyOnes(read) && isInMemory(read.inputs[0]!));
  const whole = node.inputs.filter((input) => sameDims(input.type.dims, node.type.dims) && !inline.has(input));
  return (
    whole.length === 1 &&
    smaller.length === node.inputs.filter((input) => !isNumber(input)).length - 1 &&
    smaller.every((read) => isSmall(read) && isInMemory(read))
  );
}

/** What a node reads beside the value of its shape: without rows or axes that are only repeated. */
const statisticsOf = (node: Node): Node[] =>
  node.inputs.map(unstretched).filter((read) => !isNumber(read) && !sameDims(read.type.dims, node.type.dims));

const unstretched = (node: Node): Node =>
  node.op.name === "broadcast" || node.op.name === "stopGradient" ? unstretched(node.inputs[0]!) : node;

/**
 * Whether a value goes along the axes of a node that a reduction keeps, and no others, as their mean does. Their axes then merge as
 * those of the node alone do, so that sums have the same order and the same lanes.
 */
function isAlong(read: Node, { type: { dims } }: Node, { op, attrs }: Node): boolean {
  const reduced = op.maps === undefined ? (attrs.axes as readonly number[] | undefined) : undefined;
  const missing = dims.length - read.type.dims.length;
  const goes = (axis: number): boolean => axis >= missing && read.type.dims[axis - missing] !== 1;
  return reduced !== undefined && dims.every((dim, axis) => dim === 1 || goes(axis) !== reduced.includes(axis));
}

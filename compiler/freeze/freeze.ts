/**
 * Prepares inference with known weights: what depends on them alone is computed now and becomes a weight itself.
 *
 *   w, gamma, deviation known:   matmul x (mul w (div gamma deviation))   ->   matmul x folded1
 *
 * Only what has no rows: of a value with rows, such as a bias stretched over them, each call decides how many there are.
 * Only correctly rounded operations are computed here, in float64 and rounded once to the module's type, so that the
 * weights of a bundle do not depend on the machine that built it.
 */
import { type Graph, isConstant, isLeaf, isState, nodesOf, roots, usersOf } from "../graph/graph.ts";
import { interpret } from "../graph/interpret.ts";
import type { Op } from "../graph/ir.ts";
import { type Node, onInputs } from "../graph/node.ts";
import { isFloat } from "../graph/types.ts";
import { broadcastOp, floorOp, mulNoNanOp, reshapeOp, state, stopGradientOp } from "../ops/index.ts";
import { foldColumns } from "./columns.ts";

/** Values of states. */
export type StateValues = ReadonlyMap<Node, ArrayLike<number>>;

export interface Frozen {
  readonly graph: Graph;
  /** Of its states. */
  readonly weights: StateValues;
}

/** A transposed or windowed weight would be held a second time, so views that move elements are left to each call. */
const inOrder: ReadonlySet<Op> = new Set([reshapeOp, broadcastOp, stopGradientOp]);

/**
 * What is known is rounded once, in training each operation is: where a function jumps, the two may land on either side, so that
 * its input is rounded before.
 */
const jumps: ReadonlySet<Op> = new Set([floorOp, mulNoNanOp]);

const isComputed = ({ op, inputs }: Node): boolean =>
  inputs.length > 0 && op.method === "exact" && !jumps.has(op) && (op.kind === "elementwise" || inOrder.has(op));

export function freeze(graph: Graph, weights: StateValues): Frozen {
  const scaled = foldColumns(graph, knownNodes(graph));
  const { values, states: folded } = computed(scaled, weights);
  const now = new Map<Node, Node>();
  for (const node of nodesOf(scaled)) {
    const inputs = node.inputs.map((input) => now.get(input)!);
    now.set(node, folded.get(node) ?? onInputs(node, inputs));
  }
  const outputs = scaled.outputs.map(({ name, node }) => ({ name, node: now.get(node)! }));
  const result: Graph = { ...scaled, outputs };
  const states = nodesOf(result).filter(isState);
  return { graph: { ...result, states }, weights: new Map(states.map((s) => [s, values.get(s) ?? weights.get(s)!])) };
}

/** The nodes that states and constants alone decide, the same for every number of rows. */
function knownNodes(graph: Graph): Set<Node> {
  const known = new Set<Node>();
  for (const node of nodesOf(graph)) {
    const { dtype, dims } = node.type;
    if (!isFloat(dtype) || dims.includes("n")) continue;
    if (isState(node) || isConstant(node) || (isComputed(node) && node.inputs.every((input) => known.has(input))))
      known.add(node);
  }
  return known;
}

/** A state for each known value that something else reads, and what they hold. */
function computed(
  graph: Graph,
  weights: StateValues,
): { states: Map<Node, Node>; values: Map<Node, ArrayLike<number>> } {
  const known = knownNodes(graph);
  const users = usersOf(nodesOf(graph));
  const leaving = new Set(roots(graph));
  const isRead = (node: Node): boolean => leaving.has(node) || users.get(node)!.some((user) => !known.has(user));
  const folded = [...known].filter((node) => !isLeaf(node) && isRead(node));
  const outputs = folded.map((node, position) => ({ name: `folded${position + 1}`, node }));
  // No known value has rows, so that their number is of no importance.
  const results = interpret({ ...graph, outputs, updates: [] }, { rows: 1, leaves: weights });
  const states = new Map(outputs.map(({ name, node }) => [node, state(name, node.type, node.origin)]));
  return {
    states,
    values: new Map(folded.map((node) => [states.get(node)!, rounded(results.values.get(node)!.data, node)])),
  };
}

const rounded = (values: Float64Array, node: Node): ArrayLike<number> =>
  node.type.dtype === "f32" ? Float32Array.from(values) : values;

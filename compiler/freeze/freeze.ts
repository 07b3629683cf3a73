/**
 * Prepares inference with known weights: what depends on them alone is computed now and becomes a weight itself.
 *
 *   w, gamma, deviation known:   matmul x (mul w (div gamma deviation))   ->   matmul x folded1
 *
 * Only correctly rounded operations are computed here, in float64 and rounded once to the module's type, so that the
 * weights of a bundle do not depend on the machine that built it.
 */
import { type Graph, isConstant, isLeaf, isState, leafName, nodesOf } from "../graph/graph.ts";
import { interpret } from "../graph/interpret.ts";
import { type Node, onInputs } from "../graph/node.ts";
import { state } from "../ops/index.ts";
import { foldAffine } from "./affine.ts";

export interface Frozen {
  readonly graph: Graph;
  /** Values of its states by name. */
  readonly weights: ReadonlyMap<string, ArrayLike<number>>;
}

const correctlyRounded = new Set([
  "add",
  "sub",
  "mul",
  "div",
  "neg",
  "sqrt",
  "abs",
  "relu",
  "minimum",
  "maximum",
  "reshape",
  "broadcast",
  "stopGradient",
]);

export function freeze(graph: Graph, weights: ReadonlyMap<string, ArrayLike<number>>): Frozen {
  const affine = foldAffine(graph, knownNodes(graph));
  const known = knownNodes(affine);
  const values = new Map<string, ArrayLike<number>>();
  const now = new Map<Node, Node>();
  for (const node of nodesOf(affine))
    now.set(
      node,
      known.has(node) && !isLeaf(node)
        ? precomputed(node)
        : onInputs(
            node,
            node.inputs.map((input) => now.get(input)!),
          ),
    );
  const outputs = affine.outputs.map(({ name, node }) => ({ name, node: now.get(node)! }));
  const result: Graph = { ...affine, outputs };
  const states = nodesOf(result).filter(isState);
  for (const leaf of states) if (!values.has(leafName(leaf))) values.set(leafName(leaf), weights.get(leafName(leaf))!);
  return { graph: { ...result, states }, weights: new Map(states.map((s) => [leafName(s), values.get(leafName(s))!])) };

  /** A state that holds the node's value; made for every known node, kept where something else reads it. */
  function precomputed(node: Node): Node {
    const name = `folded${values.size + 1}`;
    values.set(name, rounded(knownValue(node, affine, weights), node));
    return state(name, node.type, node.origin);
  }
}

/** The nodes that states and constants alone decide, and that are worth keeping in their place. */
function knownNodes(graph: Graph): Set<Node> {
  const known = new Set<Node>();
  for (const node of nodesOf(graph)) {
    if (isState(node) || isConstant(node)) known.add(node);
    else if (node.inputs.length > 0 && correctlyRounded.has(node.op.name) && node.inputs.every((i) => known.has(i))) {
      known.add(node);
    }
  }
  return known;
}

function knownValue(node: Node, graph: Graph, weights: ReadonlyMap<string, ArrayLike<number>>): Float64Array {
  const alone: Graph = { ...graph, inputs: [], outputs: [{ name: "value", node }], updates: [] };
  return interpret(alone, { rows: 1, leaves: weights }).outputs.get("value")!;
}

const rounded = (values: Float64Array, node: Node): ArrayLike<number> =>
  node.type.dtype === "f32" ? Float32Array.from(values) : values;

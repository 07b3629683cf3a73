/**
 * A graph: one function of the module (init, step, evaluate, infer), as named outputs and state updates.
 * Its nodes are those that outputs and updates reach; inputs and states are leaves among them.
 */
import { attrsOf, constAttributes, leafAttributes } from "./attributes.ts";
import type { Graph, Node } from "./ir.ts";

export type { Graph, Output, Update } from "./ir.ts";

export const leafName = (leaf: Node): string => attrsOf(leaf, leafAttributes).name;
export const isLeaf = (node: Node): boolean => node.op.kind === "leaf";
export const isConstant = (node: Node): boolean => node.op.name === "const";
/** A constant of one number, which is written where it is used; one with several elements lies in memory. */
export const isNumber = (node: Node): boolean =>
  isConstant(node) && attrsOf(node, constAttributes).values === undefined;
/** Of such a constant. */
export const numberOf = (node: Node): number => attrsOf(node, constAttributes).value!;
export const isInput = (node: Node): boolean => node.op.name === "input";
export const isState = (node: Node): boolean => node.op.name === "state";

/** The nodes whose values leave the graph. */
export const roots = (graph: Graph): Node[] => [
  ...graph.outputs.map((output) => output.node),
  ...graph.updates.map((update) => update.value),
];

/** Every node that the given ones reach, themselves included, inputs before users. */
export function reachable(from: readonly Node[]): Node[] {
  const seen = new Set<Node>();
  const stack = [...from];
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    if (seen.has(node)) continue;
    seen.add(node);
    stack.push(...node.inputs);
  }
  return [...seen].sort((a, b) => a.id - b.id);
}

export const nodesOf = (graph: Graph): Node[] => reachable(roots(graph));

/** For each node, the nodes that read it (once per reading). */
export function usersOf(nodes: readonly Node[]): Map<Node, Node[]> {
  const users = new Map<Node, Node[]>(nodes.map((node) => [node, []]));
  for (const node of nodes) for (const input of node.inputs) users.get(input)?.push(node);
  return users;
}

/**
 * Rebuilds a graph from the leaves up: `replace` sees each node with its inputs already replaced and gives the node to
 * use in its stead (the same one where nothing changes). Leaves of the signature are kept.
 */
export function mapNodes(graph: Graph, replace: (node: Node, inputs: readonly Node[]) => Node): Graph {
  const replaced = new Map<Node, Node>();
  for (const node of nodesOf(graph)) {
    replaced.set(
      node,
      replace(
        node,
        node.inputs.map((input) => replaced.get(input)!),
      ),
    );
  }
  return {
    ...graph,
    outputs: graph.outputs.map(({ name, node }) => ({ name, node: replaced.get(node)! })),
    updates: graph.updates.map(({ state, value }) => ({ state, value: replaced.get(value)! })),
  };
}

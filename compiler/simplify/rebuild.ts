/**
 * The walk that every part of the simplifier takes: from the leaves up, each node on its replaced inputs. What does not
 * change stays the same object, up to the graph itself.
 */
import { type Graph, mapNodes } from "../graph/graph.ts";
import { type Node, onInputs } from "../graph/node.ts";

/** Nodes that must stay as they are: those that a caller will go on to use. */
export type Keep = ReadonlySet<Node>;
export const nothing: Keep = new Set();

/** `replace` sees each node on its replaced inputs, and the node as it was; what it gives must have the node's type. */
export function rebuild(graph: Graph, keep: Keep, replace: (node: Node, before: Node) => Node): Graph {
  const result = mapNodes(graph, (node, inputs) => (keep.has(node) ? node : replace(onInputs(node, inputs), node)));
  const same =
    result.outputs.every(({ node }, i) => node === graph.outputs[i]!.node) &&
    result.updates.every(({ value }, i) => value === graph.updates[i]!.value);
  return same ? graph : result;
}

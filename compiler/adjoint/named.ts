/**
 * Which nodes of a simplified adjoint are still the derivative by a value that the model file names.
 *
 *   const hidden = tanh(...)      the node that computes d loss / d hidden, where simplification left one
 *
 * Each cotangent is simplified again, beside the gradients, which are as simple as they get and stay the nodes they were.
 * If it turns out to be one of their nodes, that node is its value exactly.
 */
import { reachable } from "../graph/graph.ts";
import type { Node } from "../graph/node.ts";
import { simplifyAdjoint } from "../simplify/index.ts";
import { gradients } from "./build.ts";

/** Node that reaches `loss` -> its cotangent among the nodes of `slopes`, the simplified gradients by `parameters`. */
export function namedCotangents(loss: Node, parameters: readonly Node[], slopes: readonly Node[]): Map<Node, Node> {
  const forward = new Set(reachable([loss]));
  const used = new Set(reachable(slopes));
  const named = new Map<Node, Node>();
  gradients(loss, parameters, undefined, (node, cotangent) => {
    if (node.origin?.binding === undefined) return;
    const simple = simplifyAdjoint([...slopes, cotangent], [loss]).at(-1)!;
    if (used.has(simple) && !forward.has(simple)) named.set(node, simple);
  });
  return named;
}

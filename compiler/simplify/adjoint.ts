/**
 * Simplifies what the adjoint added to a graph, by exact rules and those of adjoint-rules.ts; the forward nodes, whose
 * rounding the model chose, stay the very nodes they were.
 *
 *   const raw = gradients(loss, parameters);
 *   const slopes = simplifyAdjoint(raw, [loss]);     softmax cross-entropy: (p - onehot) * (1 / rows)
 *
 * Everything that `primal` reaches counts as forward. An adjoint of this adjoint is another call, with the first
 * cotangents among its `primal`.
 */
import type { Graph } from "../graph/graph.ts";
import { reachable } from "../graph/graph.ts";
import type { Node } from "../graph/node.ts";
import { adjointRules } from "./adjoint-rules.ts";
import { exact } from "./exact.ts";
import { untilStable } from "./fixpoint.ts";
import { ruleSet } from "./rewrite.ts";

/** All rules that nodes born in the adjoint are subject to. */
export const adjoint = ruleSet("adjoint", [...exact.rules, ...adjointRules]);

/** The cotangents, simplified, in their order; undefined stays undefined. */
export function simplifyAdjoint(
  cotangents: readonly (Node | undefined)[],
  primal: readonly Node[],
): (Node | undefined)[] {
  const given = [...new Set(cotangents.filter((node) => node !== undefined))];
  const outputs = [...given, ...primal].map((node, i) => ({ name: `${i}`, node }));
  const graph: Graph = { name: "adjoint", inputs: [], states: [], outputs, updates: [] };
  const simple = untilStable(graph, adjoint, new Set(reachable(primal))).outputs;
  const replaced = new Map(given.map((node, i) => [node, simple[i]!.node]));
  return cotangents.map((node) => node && replaced.get(node));
}

/** The passes of the simplifier, one after the other, until none changes the graph. */
import type { Graph } from "../graph/graph.ts";
import { absorb } from "./broadcasts.ts";
import { share } from "./cse.ts";
import { fold } from "./fold.ts";
import type { Keep } from "./rebuild.ts";
import { type RuleSet, rewrite } from "./rewrite.ts";

/** Every round leaves a correct graph, so stopping early loses only some smallness. */
const mostRounds = 64;

export function untilStable(graph: Graph, rules: RuleSet, keep: Keep): Graph {
  let current = graph;
  for (let round = 0; round < mostRounds; round++) {
    const before = current;
    current = fold(current, keep); // first: rules look for literals
    current = share(current, keep); // before the rules: a variable that stands twice binds one node
    current = rewrite(current, rules, keep);
    current = absorb(current, keep); // after the rules: they broadcast what they make smaller
    if (current === before) break;
  }
  return current;
}

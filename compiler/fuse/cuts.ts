/**
 * Where a long chain of elementwise nodes is cut into loop nests of their own. The stages below walk an expression by
 * recursion, and Binaryen takes the square of a function's length in time, so neither may grow with the graph.
 *
 *   h1 = tanh x; h2 = tanh h1; ... h100      ==>      group 0: h1 to h64 -> h64      group 1: h65 to h100 -> h100
 */
import { isLeaf } from "../graph/graph.ts";
import type { Node } from "../graph/node.ts";
import { isFloat } from "../graph/types.ts";

/** Operations in a row within one loop nest: more than any layer or optimiser has. */
const longestChain = 64;

/** The nodes that memory gets although their reader could compute them; `nodes` have inputs before users. */
export function chainCuts(nodes: readonly Node[]): Set<Node> {
  const cuts = new Set<Node>();
  const depths = new Map<Node, number>();
  const depthBelow = (input: Node): number => (cuts.has(input) ? 0 : depths.get(input)!);
  for (const node of nodes) {
    const starts = isLeaf(node) || ["reduction", "contraction", "scatter", "loop"].includes(node.op.kind);
    const depth = starts ? 0 : 1 + Math.max(0, ...node.inputs.map(depthBelow));
    depths.set(node, depth);
    if (depth >= longestChain && node.op.kind === "elementwise" && isFloat(node.type.dtype)) cuts.add(node);
  }
  return cuts;
}

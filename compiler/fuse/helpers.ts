/**
 * Which nodes are computed by a helper of runtime/wasm (exp, tanh, random numbers ...). A helper is inlined wherever it is
 * called, and a contraction's tile spells its epilogue out for each of its vectors; so a helper stays out of it and gets
 * a loop of its own, where it stands once or twice.
 *
 *   h = matmul x w; s = add h b; y = tanh s      ==>      group 0: matmul add -> s      group 1: tanh -> y
 */
import type { Node } from "../graph/node.ts";
import { sameDims } from "../graph/types.ts";

/** Whether computing the node calls a helper, itself or in what is inline before it. */
export function callsHelper(node: Node, inline: ReadonlySet<Node>, seen = new Set<Node>()): boolean {
  if (seen.has(node)) return false;
  seen.add(node);
  if (node.op.method === "helper") return true;
  return node.inputs.some((input) => inline.has(input) && callsHelper(input, inline, seen));
}

/** The nodes that can be computed in a contraction's tile: elementwise on its result, without a helper. */
export function epilogues(nodes: readonly Node[]): Set<Node> {
  const result = new Set<Node>();
  for (const node of nodes) {
    if (node.op.kind !== "elementwise" || node.op.method === "helper") continue;
    const follows = (input: Node) =>
      (input.op.kind === "contraction" || result.has(input)) && sameDims(input.type.dims, node.type.dims);
    if (node.inputs.some(follows)) result.add(node);
  }
  return result;
}

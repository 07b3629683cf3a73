/**
 * Puts the training or the inference value in the place of every `phase` node.
 *
 *   d = phase (mul x mask) x        train: mul x mask        infer: x
 */
import { reachable } from "./graph.ts";
import { type Node, onInputs } from "./node.ts";

export type Phase = "train" | "infer";

/** The same nodes where nothing below them depends on the phase. One call shares what its nodes share. */
export function specialize(nodes: readonly Node[], phase: Phase): Node[] {
  const replaced = new Map<Node, Node>();
  for (const node of reachable(nodes)) {
    const inputs = node.inputs.map((input) => replaced.get(input)!);
    if (node.op.name === "phase") replaced.set(node, inputs[phase === "train" ? 0 : 1]!);
    else replaced.set(node, onInputs(node, inputs));
  }
  return nodes.map((node) => replaced.get(node)!);
}

/**
 * Remembers which values are probabilities, for the losses that want what came before them.
 *
 *   const p = softmax(logits);
 *   softmaxCrossEntropy(p, y)      refused: the loss would apply softmax a second time
 */
import type { Node } from "../../graph/node.ts";

/** The function that made each; nodes live as long as their model, and this with them. */
const makers = new WeakMap<Node, string>();

export function asProbabilities(call: string, node: Node): Node {
  makers.set(node, call);
  return node;
}

/** The function whose probabilities these are, seen through reshapes and the like; undefined where they are none. */
export function makerOfProbabilities(node: Node): string | undefined {
  const maker = makers.get(node);
  if (maker !== undefined || node.op.kind !== "view") return maker;
  return makerOfProbabilities(node.inputs[0]!);
}

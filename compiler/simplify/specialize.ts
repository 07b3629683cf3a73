/**
 * Puts the training or the inference value in the place of every `phase` node.
 *
 *   d = phase (mul x mask) x        train: mul x mask        infer: x
 */

import { type Graph, reachable } from "../graph/graph.ts";
import { apply, type Node, onInputs } from "../graph/node.ts";
import { scanOp } from "../ops/scan.ts";

export type Phase = "train" | "infer";

/** The same nodes where nothing below them depends on the phase. One call shares what its nodes share. */
export function specialize(nodes: readonly Node[], phase: Phase): Node[] {
  const replaced = new Map<Node, Node>();
  const loops = new Map<Node["op"], Node["op"]>();
  for (const node of reachable(nodes)) {
    const inputs = node.inputs.map((input) => replaced.get(input)!);
    if (node.op.name === "phase") replaced.set(node, inputs[phase === "train" ? 0 : 1]!);
    else if (node.op.body === undefined) replaced.set(node, onInputs(node, inputs));
    else {
      const op = loops.get(node.op) ?? loopIn(node.op, phase);
      loops.set(node.op, op);
      replaced.set(node, op === node.op ? onInputs(node, inputs) : apply(op, inputs, node.attrs, node));
    }
  }
  return nodes.map((node) => replaced.get(node)!);
}

/** The same loop where its body does not depend on the phase. */
function loopIn(op: Node["op"], phase: Phase): Node["op"] {
  const { graph } = op.body!;
  const before = [...graph.updates.map(({ value }) => value), ...graph.outputs.map(({ node }) => node)];
  const after = specialize(before, phase);
  if (after.every((node, at) => node === before[at])) return op;
  const result: Graph = {
    ...graph,
    updates: graph.updates.map(({ state }, at) => ({ state, value: after[at]! })),
    outputs: graph.outputs.map(({ name }, at) => ({ name, node: after[graph.updates.length + at]! })),
  };
  return scanOp({ ...op.body!, graph: result });
}

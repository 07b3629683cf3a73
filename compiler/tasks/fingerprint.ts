/**
 * Whether two graphs compute the same from the same parameters: their structure, not the names of values in between nor the
 * float type, so that renaming a constant or building in f32 what was trained in f64 changes nothing.
 *
 *   const h = relu(dense(x, 8, { name: "hidden" }))   and   const y = relu(...)     the same fingerprint
 */
import { createHash } from "node:crypto";
import { type Graph, nodesOf } from "../graph/graph.ts";
import type { Node } from "../graph/node.ts";

/** SHA-256, hex, over operations, attributes, shapes, and the names of leaves and outputs. */
export function fingerprint(graph: Graph): string {
  const nodes = nodesOf(graph);
  const numbers = new Map<Node, number>(nodes.map((node, number) => [node, number]));
  const lines = nodes.map(({ op, inputs, attrs, type }) => {
    const { dtype: _, ...kept } = attrs;
    return JSON.stringify([op.name, inputs.map((input) => numbers.get(input)), kept, type.dims]);
  });
  const outputs = graph.outputs.map(({ name, node }) => JSON.stringify([name, numbers.get(node)]));
  return createHash("sha256")
    .update([...lines, ...outputs].join("\n"))
    .digest("hex");
}

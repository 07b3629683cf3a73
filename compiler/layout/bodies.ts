/**
 * The bodies of loops. An output of all turns is no place for a sum that begins with zeros everywhere, so that such a sum gets
 * memory of its own.
 *
 *   return each = scatterAdd   ->   return each = copy (scatterAdd)
 */
import { isFinishedLast } from "../fuse/groups.ts";
import { mapBodies } from "../graph/body.ts";
import type { Graph } from "../graph/graph.ts";
import { copy } from "../ops/index.ts";
import { scanOp } from "../ops/scan.ts";

/** The graph with the bodies of its loops laid out by `layout`. */
export const layoutBodies = (graph: Graph, layout: (body: Graph) => Graph): Graph =>
  mapBodies(graph, (body) => inOwnMemory(layout(body)), scanOp);

function inOwnMemory(body: Graph): Graph {
  const outputs = body.outputs.map(({ name, node }) => ({ name, node: isFinishedLast(node) ? copy(node) : node }));
  return { ...body, outputs };
}

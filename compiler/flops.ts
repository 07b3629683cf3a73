/**
 * Floating-point operations of a graph, counted as in a course on neural networks: a multiplication or an addition is one,
 * so that a dense layer from N to M units costs 2MN a row with a bias and 2MN - M without. What activations cost is counted
 * apart, at one operation an element unless the op says more: how long exp takes is no matter of arithmetic.
 *
 *   dense(x: [8], 16), relu      { arithmetic: 256, activations: 16 } a row
 */
import { isSameLoop } from "./graph/body.ts";
import { type Graph, nodesOf } from "./graph/graph.ts";
import { byName, type Node } from "./graph/node.ts";
import type { Region } from "./graph/region.ts";

export interface FlopCount {
  /** Additions, subtractions, multiplications and divisions, those of products and sums included. */
  readonly arithmetic: number;
  /** Elementwise functions: exp, tanh, max(x, 0), comparisons and choices. */
  readonly activations: number;
}

const none: FlopCount = { arithmetic: 0, activations: 0 };

/** Of a graph's nodes at `rows` rows. */
export const flopsOf = (graph: Graph, rows: number): FlopCount => flopsOfNodes(nodesOf(graph), rows);

/** Of a step at `rows` rows: the loss, its derivatives, and what the optimiser makes of them. */
export function flopsOfRegions(step: Graph, rows: number): Record<Region, FlopCount> {
  const nodes = nodesOf(step);
  const of = (region: Region) =>
    flopsOfNodes(
      nodes.filter((node) => node.region === region),
      rows,
    );
  return { forward: of("forward"), adjoint: of("adjoint"), update: of("update") };
}

/** Both kinds together. */
export const totalFlops = ({ arithmetic, activations }: FlopCount): number => arithmetic + activations;

/** Of these nodes at `rows` rows; a loop counts once, however many of its results are among them. */
export function flopsOfNodes(nodes: Iterable<Node>, rows: number): FlopCount {
  let { arithmetic, activations } = none;
  const loops: Node[] = [];
  for (const node of nodes) {
    const { body } = node.op;
    if (body !== undefined) {
      if (loops.some((loop) => isSameLoop(loop, node))) continue;
      loops.push(node);
      const turn = flopsOf(body.graph, rows);
      arithmetic += body.extent * turn.arithmetic;
      activations += body.extent * turn.activations;
      continue;
    }
    const types = byName(
      node.op,
      node.inputs.map((input) => input.type),
    );
    const count = node.op.flops(types, node.type, rows, node.attrs);
    if (node.op.kind === "elementwise" && !node.op.arithmetic) activations += count;
    else arithmetic += count;
  }
  return { arithmetic, activations };
}

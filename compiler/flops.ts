/**
 * Floating-point operations of a graph, counted as in a course on neural networks: a multiplication or an addition is one,
 * so that a dense layer from N to M units costs 2MN a row with a bias and 2MN - M without. What activations cost is counted
 * apart, at one operation an element unless the op says more: how long exp takes is no matter of arithmetic.
 *
 *   dense(x: [8], 16), relu      { arithmetic: 256, activations: 16 } a row
 */
import type { Program } from "./dsl/program.ts";
import { isSameLoop } from "./graph/body.ts";
import { type Graph, nodesOf, reachable } from "./graph/graph.ts";
import { byName, type Node } from "./graph/node.ts";

export interface FlopCount {
  /** Additions, subtractions, multiplications and divisions, those of products and sums included. */
  readonly arithmetic: number;
  /** Elementwise functions: exp, tanh, max(x, 0), comparisons and choices. */
  readonly activations: number;
}

/** The three parts of a training step: the loss, its derivatives, and what the optimiser makes of them. */
export interface StepFlops {
  readonly forward: FlopCount;
  readonly adjoint: FlopCount;
  readonly update: FlopCount;
}

const none: FlopCount = { arithmetic: 0, activations: 0 };

/** Of a graph's nodes at `rows` rows. */
export const flopsOf = (graph: Graph, rows: number): FlopCount => flopsOfNodes(nodesOf(graph), rows);

/**
 * Of a step at `rows` rows. `simplified` is the graph that runs; `simplify` turned the program's step into it. The gradients
 * are outputs of a second run of it, which tells where the adjoint ends.
 */
export function stepFlops(
  program: Program,
  simplified: Graph,
  simplify: (graph: Graph) => Graph,
  rows: number,
): StepFlops {
  const slopes = [...program.gradients].map(([name, node]) => ({ name: `d ${name}`, node }));
  const { outputs } = simplify({ ...program.step, outputs: [...program.step.outputs, ...slopes], updates: [] });
  const nodes = outputs.map(({ node }) => node);
  const forward = flopsOfNodes(reachable(nodes.slice(0, program.step.outputs.length)), rows);
  const adjoint = minus(flopsOfNodes(reachable(nodes), rows), forward);
  return { forward, adjoint, update: minus(minus(flopsOf(simplified, rows), forward), adjoint) };
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

const minus = (a: FlopCount, b: FlopCount): FlopCount => ({
  arithmetic: a.arithmetic - b.arithmetic,
  activations: a.activations - b.activations,
});

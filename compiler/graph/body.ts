/**
 * A graph that a loop runs again and again: what each turn hands to the next are its states, what it reads are its inputs.
 *
 *   scan1 over 5: graph(x: f32[n,2], u: f32[3,3]; h: f32[n,3])      elements: 1, so that x is one of five, u the same
 *     ...
 *     update h = next
 *     return each = next
 *
 * Nodes of one op on the same inputs are results of one loop: the last value of a state, or an output of all turns.
 */

import { attrsOf, integer } from "./attributes.ts";
import { mapNodes, nodesOf } from "./graph.ts";
import type { Body, Graph, Op, Output } from "./ir.ts";
import { apply, type Node, onInputs } from "./node.ts";
import { type Dims, isFloat } from "./types.ts";

export type { Body } from "./ir.ts";

/** The axis that a loop goes along, in what it reads and gives: the first one, behind the rows. */
export const loopAxis = (dims: Dims): number => (dims[0] === "n" ? 1 : 0);

/** The shape of all turns together. */
export const stackedDims = (dims: Dims, extent: number): Dims => dims.toSpliced(loopAxis(dims), 0, extent);

/**
 * What a loop can give of all its turns: its outputs, and behind them each value that memory can have, since an adjoint may ask
 * for any. mapBodies makes outputs of those that are read.
 */
export function keepable(graph: Graph): readonly Output[] {
  const known = keepables.get(graph);
  if (known) return known;
  const own = new Set(graph.outputs.map(({ node }) => node));
  const values = [...graph.states, ...nodesOf(graph).filter(isKept)].filter((node) => !own.has(node));
  const all = [...graph.outputs, ...values.map((node, at): Output => ({ name: `kept${at}`, node }))];
  keepables.set(graph, all);
  return all;
}

const keepables = new WeakMap<Graph, readonly Output[]>();

/** A view or a draw is computed again by who reads it. */
const isKept = ({ op, type }: Node): boolean =>
  isFloat(type.dtype) && op.kind !== "leaf" && op.kind !== "view" && op.kind !== "source";

/** Which result of its loop a node is: the last value of a state, or behind those an output. */
export const loopAttributes = { result: integer };
export const resultOf = (node: Node): number => attrsOf(node, loopAttributes).result;

/** What a loop was given for a leaf of its body: the start of a state, or an input. */
export function inputOf({ op, inputs }: Node, leaf: Node): Node {
  const { states, inputs: leaves } = op.body!.graph;
  const at = states.indexOf(leaf);
  return inputs[at >= 0 ? at : states.length + leaves.indexOf(leaf)]!;
}

/** Whether two nodes are results of one loop. */
export const isSameLoop = (a: Node, b: Node): boolean =>
  a.op.body !== undefined && a.op === b.op && a.inputs.every((input, at) => input === b.inputs[at]);

/**
 * The graph with every body changed, given those outputs alone that the graph reads of its loop, and each result of a loop as one
 * node. `opOf` makes the op of a changed body.
 */
export function mapBodies(graph: Graph, change: (body: Graph) => Graph, opOf: (body: Body) => Op): Graph {
  const loops: Loop[] = [];
  for (const node of nodesOf(graph)) {
    if (node.op.body === undefined) continue;
    const loop = loops.find(({ nodes }) => isSameLoop(nodes[0]!, node));
    if (loop) loop.nodes.push(node);
    else loops.push({ nodes: [node], results: [] });
  }
  if (loops.length === 0) return graph;
  const changed = new Map(
    loops.flatMap((loop) => {
      const after = changedLoop(loop.nodes, change, opOf);
      return loop.nodes.map((node) => [node, { ...after, loop }] as const);
    }),
  );
  return mapNodes(graph, (node, inputs) => {
    const known = changed.get(node);
    if (known === undefined) return onInputs(node, inputs);
    const { op, places, loop } = known;
    const result = places.get(resultOf(node))!;
    const twin = loop.results.find((one) => resultOf(one) === result);
    if (twin) return twin;
    const isSame = op === node.op && inputs.every((input, at) => input === node.inputs[at]);
    const made = isSame ? node : apply(op, inputs, { ...node.attrs, result }, node);
    loop.results.push(made);
    return made;
  });
}

/** The results of one loop before and after. */
interface Loop {
  readonly nodes: Node[];
  readonly results: Node[];
}

/** The op of a loop whose results are these, and which result of it each was before. */
function changedLoop(nodes: readonly Node[], change: (body: Graph) => Graph, opOf: (body: Body) => Op) {
  const { op } = nodes[0]!;
  const { body } = op as { body: Body };
  const states = body.graph.states.length;
  const used = [...new Set(nodes.map(resultOf))].filter((result) => result >= states).sort((a, b) => a - b);
  const outputs = used.map((result) => keepable(body.graph)[result - states]!);
  const changed = change({ ...body.graph, outputs });
  const isSame =
    outputs.length === body.graph.outputs.length &&
    changed.outputs.every(({ node }, at) => node === body.graph.outputs[at]!.node) &&
    changed.updates.every(({ value }, at) => value === body.graph.updates[at]!.value);
  const places = new Map([...body.graph.states.keys(), ...used].map((result, at) => [result, at]));
  return { op: isSame ? op : opOf({ ...body, graph: changed }), places };
}

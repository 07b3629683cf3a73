/**
 * The float64 interpreter: every node by its op's reference, nothing fused, nothing rounded to f32. Slow, and the oracle
 * that every stage is compared with.
 */

import { type Graph, isConstant, isLeaf, leafName, nodesOf } from "./graph.ts";
import type { Value } from "./ir.ts";
import { byName, type Node } from "./node.ts";
import { extent } from "./types.ts";

export type LeafValues = ReadonlyMap<Node | string, ArrayLike<number>>;

export interface Environment {
  readonly rows: number;
  /** Values of the leaves, row-major. A name stands for the leaf where no two of the graph share it, as in tests. */
  readonly leaves: LeafValues;
  readonly seed?: number;
  readonly step?: number;
  /** Applied to every element of every result: Math.fround shows where f32 overflows. Nothing is rounded unless said. */
  readonly round?: ((value: number) => number) | undefined;
}

export interface Results {
  readonly outputs: Map<string, Float64Array>;
  /** New values of the updated states. */
  readonly updates: Map<string, Float64Array>;
  /** Every node's value, for tests that look inside. */
  readonly values: Map<Node, Value>;
}

export function interpret(graph: Graph, environment: Environment): Results {
  const { rows, seed = 0, step = 0, round } = environment;
  const values = new Map<Node, Value>();
  const nodes = nodesOf(graph);
  const given = leafValuesOf(nodes, environment);
  for (const node of nodes) {
    const dims = node.type.dims.map((dim) => extent(dim, rows));
    const data =
      isLeaf(node) && !isConstant(node)
        ? leafValue(node, dims, given.get(node))
        : node.op.reference(
            byName(
              node.op,
              node.inputs.map((i) => values.get(i)!),
            ),
            dims,
            node.attrs,
            { rows, seed, step, round },
          );
    values.set(node, { dims, data: round ? data.map(round) : data });
  }
  const read = (node: Node) => values.get(node)!.data;
  return {
    outputs: new Map(graph.outputs.map(({ name, node }) => [name, read(node)])),
    updates: new Map(graph.updates.map(({ state, value }) => [leafName(state), read(value)])),
    values,
  };
}

/** Of each leaf that has one: its own, or that of its name, which no other leaf may have then. */
function leafValuesOf(nodes: readonly Node[], { leaves }: Environment): Map<Node, ArrayLike<number> | undefined> {
  const named = nodes.filter((node) => isLeaf(node) && !isConstant(node));
  const values = new Map(named.map((leaf) => [leaf, leaves.get(leaf)]));
  const nameless = named.filter((leaf) => values.get(leaf) === undefined);
  for (const leaf of nameless) {
    const twin = named.find((other) => other !== leaf && leafName(other) === leafName(leaf));
    const value = leaves.get(leafName(leaf));
    if (twin && value)
      throw new RangeError(`${leafName(leaf)} names two leaves: expected a value for each leaf itself`);
    values.set(leaf, value);
  }
  return values;
}

function leafValue(leaf: Node, dims: readonly number[], given: ArrayLike<number> | undefined): Float64Array {
  const count = dims.reduce((p, d) => p * d, 1);
  if (given === undefined) throw new RangeError(`no value for ${leafName(leaf)}`);
  if (given.length !== count) throw new RangeError(`${leafName(leaf)} has ${given.length} elements, expected ${count}`);
  return Float64Array.from(given);
}

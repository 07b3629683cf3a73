/**
 * What inference computes at build is what a call would have computed, in every row: each op at its samples, on states in place
 * of inputs, stretched to rows where the sample has rows; frozen and not, as Wasm, at every number of rows.
 */
import { expect, test } from "vitest";
import { freeze } from "../../compiler/freeze/freeze.ts";
import { type Graph, isInput, leafName, mapNodes } from "../../compiler/graph/graph.ts";
import type { Op } from "../../compiler/graph/ir.ts";
import { type Node, onInputs } from "../../compiler/graph/node.ts";
import { elementCount, type FloatType, isFloat } from "../../compiler/graph/types.ts";
import { add, broadcast, input, ops, state } from "../../compiler/ops/index.ts";
import { firstOtherBits } from "../support/close.ts";
import { Random } from "../support/random.ts";
import { graphModule } from "../support/run-graph.ts";
import { sampleGraph } from "../support/sample.ts";

const batch = 5;

interface OnStates {
  readonly graph: Graph;
  readonly weights: ReadonlyMap<Node, ArrayLike<number>>;
  /** Of each input of labels, values for as many rows as a call may have. */
  readonly labels: ReadonlyMap<Node, Float64Array>;
}

/** All samples in one graph. Each result is an output as it is, and a float is also added to an input. */
function samplesOnStates(op: Op, dtype: FloatType): OnStates {
  const inputs: Node[] = [];
  const weights = new Map<Node, Float64Array>();
  const labels = new Map<Node, Float64Array>();
  const outputs = op.samples.flatMap((sample, i) => {
    const { graph, leaves } = sampleGraph(op, sample, dtype);
    const values = leaves(1, new Random(i));
    const onStates = mapNodes(graph, (node, args) => {
      if (!isInput(node)) return onInputs(node, args);
      const name = `${leafName(node)}${i}`;
      if (!isFloat(node.type.dtype)) {
        const leaf = input(name, node.type);
        inputs.push(leaf);
        labels.set(leaf, leaves(batch, new Random(i)).get(leafName(node))!);
        return leaf;
      }
      const leaf = state(name, { dtype, dims: node.type.dims.map((dim) => (dim === "n" ? 1 : dim)) });
      weights.set(leaf, values.get(leafName(node))!.map(Math.fround));
      return node.type.dims.includes("n") ? broadcast(leaf, node.type.dims) : leaf;
    });
    const { node } = onStates.outputs[0]!;
    // Indices are added to nothing.
    if (!isFloat(node.type.dtype)) return [{ name: `y${i}`, node }];
    inputs.push(input(`added${i}`, node.type));
    return [
      { name: `y${i}`, node },
      { name: `z${i}`, node: add(node, inputs.at(-1)!) },
    ];
  });
  return { graph: { name: "infer", inputs, states: [...weights.keys()], outputs, updates: [] }, weights, labels };
}

/** By name, as graphModule takes them. */
const leavesOf = ({ graph, weights, labels }: OnStates, rows: number) =>
  new Map<string, ArrayLike<number>>([
    ...graph.inputs.map((leaf) => {
      const count = elementCount(leaf.type.dims, rows);
      return [
        leafName(leaf),
        labels.get(leaf)?.slice(0, count) ?? Float64Array.from({ length: count }, (_, i) => i % 7),
      ] as const;
    }),
    ...[...weights].map(([leaf, values]) => [leafName(leaf), values] as const),
  ]);

test.each(ops.filter(({ samples }) => samples.length > 0).map((op) => [op.name, op] as const))(
  "%s",
  async (_name, op) => {
    for (const [dtype, simplify] of [
      ["f32", true],
      ["f64", false],
    ] as const) {
      const onStates = samplesOnStates(op, dtype);
      const frozen = freeze(onStates.graph, onStates.weights);
      const plain = await graphModule(onStates.graph, { batch, dtype, simplify });
      const shipped = await graphModule(frozen.graph, { batch, dtype, simplify });
      for (let rows = 1; rows <= batch; rows++) {
        const want = plain.run({ rows, leaves: leavesOf(onStates, rows), seed: 3, step: 2 });
        const got = shipped.run({ rows, leaves: leavesOf({ ...onStates, ...frozen }, rows), seed: 3, step: 2 });
        expect(firstOtherBits(got, want), `${dtype}, ${rows} rows`).toBeUndefined();
      }
    }
  },
);

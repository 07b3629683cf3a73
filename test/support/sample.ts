/** Builds the graph that the generated tests run for one sample of an op's record. */
import { repeatsType } from "../../compiler/graph/attributes.ts";
import type { Graph } from "../../compiler/graph/graph.ts";
import type { Op, Sample } from "../../compiler/graph/ir.ts";
import { apply, type Node, typesOf } from "../../compiler/graph/node.ts";
import { elementCount, type FloatType } from "../../compiler/graph/types.ts";
import { gt, input, select } from "../../compiler/ops/index.ts";
import type { Random } from "./random.ts";

export interface SampleGraph {
  readonly graph: Graph;
  readonly output: Node;
  /** Values for the leaves at a number of rows. */
  leaves(rows: number, random: Random): Map<string, Float64Array>;
}

/** Masks enter as comparisons of float inputs with 0, and leave as a choice between 1 and 2: memory has no masks. */
export function sampleGraph(op: Op, sample: Sample, dtype: FloatType): SampleGraph {
  const isInteger = (name: string): boolean =>
    op.labels?.[name] !== undefined || (sample.integers?.includes(name) ?? false);
  const inputs = op.inputs.map((name) =>
    input(name, { dtype: isInteger(name) ? "i32" : dtype, dims: sample.shapes[name]! }),
  );
  const attrs = { ...sample.attrs, ...(repeatsType(op.attributes, "dtype") ? { dtype } : {}) };
  const operands = inputs.map((leaf, i) => (takesMask(op, i) ? gt(leaf, 0) : leaf));
  const result = apply(op, operands, attrs);
  const output = result.type.dtype === "bool" ? select(result, inputs[0]!, 2) : result;
  const [low, high] = sample.range ?? [-2, 2];
  return {
    graph: { name: "sample", inputs, states: [], outputs: [{ name: "y", node: output }], updates: [] },
    output,
    leaves: (rows, random) =>
      new Map(
        inputs.map((leaf) => {
          const count = elementCount(leaf.type.dims, rows);
          const classes = op.labels?.[leaf.attrs.name as string]?.(typesOf(result), attrs) ?? 10;
          const values = isInteger(leaf.attrs.name as string)
            ? Float64Array.from({ length: count }, () => random.integer(0, classes - 1))
            : random.array(count, low, high);
          return [leaf.attrs.name as string, values];
        }),
      ),
  };
}

const takesMask = (op: Op, position: number): boolean =>
  op.name === "and" || op.name === "or" || op.name === "not" || (op.name === "select" && position === 0);

/** One sample of an op under the judgement of differences: every entry of every input's cotangent. */
import { gradients } from "../../compiler/adjoint/build.ts";
import { interpret } from "../../compiler/graph/interpret.ts";
import type { Op, Sample } from "../../compiler/graph/ir.ts";
import type { Node } from "../../compiler/graph/node.ts";
import { elementCount } from "../../compiler/graph/types.ts";
import { input, mul, sum } from "../../compiler/ops/index.ts";
import { differences, type Leaves, worstError } from "../support/differences.ts";
import { Random } from "../support/random.ts";
import { sampleGraph } from "../support/sample.ts";

/** The worst relative error of the op's adjoint at a sample. */
export function adjointError(op: Op, sample: Sample, rows: number): number {
  const { graph, output, leaves: drawn } = sampleGraph(op, sample, "f64");
  const seed = input("seed", output.type);
  const loss = sum(mul(output, seed));
  const cotangents = gradients(loss, graph.inputs);
  const labels = graph.inputs.filter(({ type }) => type.dtype === "i32").map((leaf) => leaf.attrs.name as string);
  const leaves = new Map(apart([...graph.inputs, seed], sample.range ?? [-2, 2], rows));
  for (const name of labels) leaves.set(name, drawn(rows, new Random(rows)).get(name)!);
  const full = { ...graph, inputs: [...graph.inputs, seed] };
  const evaluate = (node: Node, at: Leaves) =>
    interpret({ ...full, outputs: [{ name: "value", node }] }, { rows, leaves: at }).outputs.get("value")!;
  const entries = graph.inputs.map((leaf, i) => {
    const name = leaf.attrs.name as string;
    // Nothing lies between one label and the next.
    if (labels.includes(name)) return { want: [], got: [] };
    const want = differences((at) => evaluate(loss, at)[0]!, leaves, name);
    const cotangent = cotangents[i];
    // An input without a cotangent claims to make no difference.
    return { want, got: cotangent ? evaluate(cotangent, leaves) : new Float64Array(want.length) };
  });
  const all = (side: "want" | "got") => entries.flatMap((entry) => [...entry[side]]);
  return worstError(all("got"), all("want"));
}

/**
 * Random values no two of which are close, nor close to 0: a grid over the range, shuffled and jittered. So differences
 * never straddle a kink (relu, abs) or a tie (maximum).
 */
function apart(leaves: readonly Node[], [low, high]: readonly [number, number], rows: number): Leaves {
  const random = new Random(rows + 1);
  const counts = leaves.map((leaf) => elementCount(leaf.type.dims, rows));
  const total = counts.reduce((a, b) => a + b, 0);
  const cell = (high - low) / total;
  const grid = Array.from({ length: total }, (_, i) => low + (i + 0.5 + random.uniform(-0.1, 0.1)) * cell);
  for (let i = total - 1; i > 0; i--) {
    const j = random.integer(0, i);
    [grid[i], grid[j]] = [grid[j]!, grid[i]!];
  }
  const offZero = grid.map((value) => (Math.abs(value) < 0.02 ? 0.02 : value));
  return new Map(
    leaves.map((leaf, i) => [leaf.attrs.name as string, Float64Array.from(offZero.splice(0, counts[i]!))]),
  );
}

/** Every op as Wasm against the float64 interpreter: its sample shapes, each number of rows, both float types. */
import { describe, expect, test } from "vitest";
import { interpret } from "../../compiler/graph/interpret.ts";
import type { FloatType } from "../../compiler/graph/types.ts";
import { ops } from "../../compiler/ops/index.ts";
import { Random } from "../support/random.ts";
import { graphModule } from "../support/run-graph.ts";
import { sampleGraph } from "../support/sample.ts";

const batch = 9;
/** Of the largest magnitude in the result; a sum of 67 products in f32 loses a few units in the last place. */
const tolerance: Record<FloatType, number> = { f32: 2e-6, f64: 1e-14 };

describe.each(["f32", "f64"] as const)("Wasm agrees with the interpreter, %s", (dtype) => {
  test.each(ops.filter((op) => op.samples.length > 0).map((op) => [op.name, op] as const))("%s", async (_name, op) => {
    for (const sample of op.samples) {
      const { graph, leaves } = sampleGraph(op, sample, dtype);
      for (const simplify of [true, false]) {
        const module = await graphModule(graph, { batch, dtype, simplify });
        for (let rows = 1; rows <= batch; rows++) {
          const values = rounded(leaves(rows, new Random(rows)), dtype);
          const call = { rows, leaves: values, seed: 7, step: 3 };
          expectClose(module.run(call).outputs.get("y")!, interpret(graph, call).outputs.get("y")!, tolerance[dtype]);
        }
      }
    }
  });
});

function rounded(leaves: Map<string, Float64Array>, dtype: FloatType): Map<string, Float64Array> {
  return dtype === "f64" ? leaves : new Map([...leaves].map(([name, v]) => [name, v.map(Math.fround)]));
}

function expectClose(got: Float64Array, want: Float64Array, allowed: number): void {
  expect(got.length).toBe(want.length);
  const scale = want.reduce((most, v) => Math.max(most, Math.abs(v)), 1e-3);
  got.forEach((value, i) => {
    if (!(Math.abs(value - want[i]!) <= allowed * scale)) expect(`[${i}] ${value}`).toBe(`[${i}] ${want[i]}`);
  });
}

/** The gradients of a model's step against central differences of its loss, in float64 through the interpreter. */
import { expect } from "vitest";
import { type Graph, leafName } from "../../compiler/graph/graph.ts";
import { interpret } from "../../compiler/graph/interpret.ts";
import { elementCount } from "../../compiler/graph/types.ts";
import type { Program } from "../../compiler/program/program.ts";
import { Random } from "./random.ts";

/** Values for all leaves of a graph: states from init, inputs random, labels below `classes`. */
export function leavesOf(program: Program, graph: Graph, rows: number, seed = 1): Map<string, Float64Array> {
  const random = new Random(seed);
  const states = interpret(program.init, { rows: 1, leaves: new Map(), seed }).updates;
  const inputs = graph.inputs.map((leaf): [string, Float64Array] => {
    const count = elementCount(leaf.type.dims, rows);
    const { classes } = [...program.targets, ...program.inputs].find(({ name }) => name === leafName(leaf)) ?? {};
    const label = () => random.integer(0, classes! - 1);
    return [leafName(leaf), classes ? Float64Array.from({ length: count }, label) : random.array(count, -1.5, 1.5)];
  });
  return new Map([...inputs, ...states]);
}

/** Every entry of every trainable parameter: to 1e-6 of the largest of its tensor. */
export function expectModelGradients(program: Program, rows: number): void {
  const call = { rows, seed: 3, step: 2 };
  const leaves = leavesOf(program, program.step, rows);
  const outputs = [...program.gradients].map(([name, node]) => ({ name, node }));
  const slopes = interpret({ ...program.step, outputs, updates: [] }, { ...call, leaves }).outputs;
  const lossOnly = { ...program.step, updates: [] };
  for (const [name, slope] of slopes) {
    const value = leaves.get(name)!;
    const lossAt = (element: number, moved: number) =>
      interpret(lossOnly, { ...call, leaves: new Map(leaves).set(name, value.with(element, moved)) }).outputs.get(
        "loss",
      )![0]!;
    const step = 1e-4;
    const differences = slope.map((_, i) => {
      const at = (k: number) => lossAt(i, value[i]! + k * step);
      return (8 * (at(1) - at(-1)) - (at(2) - at(-2))) / (12 * step);
    });
    const scale = differences.reduce((most, d) => Math.max(most, Math.abs(d)), 1e-3);
    slope.forEach((s, i) => {
      expect(Math.abs(s - differences[i]!) / scale, `d loss / d ${name}[${i}], ${rows} rows`).toBeLessThan(1e-6);
    });
  }
}

import { dense, dropout, meanSquaredError, model, sgd, type Tensor } from "nabla";
import { describe, expect, test } from "vitest";
import { createBuild, duringBuild } from "../../compiler/dsl/build.ts";
import { nodesOf } from "../../compiler/graph/graph.ts";
import { interpret } from "../../compiler/graph/interpret.ts";
import type { Node } from "../../compiler/graph/node.ts";
import { input } from "../../compiler/ops/index.ts";
import { buildProgram } from "../../compiler/program/program.ts";
import { specialize } from "../../compiler/simplify/specialize.ts";
import { expectModelGradients } from "../support/model-gradients.ts";
import { errorsOf } from "./support.ts";

const width = 64;
const rows = 128;

/** Two dropouts of ones, at a step; what each lets through. */
function masks(p: number, step: number, seed = 1): [Float64Array, Float64Array] {
  const x = input("x", { dtype: "f64", dims: ["n", width] });
  const both = duringBuild(createBuild("f64"), () => {
    const value = x as unknown as Tensor<[64]>;
    return [dropout(value, p), dropout(value, p)] as unknown as Node[];
  });
  const outputs = specialize(both, "train").map((node, i) => ({ name: `${i}`, node }));
  const graph = { name: "g", inputs: [x], states: [], outputs, updates: [] };
  const ones = new Map([["x", new Float64Array(rows * width).fill(1)]]);
  const values = interpret(graph, { rows, leaves: ones, seed, step }).outputs;
  return [values.get("0")!, values.get("1")!];
}

/** Correlation of who is kept. */
function agreement(a: Float64Array, b: Float64Array): number {
  return a.reduce((same, value, i) => same + Number(value > 0 === b[i]! > 0), 0) / a.length;
}

describe("dropout", () => {
  test.each([0.1, 0.5, 0.8])("keeps 1 - p of the elements and scales them by 1 / (1 - p), p = %f", (p) => {
    const [kept] = masks(p, 1);
    const share = kept.filter((value) => value > 0).length / kept.length;
    expect(Math.abs(share - (1 - p))).toBeLessThan(4 * Math.sqrt((p * (1 - p)) / kept.length));
    expect(new Set(kept)).toEqual(new Set([0, 1 / (1 - p)]));
  });

  test("masks of two layers, two steps and two seeds agree no more than chance has it", () => {
    const [first, second] = masks(0.5, 1);
    const [nextStep] = masks(0.5, 2);
    const [otherSeed] = masks(0.5, 1, 2);
    const chance = 4 * Math.sqrt(0.25 / first.length);
    for (const other of [second, nextStep, otherSeed])
      expect(Math.abs(agreement(first, other) - 0.5)).toBeLessThan(chance);
    expect(masks(0.5, 1)[0]).toEqual(first);
  });

  const noisy = (p: number) =>
    model({
      inputs: { x: [3] },
      targets: { wanted: [2] },
      batch: 8,
      forward: ({ x }) => ({ y: dense(dropout(dense(x, 6), p), 2) }),
      loss: ({ y }, { wanted }) => meanSquaredError(y, wanted),
      optimizer: sgd({ rate: 0.1 }),
    });

  test("the adjoint has the mask of the forward pass: its gradient is that of central differences", () => {
    const program = buildProgram(noisy(0.4), { dtype: "f64" });
    for (const count of [1, 5, 8]) expectModelGradients(program, count);
  });

  test("is absent from evaluate and infer", () => {
    const program = buildProgram(noisy(0.4));
    const draws = (graph: typeof program.step) => nodesOf(graph).filter((node) => node.op.name === "uniform").length;
    expect(draws(program.step)).toBeGreaterThan(0);
    expect([draws(program.evaluate), draws(program.infer)]).toEqual([0, 0]);
  });

  test.each([1, -0.1, Number.NaN, 1.5])("refuses p = %f", (p) => {
    expect(errorsOf(() => buildProgram(noisy(p)))).toContain("p: a number from 0 to 1, 1 excluded");
  });
});

import { batchNorm, dense, layerNorm, meanSquaredError, model, sgd, tanh } from "nabla";
import { load } from "nabla/runtime";
import { describe, expect, test } from "vitest";
import { compile } from "../../compiler/compile.ts";
import { interpret } from "../../compiler/graph/interpret.ts";
import { buildProgram } from "../../compiler/program/program.ts";
import { expectModelGradients, leavesOf } from "../support/model-gradients.ts";
import { Random } from "../support/random.ts";
import { bound, errorsOf } from "./support.ts";

const rows = 8;
const batched = model({
  inputs: { x: [3] },
  targets: { wanted: [2] },
  batch: rows,
  forward({ x }) {
    const norm = batchNorm(dense(x, 5), { name: "norm" });
    return { y: dense(tanh(norm), 2) };
  },
  loss: ({ y }, { wanted }) => meanSquaredError(y, wanted),
  optimizer: sgd({ rate: 0.1 }),
});

const layered = model({
  ...batched.spec,
  forward({ x }) {
    const norm = layerNorm(dense(x, 5));
    return { y: dense(tanh(norm), 2) };
  },
});

describe("batchNorm", () => {
  test("in training, each column has mean beta and deviation gamma", () => {
    const program = buildProgram(model({ ...batched.spec, forward: ({ x }) => ({ y: dense(batchNorm(x), 2) }) }), {
      dtype: "f64",
    });
    const leaves = leavesOf(program, program.step, rows);
    const { values } = interpret(program.step, { rows, leaves });
    const normalized = [...values].find(([node]) => node.op.name === "matmul" && node.type.dims[0] === "n")![0]
      .inputs[0]!;
    const data = values.get(normalized)!.data;
    for (let column = 0; column < 3; column++) {
      const own = Array.from({ length: rows }, (_, row) => data[3 * row + column]!);
      const mean = own.reduce((a, b) => a + b) / rows;
      const variance = own.reduce((sum, v) => sum + (v - mean) ** 2, 0) / rows;
      expect(mean).toBeCloseTo(0, 12);
      expect(variance).toBeCloseTo(1, 3);
    }
  });

  test("its gradients are those of central differences", () => {
    const program = buildProgram(batched, { dtype: "f64" });
    for (const count of [2, 5, 8]) expectModelGradients(program, count);
  });

  test("one row: finite, y = beta, and the moving averages stay", () => {
    const program = buildProgram(batched, { dtype: "f64" });
    const leaves = leavesOf(program, program.step, 1);
    const { outputs, updates } = interpret(program.step, { rows: 1, leaves });
    expect(Number.isFinite(outputs.get("loss")![0]!)).toBe(true);
    expect(updates.get("norm.mean")).toEqual(leaves.get("norm.mean"));
    expect(updates.get("norm.variance")).toEqual(leaves.get("norm.variance"));
    for (const value of updates.values()) expect(value.every(Number.isFinite)).toBe(true);
  });

  test("a column without variance gives finite gradients", () => {
    const program = buildProgram(batched, { dtype: "f64" });
    const leaves = leavesOf(program, program.step, rows).set("x", new Float64Array(3 * rows));
    const { updates } = interpret(program.step, { rows, leaves });
    for (const value of updates.values()) expect(value.every(Number.isFinite)).toBe(true);
  });

  test("the moving averages follow the batches", () => {
    const program = buildProgram(batched, { dtype: "f64" });
    const leaves = leavesOf(program, program.step, rows);
    const { values, updates } = interpret(program.step, { rows, leaves });
    const hidden = [...values].find(([node]) => node.op.name === "add" && node.type.dims[1] === 5)!;
    const column = Array.from({ length: rows }, (_, row) => hidden[1].data[5 * row]!);
    const mean = column.reduce((a, b) => a + b) / rows;
    const variance = column.reduce((sum, v) => sum + (v - mean) ** 2, 0) / rows;
    expect(updates.get("norm.mean")![0]).toBeCloseTo(0.1 * mean, 12);
    expect(updates.get("norm.variance")![0]).toBeCloseTo(0.9 + 0.1 * variance, 12);
  });

  test("folded into the dense layer before it: no trace in the module, the same outputs to 1e-6", async () => {
    const net = await load((await compile(batched)).wasm as Uint8Array<ArrayBuffer>);
    const random = new Random(5);
    const x = Float32Array.from(random.array(3 * rows, -3, 9));
    for (let step = 0; step < 30; step++) net.step({ x }, { wanted: random.array(2 * rows) });
    const built = await compile(batched, { mode: "infer", weights: net.parameters });
    const shipped = await load(built.wasm as Uint8Array<ArrayBuffer>);
    const [frozen, folded] = [[...net.infer({ x }).y!], [...shipped.infer({ x }).y!]];
    const largest = frozen.reduce((most, v) => Math.max(most, Math.abs(v)), 1);
    const apart = frozen.map((value, i) => Math.abs(value - folded[i]!));
    expect(Math.max(...apart)).toBeLessThan(1e-6 * largest);
    expect(built.stages.find(({ name }) => name === "infer/simplify")!.text()).toMatchInlineSnapshot(`
      "graph infer(x: f32[n,3]; dense2.weight: f32[5,2], dense2.bias: f32[2], folded1: f32[5], folded2: f32[3,5])
        %1: f32[n,5] = matmul x folded2
        %2: f32[n,5] = add %1 folded1
        %3: f32[n,5] = tanh %2
        %4: f32[n,2] = matmul %3 dense2.weight
        %5: f32[n,2] = add %4 dense2.bias
        return y = %5"
    `);
  });

  test("its parts are named beside those of the dense layer in the same binding", () => {
    const named = model({
      ...batched.spec,
      forward: ({ x }) => ({
        y: dense(
          bound("hidden", () => tanh(batchNorm(dense(x, 5)))),
          2,
        ),
      }),
    });
    expect(
      buildProgram(named)
        .states.map(({ name }) => name)
        .slice(0, 6),
    ).toEqual(["weight", "bias", "gamma", "beta", "mean", "variance"].map((part) => `hidden.${part}`));
  });

  test("refuses what makes no sense", () => {
    const wrong = model({
      ...batched.spec,
      forward({ x }) {
        const a = batchNorm(x, { momentum: 1 });
        const b = batchNorm(a, { epsilon: 0 });
        return { y: dense(b, 2) };
      },
    });
    expect(errorsOf(() => buildProgram(wrong))).toMatchInlineSnapshot(`
      "attribute/range
        batchNorm: momentum is out of range
          expected  momentum: a number from 0 to 1, 1 excluded
          got       1
      attribute/range
        batchNorm: epsilon is out of range
          expected  epsilon: a finite number above 0
          got       0"
    `);
  });
});

describe("layerNorm", () => {
  test("its gradients are those of central differences", () => {
    const program = buildProgram(layered, { dtype: "f64" });
    for (const count of [1, 3, 8]) expectModelGradients(program, count);
  });

  test("a row without variance gives finite gradients", () => {
    const program = buildProgram(layered, { dtype: "f64" });
    const leaves = leavesOf(program, program.step, rows).set("x", new Float64Array(3 * rows));
    const { updates } = interpret(program.step, { rows, leaves });
    for (const value of updates.values()) expect(value.every(Number.isFinite)).toBe(true);
  });
});

/** Inputs in [99.9, 100.1]: hopeless as they are, easy once standardised or scaled; the numbers ship with the module. */
import { adam, dense, meanSquaredError, minMax, model, standardize, type Tensor, tanh } from "nabla";
import { load } from "nabla/runtime";
import { describe, expect, test } from "vitest";
import { measure } from "../../compiler/cli/tasks/measure.ts";
import { trainModel } from "../../compiler/cli/tasks/train-model.ts";
import { compile } from "../../compiler/compile.ts";
import { buildProgram } from "../../compiler/dsl/program.ts";
import { errorsOf } from "../dsl/support.ts";
import { Random } from "../support/random.ts";

const rows = 200;
const random = new Random(3);
const x = Float32Array.from(random.array(2 * rows, 99.9, 100.1));
const wanted = Float32Array.from({ length: rows }, (_, i) => 10 * (x[2 * i]! - 100) * (x[2 * i + 1]! > 100 ? 1 : -1));

const modelWith = (prepare: (x: Tensor<[2]>) => Tensor<[2]>) =>
  model({
    inputs: { x: [2] },
    targets: { wanted: [1] },
    batch: 20,
    forward: ({ x }) => ({ y: dense(tanh(dense(prepare(x), 12)), 1) }),
    loss: ({ y }, { wanted }) => meanSquaredError(y, wanted),
    optimizer: adam({ rate: 0.01 }),
  });

const trained = async (prepare: (x: Tensor<[2]>) => Tensor<[2]>) => {
  const description = modelWith(prepare);
  const run = await trainModel({
    model: description,
    data: { inputs: { x }, targets: { wanted } },
    epochs: 60,
    seed: 1,
  });
  return { ...run, description, loss: run.history.at(-1)!.loss };
};

describe("inputs in [99.9, 100.1]", () => {
  test("standardize and minMax make them learnable", async () => {
    const [raw, standardized, scaled] = [await trained((x) => x), await trained(standardize), await trained(minMax)];
    expect(standardized.loss).toBeLessThan(raw.loss / 3);
    expect(scaled.loss).toBeLessThan(raw.loss / 3);
  });

  test("the states are those of the training rows", async () => {
    const { net } = await trained(standardize);
    const mean = x.filter((_, i) => i % 2 === 0).reduce((a, b) => a + b, 0) / rows;
    expect(net.parameters["standardize1.shift"]![0]).toBeCloseTo(mean, 4);
    expect(Object.keys(net.optimizer).filter((name) => name.includes("standardize"))).toEqual([]);
  });

  test("inference prepares its inputs itself", async () => {
    const { net, description } = await trained(standardize);
    const built = await compile(description, { mode: "infer", weights: net.parameters });
    const shipped = await load(built.wasm as Uint8Array<ArrayBuffer>);
    const row = x.slice(0, 2);
    expect(shipped.infer({ x: row })).toEqual(net.infer({ x: row }));
  });
});

test("measure: mean and deviation, least and largest; what never varies keeps its size", () => {
  const values = [1, 5, 3, 5, 5, 5];
  expect(measure("standardize", values, 2)).toEqual({
    shift: Float64Array.of(3, 5),
    scale: Float64Array.of(1 / Math.sqrt(8 / 3), 1),
  });
  expect(measure("minMax", values, 2)).toEqual({ shift: Float64Array.of(1, 5), scale: Float64Array.of(0.25, 1) });
});

test("refuses what is no input", () => {
  expect(errorsOf(() => buildProgram(modelWith((x) => standardize(tanh(x)))))).toMatchInlineSnapshot(`
    "input/expected
      standardize prepares an input of the model
        expected  one of the inputs, as forward gets it
        got       f32[n,2] (tanh)
      What is computed from it can be normalised with batchNorm or layerNorm."
  `);
});

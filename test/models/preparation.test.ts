/** Inputs in [99.9, 100.1]: hopeless as they are, easy once standardised or scaled; the numbers ship with the module. */
import { adam, dense, meanSquaredError, minMax, model, standardize, type Tensor, tanh } from "nabla";
import { load } from "nabla/runtime";
import { describe, expect, test } from "vitest";
import { compile } from "../../compiler/compile.ts";
import { buildProgram } from "../../compiler/program/program.ts";
import { measure } from "../../compiler/tasks/measure.ts";
import { trainModel } from "../../compiler/tasks/train-model.ts";
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

test("measure: a column that varies by roundings only keeps its size", () => {
  // The mean of 600 times 14.62, summed up, is not 14.62; 0.1 + 0.2 is not 0.3.
  for (const values of [Array<number>(600).fill(14.62), [0.3, 0.1 + 0.2, 0.3], [-1e300, -1e300], [0, 0]])
    for (const kind of ["standardize", "minMax"] as const) {
      const { shift, scale } = measure(kind, values, 1);
      expect([...scale]).toEqual([1]);
      expect(shift[0]).toBeCloseTo(values[0]!, 15);
    }
  const column = Float32Array.of(0.1, Math.fround(0.1) + 2 ** -27, 0.1);
  expect([...measure("minMax", column, 1).scale]).toEqual([1]);
});

test("measure: small deviations of large values, and squares that overflow", () => {
  const deviations = Array.from({ length: 1000 }, (_, i) => ((i % 10) - 4.5) / 1024);
  const exact = Math.sqrt(8.25) / 1024;
  for (const offset of [0, 1e6, -(2 ** 40)]) {
    const { shift, scale } = measure(
      "standardize",
      deviations.map((d) => offset + d),
      1,
    );
    expect(shift[0]! - offset).toBeCloseTo(0, 12);
    expect(Math.abs(scale[0]! * exact - 1)).toBeLessThan(1e-12);
  }
  expect(measure("standardize", [1e200, -1e200], 1).scale[0]).toBeCloseTo(1e-200, 210);
  expect(1e200 * measure("standardize", [1e200, -1e200], 1).scale[0]!).toBeCloseTo(1, 12);
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

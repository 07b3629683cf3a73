/** Values whose differences f32 cannot hold are refused where standardize or minMax would make noise of them; f64 learns from them. */
import { expect, test } from "vitest";
import { compile } from "../../compiler/compile.ts";
import { adam, classes, dense, minMax, model, softmaxCrossEntropy, standardize } from "../../compiler/dsl/index.ts";
import { measure, measureInputs } from "../../compiler/tasks/measure.ts";
import { trainModel } from "../../compiler/tasks/train-model.ts";

const rows = 60;
const k = Array.from({ length: rows }, (_, i) => Number(i >= rows / 2));
const values = {
  milliseconds: k.map((_, i) => 1612892066783 + i * 1000),
  lengths: k.map((_, i) => 1e6 + (i - (rows - 1) / 2) * 1e-3),
  seconds: k.map((_, i) => 1612892066 + i * 86_400),
  integers: k.map((_, i) => 2 ** 30 + 128 * i),
  constant: k.map(() => 1612892066783),
};

/** Two values a row: one that varies well, and the one in question. */
const learner = (prepare: typeof standardize) =>
  model({
    inputs: { x: [2] },
    targets: { k: classes(2) },
    batch: 30,
    forward: ({ x }) => ({ z: dense(prepare(x), 2) }),
    loss: ({ z }, { k }) => softmaxCrossEntropy(z, k),
    optimizer: adam({ rate: 0.1 }),
  });

const trained = (prepare: typeof standardize, name: keyof typeof values, dtype: "f32" | "f64", epochs = 0) => {
  const x = values[name].flatMap((value, i) => [i % 5, value]);
  return trainModel({ model: learner(prepare), data: { inputs: { x }, targets: { k } }, epochs, dtype, seed: 1 });
};

test.each(["milliseconds", "lengths"] as const)("%s: refused in f32, learnt in f64", async (name) => {
  for (const prepare of [standardize, minMax]) {
    await expect(trained(prepare, name, "f32")).rejects.toThrow("f32 has not the digits of element 1");
    const { history } = await trained(prepare, name, "f64", 60);
    expect(history.at(-1)!.validation!.accuracy).toBeGreaterThan(0.95);
  }
});

test.each(["seconds", "integers", "constant"] as const)("%s: f32 has digits enough", async (name) => {
  for (const prepare of [standardize, minMax]) expect((await trained(prepare, name, "f32")).aborted).toBe(false);
});

test("the refusal names the column, a value, what f32 makes of it and what helps", () => {
  const program = { dtype: "f32", inputs: [{ name: "x", dims: [1] }], measurements: [{ kind: "minMax", input: "x" }] };
  const data = { train: { inputs: { x: [1e9, 1e9 + 40] } }, columns: { x: ["time"] } };
  expect(() => measureInputs({} as never, program as never, data as never)).toThrowErrorMatchingInlineSnapshot(`
    [UserError: minMax(x): f32 has not the digits of column "time"
        expected  values that f32 moves by at most 0.01 of what they are divided by, 40.0
        got       1000000040, which is 1000000064 in f32
      Subtract a fixed number in the data wherever the model is used, or train and build with dtype f64 (--dtype f64).]
  `);
  const tiny = { train: { inputs: { x: [0, 1e-40] } }, columns: {} };
  expect(() => measureInputs({} as never, program as never, tiny as never)).toThrow(
    "f32 has not the digits of element 0",
  );
});

test("weights that f64 measured are not built in f32", async () => {
  const { net } = await trained(standardize, "milliseconds", "f64");
  const build = (dtype: "f32" | "f64") =>
    compile(learner(standardize), { mode: "infer", dtype, weights: net.parameters });
  await expect(build("f32")).rejects.toMatchObject({ diagnostics: [{ code: "weights/digits" }] });
  expect((await build("f64")).manifest.dtype).toBe("f64");
  const near = (await trained(standardize, "seconds", "f64")).net.parameters;
  expect((await compile(learner(standardize), { mode: "infer", weights: near })).manifest.dtype).toBe("f32");
  expect(measure("minMax", values.lengths, 1).scale[0]).toBeCloseTo(1 / 0.059, 6);
});

/** Weights that are no numbers of the module's element type are refused, with tensor and element, wherever they come in. */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { compile } from "../../compiler/compile.ts";
import { readCheckpoint, writeCheckpoint } from "../../compiler/data/checkpoint.ts";
import { dense, meanSquaredError, model, sgd } from "../../compiler/dsl/index.ts";
import { buildBundle } from "../../compiler/tasks/build-bundle.ts";
import { evaluateModel } from "../../compiler/tasks/evaluate-model.ts";
import { trainModel } from "../../compiler/tasks/train-model.ts";

const line = model({
  inputs: { x: [1] },
  targets: { y: [1] },
  batch: 4,
  forward: ({ x }) => ({ y: dense(x, 1, { name: "out" }) }),
  loss: ({ y }, targets) => meanSquaredError(y, targets.y),
  optimizer: sgd({ rate: 0.1 }),
});
const data = { inputs: { x: [1, 2] }, targets: { y: [1, 2] } };
const file = join(mkdtempSync(join(tmpdir(), "nabla-weights-")), "w.safetensors");
const weights = (value: number) => ({ "out.weight": [value], "out.bias": [0] });

test.each([Number.NaN, Number.POSITIVE_INFINITY, -1e39])("%d to compile", async (value) => {
  for (const mode of ["infer", "train"] as const)
    await expect(compile(line, { mode, weights: weights(value) })).rejects.toMatchObject({
      diagnostics: [{ code: "weights/range", message: expect.stringContaining("out.weight[0]") }],
    });
});

test("1e39 fits f64", async () => {
  expect((await compile(line, { dtype: "f64", weights: weights(1e39) })).manifest.dtype).toBe("f64");
});

test("in a file of another program: its name, the tensor, the element", async () => {
  const tensor = (value: number, shape: number[]) => ({ dtype: "F64", shape, data: Float64Array.of(value) }) as const;
  writeCheckpoint(
    file,
    new Map([
      ["out.weight", tensor(1e39, [1, 1])],
      ["out.bias", tensor(0, [1])],
    ]),
  );
  const refused = { code: "checkpoint/range-weights", file, reason: expect.stringContaining("out.weight[0]") };
  await expect(buildBundle(line, { name: "l", weights: file })).rejects.toMatchObject(refused);
  await expect(evaluateModel(line, { weights: file, data })).rejects.toMatchObject(refused);
});

test("in a checkpoint that a run goes on from", async () => {
  await trainModel({ model: line, data, epochs: 1, seed: 1, checkpoint: { file } });
  const { tensors, metadata } = readCheckpoint(file);
  const bad = { ...tensors.get("out.bias")!, data: Float32Array.of(Number.NaN) };
  writeCheckpoint(file, new Map([...tensors, ["out.bias", bad as never]]), metadata);
  await expect(trainModel({ model: line, data, epochs: 2, resume: file })).rejects.toMatchObject({
    code: "checkpoint/range-weights",
    reason: "out.bias[0]: expected a finite number, got NaN",
  });
});

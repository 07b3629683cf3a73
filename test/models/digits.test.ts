/**
 * MNIST, where its files lie beside the repository: 8,500 digits to train, 1,500 to test, 784-128-10, ten epochs, five
 * seeds.
 */
import { existsSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { readDataset } from "../../compiler/data/read.ts";
import { readModelFile } from "../../compiler/tasks/model-file.ts";
import { trainModel } from "../../compiler/tasks/train-model.ts";
import { isMissing } from "../support/missing.ts";

const folder = "../shared/data/mnist10k";
const files = [`pixels=${folder}/t10k-images-idx3-ubyte.gz`, `digit=${folder}/t10k-labels-idx1-ubyte.gz`];
const missing = isMissing("MNIST's test files", existsSync(folder));

describe.skipIf(missing)("digits", () => {
  test.each([1, 2, 3, 4, 5])("seed %i: at least 0.94 of the last 1,500", async (seed) => {
    const { model } = await readModelFile("examples/digits/digits.model.ts");
    const { train, held } = await digits();
    const { test: judged } = await trainModel({ model, data: train, test: held, epochs: 10, seed });
    expect(judged!.rows).toBe(1500);
    expect(judged!.accuracy).toBeGreaterThanOrEqual(0.94);
  });
});

async function digits() {
  const { fields } = await readDataset({
    files,
    fields: [
      { name: "pixels", kind: "input", dims: [784], dtype: "float" },
      { name: "digit", kind: "target", dims: [], classes: 10, dtype: "int" },
    ],
  });
  const part = (from: number, to: number) => ({
    inputs: { pixels: fields.pixels!.data.subarray(from * 784, to * 784) },
    targets: { digit: fields.digit!.data.subarray(from, to) },
  });
  return { train: part(0, 8500), held: part(8500, 10_000) };
}

/** Names of columns travel with the weights and with the module, and rows are matched by them ever after. */
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { classes, dense, model, sgd, softmaxCrossEntropy } from "../../compiler/dsl/index.ts";
import { writeJs } from "../../compiler/targets/js/write.ts";
import { buildBundle } from "../../compiler/tasks/build-bundle.ts";
import { openTraining } from "../../compiler/tasks/checkpoint.ts";
import { evaluateModel } from "../../compiler/tasks/evaluate-model.ts";
import { predict } from "../../compiler/tasks/predict.ts";
import { trainModel } from "../../compiler/tasks/train-model.ts";
import { load } from "../../runtime/index.ts";

const folder = mkdtempSync(join(tmpdir(), "nabla-columns-"));
const path = (name: string) => join(folder, name);

const flowers = model({
  inputs: { sizes: [3] },
  targets: { kind: classes(2) },
  batch: 8,
  forward: ({ sizes }) => ({ logits: dense(sizes, 2, { name: "out" }) }),
  loss: ({ logits }, { kind }) => softmaxCrossEntropy(logits, kind),
  optimizer: sgd({ rate: 0.5 }),
});

const rows = Array.from({ length: 40 }, (_, i) => ({
  length: (i % 7) / 7,
  width: (i % 3) / 3,
  height: i % 2,
  kind: i % 2 ? "tall" : "low",
}));
const table = (columns: readonly string[]) =>
  [columns, ...rows.map((row) => columns.map((name) => row[name as keyof (typeof rows)[0]] ?? 7))].join("\n");

const common = { model: flowers, epochs: 20, seed: 1 };

beforeAll(async () => {
  writeFileSync(path("a.csv"), table(["length", "width", "height", "kind"]));
  writeFileSync(path("b.csv"), table(["kind", "height", "note", "width", "length"]));
  writeFileSync(path("less.csv"), table(["kind", "height", "width", "depth"]));
  await trainModel({ ...common, data: path("a.csv"), checkpoint: { file: path("a.safetensors") } });
  const { files } = await buildBundle(flowers, { name: "a", weights: path("a.safetensors") });
  for (const [name, contents] of files) writeFileSync(path(name), contents);
});

test("the checkpoint has them, of targets too", () => {
  expect(openTraining(path("a.safetensors")).record!.columns).toEqual({
    sizes: ["length", "width", "height"],
    kind: ["kind"],
  });
});

test("evaluate: another order and more columns change nothing", async () => {
  const on = (data: string) => evaluateModel(flowers, { weights: path("a.safetensors"), data: [path(data)] });
  const { evaluation } = await on("a.csv");
  expect(evaluation.accuracy).toBe(1);
  expect((await on("b.csv")).evaluation).toEqual(evaluation);
  await expect(on("less.csv")).rejects.toThrow('was trained with: "length", "width", "height"');
});

test("training: a file to test with, and a run that goes on, match by name", async () => {
  const { test: tested } = await trainModel({ ...common, data: path("a.csv"), test: path("b.csv") });
  expect(tested!.accuracy).toBe(1);
  const resumed = (data: string) =>
    trainModel({ ...common, epochs: 30, data: path(data), resume: path("a.safetensors") });
  const [a, b] = [await resumed("a.csv"), await resumed("b.csv")];
  expect(b.data.hash).toBe(a.data.hash);
  expect([...b.net.parameters["out.weight"]!]).toEqual([...a.net.parameters["out.weight"]!]);
  await expect(resumed("less.csv")).rejects.toThrow("data/missing-column");
});

test("run: the module knows them", async () => {
  const answers = async (data: string) => (await predict(path("a.infer.wasm"), { data: [path(data)] })).outputs;
  expect(await answers("b.csv")).toEqual(await answers("a.csv"));
  await expect(answers("less.csv")).rejects.toThrow("data/missing-column");
});

describe("the loader", () => {
  const row = { width: 0.5, colour: 3, height: 1, length: 0.25 };
  const listed = [0.25, 0.5, 1];

  async function nets() {
    const plain = path("a.plain.mjs");
    const { built } = await buildBundle(flowers, { name: "a", weights: path("a.safetensors") });
    writeFileSync(plain, writeJs(built.wasm, built.manifest).js);
    writeFileSync(path("a.mjs"), readFileSync(path("a.js")));
    return [
      await load(readFileSync(path("a.infer.wasm"))),
      await (await import(path("a.mjs"))).load(),
      await (await import(plain)).load(),
    ];
  }

  test("takes rows by name, in each of its forms", async () => {
    for (const net of await nets()) {
      const { logits } = net.infer({ sizes: listed });
      expect(net.infer({ sizes: row }).logits).toEqual(logits);
      const two = net.infer({ sizes: [row, { height: 0, width: 0, length: 0 }] }).logits;
      expect([...two]).toEqual([...net.infer({ sizes: [...listed, 0, 0, 0] }).logits]);
      expect(() => net.infer({ sizes: { width: 1, height: 2 } })).toThrow(
        'input "sizes": expected a row with numbers for "length", "width", "height", got "width", "height"',
      );
      expect(() => net.infer({ sizes: { ...row, height: "1" } })).toThrow(TypeError);
      expect(() => net.infer({ sizes: [row, 5] })).toThrow("got none");
    }
  });

  test("its types name them", () => {
    expect(readFileSync(path("a.d.ts"), "utf8")).toContain(
      "sizes: ArrayLike<number> | { readonly length: number; readonly width: number; readonly height: number } | readonly {",
    );
  });
});

/** The example of the README, whole: trained on Fisher's irises, judged by flowers held out, shipped as a small module. */
import { readFileSync } from "node:fs";
import { load } from "nabla/runtime";
import { describe, expect, test } from "vitest";
import { compile } from "../../compiler/compile.ts";
import { readModelFile } from "../../compiler/tasks/model-file.ts";
import { trainModel } from "../../compiler/tasks/train-model.ts";

const { model } = await readModelFile("examples/iris/iris.model.ts");
const run = (seed: number) => trainModel({ model, data: "examples/iris/iris.csv", testSplit: 0.2, epochs: 60, seed });

describe("iris", () => {
  test.each([1, 2, 3, 4, 5])("seed %i: at least 0.93 of the test split", async (seed) => {
    const { test: judged } = await run(seed);
    expect(judged!.rows).toBe(30);
    expect(judged!.accuracy).toBeGreaterThanOrEqual(0.93);
  });

  test("the same run twice gives the same bits", async () => {
    const [a, b] = [await run(1), await run(1)];
    expect(a.net.save()).toEqual(b.net.save());
    expect(a.history.map((epoch) => epoch.loss)).toEqual(b.history.map((epoch) => epoch.loss));
  });

  test("the inference module, weights included, is under 3 KB and gives the outputs of the training module", async () => {
    const { net, data } = await run(1);
    const built = await compile(model, { mode: "infer", weights: net.parameters });
    expect(built.wasm.length).toBeLessThan(3000);
    const shipped = await load(built.wasm as Uint8Array<ArrayBuffer>);
    expect(shipped.infer(data.test!.inputs)).toEqual(net.infer(data.test!.inputs));
  });

  test("compiling twice gives the same bytes", async () => {
    const [a, b] = [await compile(model), await compile(model)];
    expect(Buffer.compare(a.wasm, b.wasm)).toBe(0);
    expect(a.manifest).toEqual(b.manifest);
  });

  test("the table has 150 flowers", () => {
    expect(readFileSync("examples/iris/iris.csv", "utf8").trim().split("\n")).toHaveLength(151);
  });
});

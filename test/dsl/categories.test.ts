/** Inputs that are one of several kinds: declared with classes(K), read through oneHot. */
import { add, classes, dense, meanSquaredError, model, oneHot, sgd, softmaxCrossEntropy, standardize } from "nabla";
import { describe, expect, test } from "vitest";
import { compile } from "../../compiler/compile.ts";
import { interpret } from "../../compiler/graph/interpret.ts";
import { buildProgram } from "../../compiler/program/program.ts";
import { errors, inForward } from "./wrong-model.ts";

const batch = 4;

const priced = model({
  inputs: { size: [2], colour: classes(3) },
  targets: { paid: [1], kind: classes(2) },
  batch,
  forward: ({ size, colour }) => ({
    price: add(dense(size, 1, { name: "size" }), dense(oneHot(colour), 1, { name: "colour" })),
    kind: dense(size, 2, { name: "kind" }),
  }),
  loss: ({ price, kind }, truth) => add(meanSquaredError(price, truth.paid), softmaxCrossEntropy(kind, truth.kind)),
  optimizer: sgd({ rate: 0.1 }),
});

const weights = {
  "size.weight": [10, 100],
  "size.bias": [0],
  "colour.weight": [1, 2, 3],
  "colour.bias": [1000],
  "kind.weight": [0, 0, 0, 0],
  "kind.bias": [0, 0],
};

test("a category adds the row of weights that is its own", () => {
  const { infer, inputs } = buildProgram(priced);
  expect(inputs[1]).toEqual({ name: "colour", dims: [], dtype: "label", classes: 3, node: infer.inputs[1] });
  const leaves = new Map(Object.entries({ ...weights, size: [1, 2, 0, 0], colour: [2, 0] }));
  expect([...interpret(infer, { rows: 2, leaves }).outputs.get("price")!]).toEqual([1213, 1001]);
});

test("an integer from 0 on is all that an input of classes takes", () => {
  expect(errors({ inputs: { x: classes(2.5) } })).toContain("classes(2.5)");
  expect(inForward((x) => oneHot(x))).toMatchInlineSnapshot(`
    "model.ts:6:3 type/dtype
      oneHot: wrong element type
        expected  labels of classes(K)
        got       f32[n,4]  x is f32[n,4]"
  `);
});

test.each([
  ["shape/rank", (x: never) => dense(x, 3)],
  ["type/dtype", (x: never) => standardize(x)],
])("labels are no numbers: %s without oneHot", (code, y) => {
  const forward = ({ x }: Record<string, never>) => ({ logits: y(x!) });
  expect(errors({ inputs: { x: classes(4) }, forward })).toContain(code);
});

interface Exports {
  readonly memory: WebAssembly.Memory;
  readonly infer: (n: number) => number;
  readonly init: (seed: number) => void;
  readonly step: (n: number) => number;
  readonly evaluate: (n: number) => number;
}

describe("a module checks the labels of its inputs", async () => {
  const built = {
    infer: await compile(priced, { mode: "infer", weights }),
    train: await compile(priced, { mode: "train", weights }),
  };
  /** A fresh instance, its labels set. */
  async function open(mode: "train" | "infer", labels: Readonly<Record<string, readonly number[]>>) {
    const { wasm, manifest } = built[mode];
    const { exports } = await WebAssembly.instantiate(await WebAssembly.compile(wasm as BufferSource));
    const module = exports as unknown as Exports;
    for (const { name, offset } of [...manifest.inputs, ...manifest.targets])
      if (labels[name]) new Int32Array(module.memory.buffer, offset).set(labels[name]);
    return module;
  }
  const good = [0, 1, 0, 1];

  // The targets paid and kind are fields 0 and 1, the inputs size and colour 2 and 3.
  test.each([
    ["infer", "infer"],
    ["train", "infer"],
    ["train", "evaluate"],
    ["train", "step"],
  ] as const)("%s module, %s: status 5 for a label of colour out of range, nothing written", async (mode, entry) => {
    for (const bad of [3, -1, 2 ** 31 - 1]) {
      const module = await open(mode, { colour: [0, 2, bad, 0], kind: good });
      const before = new Uint8Array(module.memory.buffer.slice(0));
      expect(module[entry](3)).toBe(5);
      expect(Buffer.from(module.memory.buffer).equals(before)).toBe(true);
      // The third row is not read.
      expect(module[entry](2)).toBe(0);
    }
  });

  test("the labels of a target keep the status of their position, and stand before an input's", async () => {
    expect((await open("train", { colour: [3], kind: [2] })).step(1)).toBe(3);
    expect((await open("train", { colour: [2], kind: [2] })).infer(1)).toBe(0);
  });
});

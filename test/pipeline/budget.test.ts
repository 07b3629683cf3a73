/** Budgets of a model file: kept, exceeded (by how much, and where it went), written wrongly. */
import { classes, dense, model, relu, sgd, softmaxCrossEntropy } from "nabla";
import { expect, test } from "vitest";
import { compile } from "../../compiler/compile.ts";
import type { CompileError } from "../../compiler/diagnostics.ts";
import type { Budget } from "../../compiler/dsl/model.ts";

const limited = (budget: Budget) =>
  model({
    inputs: { x: [8] },
    targets: { t: classes(3) },
    batch: 4,
    forward: ({ x }) => ({ y: dense(relu(dense(x, 16)), 3) }),
    loss: ({ y }, { t }) => softmaxCrossEntropy(y, t),
    optimizer: sgd({ rate: 0.1 }),
    budget,
  });

const infer = (budget: Budget) => compile(limited(budget), { mode: "infer" });

test("a module within its budget is built, and one of exactly that size", async () => {
  const { manifest } = await infer({ wasm: 10_000, memory: 65_536, flops: 1000 });
  await infer({ wasm: manifest.bytes.wasm });
  await infer({ flops: 2 * 8 * 16 + 2 * 16 * 3 + 16 });
});

test("what exceeds it is refused: by how much, and where it went; all of it at once", async () => {
  const error = (await infer({ wasm: 1000, memory: 40_000, flops: 300 }).catch((e) => e)) as CompileError;
  const text = error.diagnostics.map(({ code, message, notes }) => [`${code}: ${message}`, ...notes].join("\n  "));
  expect(text.join("\n")).toMatchInlineSnapshot(`
    "budget/wasm: the inference module is 425 bytes over its budget
      expected  at most 1,000 bytes
      got       1,425: weights 780, description 119, code and the rest 526
    budget/memory: the memory of inference is 25,536 bytes over its budget
      expected  at most 40,000 bytes
      got       65,536: states 800, inputs and outputs 176, constants 0, arena 256, to the end of the page 64,304
    budget/flops: a row of inference is 68 FLOPs over its budget
      expected  at most 300 FLOPs
      got       368: arithmetic 352, activations 16"
  `);
});

test("training and f64 are not limited", async () => {
  await compile(limited({ wasm: 1 }), { mode: "train" });
  await compile(limited({ wasm: 1 }), { mode: "infer", dtype: "f64" });
});

test.each([
  [{ bytes: 3 }, "there is no option named bytes"],
  [{ wasm: 0 }, "wasm is out of range"],
  [{ flops: "many" }, "flops is out of range"],
])("%o is refused", async (budget, message) => {
  await expect(infer(budget as Budget)).rejects.toThrow(message);
});

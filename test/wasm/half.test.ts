/** Weights as halves: the conversion, bit by bit, and what a module makes of them when it is instantiated. */
import { classes, dense, model, relu, sgd, softmaxCrossEntropy } from "nabla";
import { load } from "nabla/runtime";
import { describe, expect, test } from "vitest";
import { compile } from "../../compiler/compile.ts";
import { fromHalf, toHalf } from "../../compiler/wasm/half.ts";
import { Random } from "../support/random.ts";

describe("toHalf", () => {
  test("every finite half is itself", () => {
    for (let bits = 0; bits < 0x10000; bits++) {
      if ((bits & 0x7c00) === 0x7c00) continue;
      expect(toHalf(fromHalf(bits))).toBe(bits);
    }
  });

  test("a number between two goes to the nearer, halfway to the even one", () => {
    for (let bits = 0; bits < 0x7bff; bits++) {
      const [low, high] = [fromHalf(bits), fromHalf(bits + 1)];
      const middle = (low + high) / 2;
      expect(toHalf(middle)).toBe(bits % 2 === 0 ? bits : bits + 1);
      expect(toHalf(middle - (high - low) / 64)).toBe(bits);
      expect(toHalf(-(middle + (high - low) / 64))).toBe(0x8000 | (bits + 1));
    }
  });

  test("the limits", () => {
    expect([65504, 65519.9, 65520, -1e9].map(toHalf)).toEqual([0x7bff, 0x7bff, 0x7c00, 0xfc00]);
    expect([0, -0, 2 ** -25, 2 ** -25 * 1.001, 6e-8].map(toHalf)).toEqual([0, 0x8000, 0, 1, 1]);
  });
});

const net = model({
  inputs: { x: [5] },
  targets: { t: classes(3) },
  batch: 4,
  forward: ({ x }) => ({ y: dense(relu(dense(x, 37, { name: "hidden" })), 3, { name: "out" }) }),
  loss: ({ y }, { t }) => softmaxCrossEntropy(y, t),
  optimizer: sgd({ rate: 0.1 }),
});

const random = new Random(3);
const weights = {
  "hidden.weight": random.array(5 * 37, -2, 2),
  "hidden.bias": random.array(37, -1e-6, 1e-6),
  "out.weight": random.array(37 * 3, -300, 300),
  "out.bias": [0, -0, 1e-9],
};
const rounded = Object.fromEntries(
  Object.entries(weights).map(([name, values]) => [
    name,
    Array.from(values, (value) => fromHalf(toHalf(Math.fround(value)))),
  ]),
);
const x = random.array(20, -1, 1);
const outputs = async (options: object) =>
  (await load((await compile(net, { mode: "infer", ...options })).wasm as BufferSource)).infer({ x }).y!;

describe("half: true", () => {
  test("computes what the rounded weights give, to the bit", async () => {
    expect(await outputs({ weights, half: true })).toEqual(await outputs({ weights: rounded }));
    expect(await outputs({ weights, half: true })).not.toEqual(await outputs({ weights }));
  });

  test("packed weights, too", async () => {
    const wide = model({
      ...net.spec,
      batch: 64,
      forward: ({ x }) => ({ y: dense(relu(dense(dense(x, 256), 256)), 3) }),
    });
    const run = async (half: boolean, given?: Record<string, ArrayLike<number>>) =>
      (
        await load(
          (
            await compile(wide, { mode: "infer", half, ...(given ? { weights: given } : {}) })
          ).wasm as BufferSource,
        )
      ).infer({ x });
    const trained = await load((await compile(wide)).wasm as BufferSource);
    trained.init(0);
    const halves = Object.fromEntries(
      Object.entries(trained.parameters).map(([name, values]) => [
        name,
        Array.from(values, (v) => fromHalf(toHalf(v))),
      ]),
    );
    expect(await run(true)).toEqual(await run(false, halves));
  });

  test("halves the bytes of the weights", async () => {
    const bytes = async (half: boolean) => (await compile(net, { mode: "infer", weights, half })).wasm.length;
    const count = 5 * 37 + 37 + 37 * 3 + 3;
    expect((await bytes(false)) - (await bytes(true))).toBeGreaterThan(2 * count - 150);
  });

  test.each([
    [
      "a weight beyond 65504",
      { mode: "infer", weights: { ...weights, "out.bias": [0, 7e4, 0] } },
      "out.bias[1] is beyond half precision",
    ],
    ["training", { mode: "train" }, "half precision is for the weights of an inference module of f32"],
    ["f64", { mode: "infer", dtype: "f64" }, "half precision is for the weights of an inference module of f32"],
  ] as const)("%s is refused", async (_, options, message) => {
    await expect(compile(net, { ...options, half: true })).rejects.toThrow(message);
  });
});

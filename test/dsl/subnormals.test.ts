/** What is subnormal stays out of memory: out of every state that a step writes, and out of the weights that a module carries. */
import {
  adadelta,
  adagrad,
  adam,
  adamW,
  batchNorm,
  dense,
  lion,
  meanSquaredError,
  model,
  momentum,
  nadam,
  type Optimizer,
  rmsprop,
  sgd,
} from "nabla";
import { load } from "nabla/runtime";
import { describe, expect, test } from "vitest";
import { compile } from "../../compiler/compile.ts";
import { type FloatType, smallestNormal } from "../../compiler/graph/types.ts";
import { flushedValues } from "../../compiler/program/subnormals.ts";

const optimizers: readonly Optimizer[] = [
  sgd({ rate: 0.1 }),
  sgd({ rate: 0.1, weightDecay: 0.1 }),
  momentum({ rate: 0.1 }),
  momentum({ rate: 0.1, nesterov: true }),
  adam(),
  adamW(),
  nadam(),
  rmsprop(),
  rmsprop({ momentum: 0.9, centered: true }),
  adagrad(),
  adadelta(),
  lion(),
];

const netOf = (optimizer: Optimizer) =>
  model({
    inputs: { x: [5] },
    targets: { t: [3] },
    batch: 4,
    forward: ({ x }) => ({ y: dense(batchNorm(x, { name: "norm" }), 3, { name: "y" }) }),
    loss: ({ y }, { t }) => meanSquaredError(y, t),
    optimizer,
  });

async function loaded(optimizer: Optimizer, dtype: FloatType) {
  const { wasm } = await compile(netOf(optimizer), { mode: "train", dtype });
  return load(wasm as Uint8Array<ArrayBuffer>);
}

const zeros = { inputs: { x: new Float64Array(20) }, targets: { t: new Float64Array(12) } };
const settings = optimizers.flatMap((optimizer) =>
  (["f32", "f64"] as const).map((dtype) => [optimizer.name, dtype, optimizer] as const),
);

describe.each(settings)("%s in %s", (_, dtype, optimizer) => {
  const least = smallestNormal[dtype];

  test("a step without a gradient leaves no subnormal state, however small the states were", async () => {
    const net = await loaded(optimizer, dtype);
    for (const factor of [0.4, 1.0001]) {
      for (const state of [net.parameters, net.optimizer])
        for (const values of Object.values(state)) values.fill(factor * least);
      net.step(zeros.inputs, zeros.targets);
      for (const [name, values] of Object.entries({ ...net.parameters, ...net.optimizer }))
        for (const value of values) expect(value === 0 || Math.abs(value) >= least, `${name} is ${value}`).toBe(true);
    }
  });

  test("the smallest normal number stays", async () => {
    const net = await loaded(optimizer, dtype);
    if (optimizer.weightDecay) return;
    net.parameters["y.weight"]!.fill(-least);
    net.step(zeros.inputs, zeros.targets);
    expect([...net.parameters["y.weight"]!]).toEqual(new Array(15).fill(-least));
  });
});

describe("weights of a module", () => {
  const scale = model({
    inputs: { x: [1] },
    targets: { t: [1] },
    batch: 4,
    forward: ({ x }) => ({ y: dense(x, 1, { name: "y" }) }),
    loss: ({ y }, { t }) => meanSquaredError(y, t),
    optimizer: sgd({ rate: 0.1 }),
  });

  async function answer(weight: number, x: number, options: { half?: boolean; dtype?: FloatType } = {}) {
    const weights = { "y.weight": [weight], "y.bias": [0] };
    const { wasm } = await compile(scale, { mode: "infer", weights, ...options });
    const net = await load(wasm as Uint8Array<ArrayBuffer>);
    return net.infer({ x: [x] }).y![0];
  }

  test("those that are subnormal are 0", async () => {
    expect(await answer(2 ** -127, 2 ** 127)).toBe(0);
    expect(await answer(2 ** -126, 2 ** 126)).toBe(1);
    expect(await answer(-(2 ** -1030), 2 ** 1000, { dtype: "f64" })).toBe(0);
    expect(await answer(2 ** -127, 2 ** 127, { dtype: "f64" })).toBe(1);
  });

  test("subnormal halves are normal floats, and stay", async () => {
    expect(await answer(2 ** -24, 2 ** 24, { half: true })).toBe(1);
  });

  test("a training module starts from given weights without them, too", async () => {
    const weights = { "y.weight": [1e-40], "y.bias": [1] };
    const net = await load((await compile(scale, { mode: "train", weights })).wasm as Uint8Array<ArrayBuffer>);
    expect([net.parameters["y.weight"]![0], net.parameters["y.bias"]![0]]).toEqual([0, 1]);
  });

  test("an array without any is passed on as it is", () => {
    const values = Float32Array.of(1, 0, Number.NaN, 2 ** -126);
    expect(flushedValues(values, "f32")).toBe(values);
  });
});

/**
 * An LSTM written as a scan, twenty steps of three optimisers: losses, parameters and answers are those that PyTorch gives.
 * lstm.safetensors has PyTorch's numbers: weights [4 * 8, in], the gates input, forget, cell, output one below the other.
 */
import { add, dense, matmul, meanSquaredError, model, mul, parameter, scan, sigmoid, slice, tanh, zeros } from "nabla";
import { load } from "nabla/runtime";
import { describe, expect, test } from "vitest";
import { compile } from "../../compiler/compile.ts";
import { buildProgram } from "../../compiler/program/program.ts";
import { expectModelGradients } from "../support/model-gradients.ts";
import {
  expectNear,
  type OptimizerName,
  optimizers,
  pytorchNumbers,
  roundingOf,
  toleranceOf,
} from "../support/pytorch.ts";

const data = pytorchNumbers("lstm");

/** The largest difference of a parameter that f32 brings in twenty steps, as measured in PyTorch. */
const drift = { sgd: 1.093e-7, momentum: 1.299e-7, adam: 1.099e-7 };

const [rows, turns, features, units, answers] = [4, 7, 5, 8, 3];

const lstm = (optimizer: OptimizerName, length = turns, batch = rows) =>
  model({
    inputs: { x: [length, features] },
    targets: { y: [answers] },
    batch,
    forward({ x }) {
      const recurrent = parameter([units, 4 * units], zeros(), { name: "recurrent" });
      const bias = parameter([4 * units], zeros(), { name: "bias" });
      const { h } = scan({ h: [units], c: [units] }, x, ({ h, c }, element) => {
        const gates = add(dense(element, 4 * units, { name: "input" }), add(matmul(h, recurrent), bias));
        const gate = (at: number) => slice(gates, 0, at * units, (at + 1) * units);
        const next = add(mul(sigmoid(gate(1)), c), mul(sigmoid(gate(0)), tanh(gate(2))));
        return { h: mul(sigmoid(gate(3)), tanh(next)), c: next };
      });
      return { out: dense(h.last, answers, { name: "fc" }) };
    },
    loss: ({ out }, { y }) => meanSquaredError(out, y),
    optimizer: optimizers[optimizer],
  });

const transposed = (values: readonly number[], [rowCount, columns]: readonly [number, number]): number[] =>
  Array.from({ length: rowCount * columns }, (_, i) => values[(i % rowCount) * columns + Math.floor(i / rowCount)]!);

/** The parameters below a name of the file, inputs by outputs. */
const parameters = (of: string): Record<string, number[]> => ({
  "input.weight": transposed(data(`${of}.lstm.weight_ih_l0`), [4 * units, features]),
  "input.bias": data(`${of}.lstm.bias_ih_l0`),
  recurrent: transposed(data(`${of}.lstm.weight_hh_l0`), [4 * units, units]),
  bias: data(`${of}.lstm.bias_hh_l0`),
  "fc.weight": transposed(data(`${of}.fc.weight`), [answers, units]),
  "fc.bias": data(`${of}.fc.bias`),
});

describe.each(["sgd", "momentum", "adam"] as const)("%s", (optimizer) => {
  test.each(["f64", "f32"] as const)("twenty steps in %s", async (dtype) => {
    const built = await compile(lstm(optimizer), { dtype, weights: parameters("init") });
    const net = await load(built.wasm as BufferSource);
    const allowed = toleranceOf(dtype, drift[optimizer]);
    const [x, y] = [data("batch.x"), data("batch.y")];
    const [xs, ys] = [rows * turns * features, rows * answers];
    const losses = Array.from({ length: 20 }, (_, step) =>
      net.step({ x: x.slice(step * xs, (step + 1) * xs) }, { y: y.slice(step * ys, (step + 1) * ys) }),
    );
    expectNear("loss", losses, data(`${dtype}.${optimizer}.loss`), allowed);
    const { tensors: moved } = net.save();
    for (const [name, want] of Object.entries(parameters(`${dtype}.${optimizer}.final`)))
      expectNear(name, moved[name]!, want, allowed);
    const { out } = net.infer({ x: data("eval.x") });
    expectNear("answers", out!, data(`${dtype}.${optimizer}.eval_out`), allowed);
  });
});

test("the code does not grow with the length of the sequence", async () => {
  const [short, long] = await Promise.all([3, 300].map((length) => compile(lstm("sgd", length), {})));
  // Addresses have more digits.
  expect(long!.wasm.length / short!.wasm.length).toBeLessThan(1.05);
});

test("gradients agree with central differences", () => {
  expectModelGradients(buildProgram(lstm("sgd", 3, 2), { dtype: "f64" }), 2);
});

test.each(["f32", "f64"] as const)(
  "an inference module answers as the training module, at every n, in %s",
  async (dtype) => {
    const weights = parameters("init");
    const [train, infer] = await Promise.all(
      (["train", "infer"] as const).map(async (mode) =>
        load((await compile(lstm("sgd"), { mode, dtype, weights })).wasm as BufferSource),
      ),
    );
    for (let count = 1; count <= rows; count++) {
      const x = data("eval.x").slice(0, count * turns * features);
      const want = [...train!.infer({ x }).out!];
      expectNear(`${count} rows`, infer!.infer({ x }).out!, want, roundingOf(dtype));
    }
  },
);

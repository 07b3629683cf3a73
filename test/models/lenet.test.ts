/**
 * A LeNet, twenty steps of three optimisers: losses, parameters and answers are those that PyTorch gives, and an inference module
 * answers as its training module does. lenet.safetensors has PyTorch's numbers, in its layouts: images [C, H, W], weights
 * [out, in, rows, columns].
 */
import {
  averagePool2d,
  classes,
  conv2d,
  dense,
  maxPool2d,
  model,
  relu,
  reshape,
  sgd,
  softmaxCrossEntropy,
} from "nabla";
import { load } from "nabla/runtime";
import { describe, test } from "vitest";
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

const data = pytorchNumbers("lenet");

/** The largest difference of a parameter that f32 brings in twenty steps, as measured in PyTorch. */
const drift = { sgd: 8.311e-8, momentum: 6.008e-8, adam: 2.7977e-7 };

const lenet = (optimizer: OptimizerName) =>
  model({
    inputs: { image: [12, 12, 1] },
    targets: { digit: classes(5) },
    batch: 8,
    forward({ image }) {
      const c1 = maxPool2d(relu(conv2d(image, 4, { kernel: 3, padding: 1, name: "c1" })), { kernel: 2 });
      const c2 = averagePool2d(relu(conv2d(c1, 8, { kernel: 3, name: "c2" })), { kernel: 2 });
      const f1 = relu(dense(reshape(c2, [32]), 16, { name: "f1" }));
      return { logits: dense(f1, 5, { name: "f2" }) };
    },
    loss: ({ logits }, { digit }) => softmaxCrossEntropy(logits, digit),
    optimizer: optimizers[optimizer],
  });

/** `axes` of a row-major tensor in another order: axis k of the result is axis order[k]. */
function permuted(values: readonly number[], dims: readonly number[], order: readonly number[]): number[] {
  const strides = dims.map((_, axis) => dims.slice(axis + 1).reduce((p, d) => p * d, 1));
  return order
    .reduce<number[]>(
      (offsets, axis) =>
        offsets.flatMap((at) => Array.from({ length: dims[axis]! }, (_, i) => at + i * strides[axis]!)),
      [0],
    )
    .map((at) => values[at]!);
}

/** The parameters below a name of the file, channels last. */
function parameters(of: string): Record<string, number[]> {
  const convolution = (name: string, dims: number[]) => permuted(data(`${of}.${name}.weight`), dims, [2, 3, 1, 0]);
  return {
    "c1.weight": convolution("c1", [4, 1, 3, 3]),
    "c2.weight": convolution("c2", [8, 4, 3, 3]),
    // Its inputs are the image's channels, rows and columns.
    "f1.weight": permuted(data(`${of}.f1.weight`), [16, 8, 2, 2], [2, 3, 1, 0]),
    "f2.weight": permuted(data(`${of}.f2.weight`), [5, 16], [1, 0]),
    ...Object.fromEntries(["c1", "c2", "f1", "f2"].map((name) => [`${name}.bias`, data(`${of}.${name}.bias`)])),
  };
}

describe.each(["sgd", "momentum", "adam"] as const)("%s", (optimizer) => {
  test.each(["f64", "f32"] as const)("twenty steps in %s", async (dtype) => {
    const built = await compile(lenet(optimizer), { dtype, weights: parameters("init") });
    const net = await load(built.wasm as BufferSource);
    const allowed = toleranceOf(dtype, drift[optimizer]);
    const [images, digits] = [data("batch.x"), data("batch.y")];
    const losses = Array.from({ length: 20 }, (_, step) =>
      net.step(
        { image: images.slice(step * 8 * 144, (step + 1) * 8 * 144) },
        { digit: digits.slice(step * 8, (step + 1) * 8) },
      ),
    );
    expectNear("loss", losses, data(`${dtype}.${optimizer}.loss`), allowed);
    const { tensors: moved } = net.save();
    for (const [name, want] of Object.entries(parameters(`${dtype}.${optimizer}.final`)))
      expectNear(name, moved[name]!, want, allowed);
    const { logits } = net.infer({ image: data("eval.x") });
    expectNear("answers", logits!, data(`${dtype}.${optimizer}.eval_out`), allowed);
  });
});

test("gradients of a smaller one agree with central differences", () => {
  const small = model({
    inputs: { image: [6, 6, 1] },
    targets: { digit: classes(5) },
    batch: 2,
    forward({ image }) {
      const c1 = maxPool2d(relu(conv2d(image, 2, { kernel: 3, padding: 1 })), { kernel: 3, stride: 2, padding: 1 });
      const c2 = averagePool2d(relu(conv2d(c1, 3, { kernel: 2 })), { kernel: 2 });
      return { logits: dense(reshape(c2, [3]), 5) };
    },
    loss: ({ logits }, { digit }) => softmaxCrossEntropy(logits, digit),
    optimizer: sgd({ rate: 0.1 }),
  });
  expectModelGradients(buildProgram(small, { dtype: "f64" }), 2);
});

test.each(["f32", "f64"] as const)(
  "an inference module answers as the training module, at every n, in %s",
  async (dtype) => {
    const weights = parameters("init");
    const [train, infer] = await Promise.all(
      (["train", "infer"] as const).map(async (mode) =>
        load((await compile(lenet("sgd"), { mode, dtype, weights })).wasm as BufferSource),
      ),
    );
    for (let rows = 1; rows <= 8; rows++) {
      const image = data("eval.x").slice(0, rows * 144);
      const want = [...train!.infer({ image }).logits!];
      expectNear(`${rows} rows`, infer!.infer({ image }).logits!, want, roundingOf(dtype));
    }
  },
);

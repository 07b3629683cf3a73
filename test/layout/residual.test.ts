/** A training step of residual blocks: frames beside values in place, sums in passes, turned weights, strides; against the oracle. */
import {
  adam,
  add,
  classes,
  conv2d,
  dense,
  mean,
  meanSquaredError,
  model,
  momentum,
  relu,
  softmaxCrossEntropy,
  type Tensor,
} from "nabla";
import { expect, test } from "vitest";
import { buildProgram } from "../../compiler/program/program.ts";
import { expectSameValues, stageOf } from "../support/stages.ts";

type Image = Tensor<readonly [number, number, number]>;

function block(x: Image, channels: number, stride: number): Image {
  const inner = relu(conv2d(x, channels, { kernel: 3, stride, padding: 1 }));
  const outer = conv2d(inner, channels, { kernel: 3, padding: 1 });
  return relu(add(outer, stride === 1 ? x : conv2d(x, channels, { kernel: 1, stride })));
}

const residual = model({
  inputs: { image: [8, 8, 3] },
  targets: { label: classes(3) },
  batch: 6,
  forward({ image }) {
    const stem = relu(conv2d(image, 4, { kernel: 3, padding: 1 }));
    return { logits: dense(mean(block(block(stem, 4, 1), 8, 2), [0, 1]), 3) };
  },
  loss: ({ logits }, { label }) => softmaxCrossEntropy(logits, label),
  optimizer: momentum({ rate: 0.05 }),
});

test("a step, at every number of rows", () => {
  expectSameValues(buildProgram(residual, { dtype: "f64" }).step, true);
});

/** Three windows of the same size in a row; the middle one's kernels are all that a window costs. */
const chain = (kernel: number) =>
  model({
    inputs: { x: [12, 12, 4] },
    targets: { t: [12, 12, 4] },
    batch: 6,
    forward({ x }) {
      const options = { kernel, padding: (kernel - 1) / 2 };
      const first = relu(conv2d(x, 4, { ...options, name: "first" }));
      const middle = relu(conv2d(first, 4, { ...options, name: "middle" }));
      return { y: conv2d(middle, 4, { ...options, name: "last" }) };
    },
    loss: ({ y }, { t }) => meanSquaredError(y, t),
    optimizer: adam({ rate: 0.01 }),
  });

test.each([3, 7])("a window of %i between two others is at most eight kernels", (kernel) => {
  const { step } = buildProgram(chain(kernel));
  const loops = stageOf("loops", step, true);
  const functions = loops.split(/^func /m).slice(1);
  expect(loops).not.toContain("where");
  const ofMiddle = functions.filter((text) => /middle/.test(text));
  expect(ofMiddle.length).toBeLessThanOrEqual(8);
  // Two convolutions more than one: what a further layer adds.
  expect(functions.length).toBeLessThanOrEqual(1 + 2 + 3 * 8);
});

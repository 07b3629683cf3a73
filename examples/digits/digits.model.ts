/** Handwritten digits, 28 x 28 grey values from 0 to 255. */
import { adam, classes, dense, heNormal, model, mul, relu, softmaxCrossEntropy } from "nabla";

export default model({
  inputs: { pixels: [784] },
  targets: { digit: classes(10) },
  batch: 32,
  forward({ pixels }) {
    const hidden = relu(dense(mul(pixels, 1 / 255), 128, { weight: heNormal() }));
    return { logits: dense(hidden, 10) };
  },
  loss: ({ logits }, { digit }) => softmaxCrossEntropy(logits, digit),
  optimizer: adam({ rate: 1e-3 }),
  budget: { wasm: 420_000, memory: 2 ** 20, flops: 210_000 },
});

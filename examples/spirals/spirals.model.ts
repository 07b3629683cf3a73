/** Which of two interleaved spirals a point of the plane lies on. */
import { adam, dense, elementwise, l2, model, sigmoidCrossEntropy } from "nabla";

/** Differentiated from its source: x sigmoid(x), written out. */
const swish = elementwise((x: number) => x / (1 + Math.exp(-x)));

export default model({
  inputs: { point: [2] },
  targets: { spiral: [1] },
  batch: 64,
  forward({ point }) {
    const first = swish(dense(point, 32));
    const second = swish(dense(first, 32));
    return { score: dense(second, 1) };
  },
  loss: ({ score }, { spiral }) => sigmoidCrossEntropy(score, spiral),
  regularize: l2(1e-5),
  optimizer: adam({ rate: 0.01 }),
  budget: { wasm: 8_000, memory: 65_536, flops: 2_600 },
});

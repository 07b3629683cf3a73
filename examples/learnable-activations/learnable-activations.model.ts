/** Nothing but two activations that learn their own shape: the slope of PReLU, and the beta of Swish. */
import { adam, add, cosine, meanSquaredError, model, prelu, swish } from "nabla";

export default model({
  inputs: { x: [1] },
  targets: { bentTarget: [1], smoothTarget: [1] },
  batch: 32,
  budget: { wasm: 1_300, memory: 65_536, flops: 10 },
  forward({ x }) {
    const bent = prelu(x); // parameter bent.slope, from 0.25
    const smooth = swish(x); // parameter smooth.beta, from 1
    return { bent, smooth };
  },
  loss: ({ bent, smooth }, { bentTarget, smoothTarget }) =>
    add(meanSquaredError(bent, bentTarget), meanSquaredError(smooth, smoothTarget)),
  optimizer: adam({ rate: cosine({ from: 0.05, steps: 640 }) }), // 40 epochs of 512 rows
});

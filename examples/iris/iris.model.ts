/** Three kinds of iris from four measurements in centimetres. */
import { adam, classes, dense, model, softmaxCrossEntropy, standardize, tanh } from "nabla";

export default model({
  inputs: { measurements: [4] },
  targets: { species: classes(3) },
  batch: 16,
  forward({ measurements }) {
    const centred = standardize(measurements); // by the mean and deviation of the training rows; shipped with the module
    const hidden = tanh(dense(centred, 16));
    return { logits: dense(hidden, 3) };
  },
  loss: ({ logits }, { species }) => softmaxCrossEntropy(logits, species),
  optimizer: adam({ rate: 0.02 }),
  budget: { wasm: 2_000, memory: 65_536, flops: 300 },
});

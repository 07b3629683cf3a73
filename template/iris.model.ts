/** Three kinds of iris from four measurements in centimetres. */
import { adam, classes, dense, model, softmaxCrossEntropy, standardize, tanh } from "nabla";

export default model({
  inputs: { measurements: [4] },
  targets: { species: classes(3) },
  batch: 12,
  forward({ measurements }) {
    const hidden = tanh(dense(standardize(measurements), 8));
    return { logits: dense(hidden, 3) };
  },
  loss: ({ logits }, { species }) => softmaxCrossEntropy(logits, species),
  optimizer: adam({ rate: 0.02 }),
});

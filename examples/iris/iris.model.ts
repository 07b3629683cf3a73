/** Three kinds of iris from four measurements in centimetres. */
import { adam, classes, dense, div, model, softmaxCrossEntropy, sub, tanh } from "nabla";

export default model({
  inputs: { measurements: [4] },
  targets: { species: classes(3) },
  batch: 16,
  forward({ measurements }) {
    // Fisher's flowers are 0 to 8 cm: centred and scaled, every input is between -1 and 1.
    const centred = div(sub(measurements, 4), 4);
    const hidden = tanh(dense(centred, 16));
    return { logits: dense(hidden, 3) };
  },
  loss: ({ logits }, { species }) => softmaxCrossEntropy(logits, species),
  optimizer: adam({ rate: 0.02 }),
});

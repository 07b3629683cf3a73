/** Which notes sound together? Each has a logit of its own, as any of them may sound beside any other. */
import { adam, cosine, dense, heNormal, l2, model, relu, sigmoidCrossEntropy } from "nabla";

export const samples = 64;
export const notes = ["C", "E", "G", "A", "B"];

export default model({
  inputs: { sound: [samples] },
  targets: { sounding: [notes.length] }, // 1 where the note sounds, else 0
  batch: 32,
  budget: { wasm: 32_000, memory: 65_536, flops: 14_000 },
  forward({ sound }) {
    const hidden = relu(dense(sound, 96, { weight: heNormal() }));
    return { logits: dense(hidden, notes.length) };
  },
  loss: ({ logits }, { sounding }) => sigmoidCrossEntropy(logits, sounding),
  regularize: l2(1e-4),
  optimizer: adam({ rate: cosine({ from: 3e-3, steps: 4500 }) }), // 12 epochs of 12000 rows
});

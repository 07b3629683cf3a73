/** Chords to tell apart, a training run, and how well each note is found at a threshold. */
import { fileURLToPath } from "node:url";
import { readModelFile, trainModel } from "nabla/compiler";
import { evaluate } from "nabla/runtime";
import { generator } from "../lib/random.mjs";

const file = await readModelFile(fileURLToPath(new URL("multi-label.model.ts", import.meta.url)));
export const notes = /** @type {string[]} */ (file.exports.notes);
const samples = /** @type {number} */ (file.exports.samples);

/** Hertz, of the notes C5, E5, G5, A5, B5. */
const pitches = [523.25, 659.26, 783.99, 880, 987.77];
const samplesPerSecond = 4000;

/** Each note sounds in four of ten chords, with a phase and loudness of its own, under noise of deviation 1.2. */
export function makeChords(rows, seed) {
  const random = generator(seed);
  const sound = new Float32Array(rows * samples);
  const sounding = new Float32Array(rows * notes.length);
  for (let row = 0; row < rows; row++) {
    const own = sound.subarray(row * samples, (row + 1) * samples);
    pitches.forEach((pitch, note) => {
      if (random.uniform() >= 0.4) return;
      sounding[row * notes.length + note] = 1;
      const [phase, loudness] = [random.uniform(0, 2 * Math.PI), random.uniform(0.5, 1.5)];
      own.forEach((_, t) => {
        own[t] += loudness * Math.sin((2 * Math.PI * pitch * t) / samplesPerSecond + phase);
      });
    });
    own.forEach((_, t) => {
      own[t] += 1.2 * random.normal();
    });
  }
  return { inputs: { sound }, targets: { sounding } };
}

/** Trains on `rows` chords; gives the probabilities of chords never trained on, with the truth. */
export async function listen({ rows, epochs, seed = 1 }) {
  const test = makeChords(1000, seed + 1000);
  const { net } = await trainModel({ model: file.model, data: makeChords(rows, seed), epochs, seed });
  const { outputs, loss } = await evaluate(net, test);
  const probabilities = outputs.logits.map((logit) => 1 / (1 + Math.exp(-logit)));
  return { probabilities, truth: test.targets.sounding, loss };
}

/**
 * precision = right / said, recall = right / sounding, F1 = 2 / (1 / precision + 1 / recall), where a note is said to sound
 * from `threshold` on. Counts one note, or all where none is given. Precision is 1 where nothing is said.
 */
export function scores({ probabilities, truth }, threshold, note) {
  const counted = [...probabilities.keys()].filter((i) => note === undefined || i % notes.length === note);
  const said = counted.filter((i) => probabilities[i] >= threshold);
  const right = said.filter((i) => truth[i] === 1).length;
  const sounding = counted.filter((i) => truth[i] === 1).length;
  const precision = said.length === 0 ? 1 : right / said.length;
  return { precision, recall: right / sounding, f1: (2 * right) / (said.length + sounding) };
}

/** The share of chords of which every note is right, and of those that a single best note would get right. */
export function wholeChords({ probabilities, truth }) {
  const rows = Array.from({ length: truth.length / notes.length }, (_, row) => row * notes.length);
  const share = (holds) => rows.filter(holds).length / rows.length;
  const every = (row, holds) => notes.every((_, note) => holds(row + note));
  return {
    right: share((row) => every(row, (i) => probabilities[i] >= 0.5 === (truth[i] === 1))),
    ofOneNote: share((row) => notes.filter((_, note) => truth[row + note] === 1).length === 1),
  };
}

/** Data of a known slope and beta, with noise, and a training run that watches what is learned. */
import { fileURLToPath } from "node:url";
import { readModelFile, trainModel } from "nabla/compiler";
import { generator } from "../lib/random.mjs";

export const truth = { slope: -0.4, beta: 2.5 };
export const start = { slope: 0.25, beta: 1 };

export const prelu = (x, slope) => (x > 0 ? x : slope * x);
export const swish = (x, beta) => x / (1 + Math.exp(-beta * x));

/** Points of [-3, 3] with the two targets; each target is off by noise of the given deviation. */
function makeData(rows, noise) {
  const random = generator(7);
  const x = Float32Array.from({ length: rows }, () => random.uniform(-3, 3));
  const bentTarget = x.map((v) => prelu(v, truth.slope) + noise * random.normal());
  const smoothTarget = x.map((v) => swish(v, truth.beta) + noise * random.normal());
  return { inputs: { x }, targets: { bentTarget, smoothTarget } };
}

/** Trains; gives the data, and slope and beta before the first epoch and after each. */
export async function learn({ rows = 512, noise = 0.1, epochs }) {
  const { model } = await readModelFile(fileURLToPath(new URL("learnable-activations.model.ts", import.meta.url)));
  const data = makeData(rows, noise);
  const slopes = [];
  const betas = [];
  let parameters;
  const note = () => {
    slopes.push(parameters["bent.slope"][0]);
    betas.push(parameters["smooth.beta"][0]);
  };
  await trainModel({
    model,
    data,
    epochs,
    seed: 1,
    onStart({ net }) {
      parameters = net.parameters;
      note();
    },
    onEpoch: note,
  });
  return { data, slopes, betas };
}

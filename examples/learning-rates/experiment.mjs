/** Learning rates on a bowl whose curvature is known. */
import { fileURLToPath } from "node:url";
import { readModelFile } from "nabla/compiler";
import { trainFamily, trainOne } from "../lib/family.mjs";
import { generator } from "../lib/random.mjs";

const file = fileURLToPath(new URL("learning-rates.model.ts", import.meta.url));
const rows = 256;
const batch = 16;

/** Two features of deviations 1 and 0.4; a plane, off by noise of deviation 0.5. */
function plane() {
  const random = generator(1);
  const x = new Float64Array(2 * rows);
  const wanted = new Float64Array(rows);
  for (let row = 0; row < rows; row++) {
    const [a, b] = [random.normal(), 0.4 * random.normal()];
    x.set([a, b], 2 * row);
    wanted[row] = 2 * a - 3 * b + 1 + 0.5 * random.normal();
  }
  return { inputs: { x }, targets: { wanted } };
}

const data = plane();

/** (a, b, 1) of each row: the loss is the mean of (wanted - w . these)^2, with Hessian H = 2 / rows * sum of their squares. */
const withOne = Array.from({ length: rows }, (_, row) => [data.inputs.x[2 * row], data.inputs.x[2 * row + 1], 1]);
const timesHessian = (v) => {
  const product = [0, 0, 0];
  for (const row of withOne) {
    const along = (2 / rows) * row.reduce((sum, value, i) => sum + value * v[i], 0);
    for (let i = 0; i < 3; i++) product[i] += along * row[i];
  }
  return product;
};

/** 2 / L, with L the largest curvature, by power iteration: with all rows a step, gradient descent diverges above it. */
export function criticalRate() {
  let v = [1, 1, 1];
  let size = 0;
  for (let i = 0; i < 200; i++) {
    const next = timesHessian(v);
    size = Math.hypot(...next);
    v = next.map((value) => value / size);
  }
  return 2 / size;
}

/** The least loss that a plane has on these rows, reached by many full steps at a rate that suits. */
export async function leastLoss() {
  return Math.min(...(await fullSteps(criticalRate() / 2, 600)));
}

/** The loss after each step with all rows. */
export async function fullSteps(rate, steps) {
  const { exports } = await readModelFile(file);
  return (await trainOne(exports.withRate(rate, rows), { data, epochs: steps, seed: 1 })).losses;
}

/** Mini-batches of 16: a rate too low, one that suits, the same falling to 0; as runs by name. */
export async function compareRates({ epochs }) {
  const { exports } = await readModelFile(file);
  const good = criticalRate() / 5;
  const variants = {
    low: exports.withRate(good / 300),
    good: exports.withRate(good),
    falling: exports.falling(good, (epochs * rows) / batch),
  };
  return trainFamily(variants, { data, epochs, seed: 1 });
}

/** A rate of three times the critical one: the losses of its steps, and what the driver says when it stops. */
export async function tooHigh() {
  const { exports, explaining } = await readModelFile(file);
  const losses = [];
  const run = explaining(() =>
    trainOne(exports.withRate(3 * criticalRate()), {
      data,
      epochs: 100,
      seed: 1,
      onStep: ({ loss }) => losses.push(loss),
    }),
  );
  const message = await run.then(
    () => "",
    (error) => error.message,
  );
  return { losses, message };
}

/** A curve from few noisy points, without and with L1, L2 and dropout. */
import { fileURLToPath } from "node:url";
import { readModelFile } from "nabla/compiler";
import { median, trainFamily } from "../lib/family.mjs";
import { evenly, generator } from "../lib/random.mjs";

const file = fileURLToPath(new URL("overfitting.model.ts", import.meta.url));

/** The curve below the noise. */
export const curve = (x) => Math.sin(2 * x);

/** 16 points of the curve on [-2, 2], off by noise of deviation 0.3. */
export function noisyPoints() {
  const random = generator(4);
  const x = evenly(16, -2, 2);
  return { x, y: x.map((at) => curve(at) + 0.3 * random.normal()) };
}

/** Where the fits are judged, by the curve without noise. */
export const grid = evenly(161, -2, 2);

/** A weight that is as good as none. */
const least = 1e-3;

/** For each remedy: the fit of the first seed, mean square errors and the share of weights near 0, middles of the seeds. */
export async function compareRemedies({ seeds, steps }) {
  const { exports } = await readModelFile(file);
  const points = noisyPoints();
  const data = { inputs: { x: points.x }, targets: { wanted: points.y } };
  const test = { inputs: { x: grid }, targets: { wanted: grid.map(curve) } };
  const rounds = [];
  for (const seed of seeds)
    rounds.push(await trainFamily(exports.remedies(steps), { data, test, epochs: steps, seed }));
  return Object.keys(rounds[0]).map((name) => ({
    name,
    fit: rounds[0][name].net.infer({ x: grid }).y,
    train: median(rounds.map((runs) => runs[name].losses.at(-1))),
    test: median(rounds.map((runs) => runs[name].test.loss)),
    nearZero: median(rounds.map((runs) => shareNearZero(runs[name].net.parameters))),
  }));
}

/** Of the weights, without the biases, which no penalty touches. */
function shareNearZero(parameters) {
  const weights = Object.entries(parameters).flatMap(([name, values]) => (name.endsWith(".weight") ? [...values] : []));
  return weights.filter((weight) => Math.abs(weight) < least).length / weights.length;
}

/** Trains the network at points of the rod and of time, and compares what it says with the exact solution. */
import { fileURLToPath } from "node:url";
import { readModelFile, trainModel } from "nabla/compiler";
import { evaluate } from "nabla/runtime";
import { evenly, generator } from "../lib/random.mjs";

const { exports } = await readModelFile(fileURLToPath(new URL("heat-equation.model.ts", import.meta.url)));
const diffusivity = /** @type {number} */ (exports.diffusivity);

/** The solution that begins as sin(pi x) and is 0 at both ends. */
export const exact = (x, t) => Math.sin(Math.PI * x) * Math.exp(-diffusivity * Math.PI ** 2 * t);

const rows = 1024;
const rowsOfStep = 128;

/** Trains at points drawn at random from 0 < x < 1, 0 < t < 1. */
export async function solve(steps, seed = 1) {
  const random = generator(seed);
  const draw = () => Float32Array.from({ length: rows }, () => random.uniform());
  const epochs = Math.ceil((steps * rowsOfStep) / rows);
  const data = { inputs: { x: draw(), t: draw() }, targets: {} };
  const { net, history } = await trainModel({ model: exports.withSteps(steps), data, epochs, seed });
  return { net, losses: history.map(({ validation }) => validation.loss) };
}

/** On a grid, row by row of t: what the network says, the exact solution, and the largest difference. */
export async function compare(net, count = 41) {
  const places = [...evenly(count, 0, 1)];
  const x = Float32Array.from({ length: count * count }, (_, i) => places[i % count]);
  const t = Float32Array.from({ length: count * count }, (_, i) => places[Math.floor(i / count)]);
  const { outputs } = await evaluate(net, { inputs: { x, t }, targets: {} });
  const wanted = Array.from(x, (v, i) => exact(v, t[i]));
  const errors = wanted.map((value, i) => outputs.u[i] - value);
  return { places, u: outputs.u, wanted, errors, largest: Math.max(...errors.map(Math.abs)) };
}

/** Activations side by side: their values and derivatives as the compiled module computes them, and a task for each. */
import { fileURLToPath } from "node:url";
import { compile, readModelFile } from "nabla/compiler";
import { load } from "nabla/runtime";
import { median, trainFamily } from "../lib/family.mjs";
import { evenly, generator } from "../lib/random.mjs";

const file = fileURLToPath(new URL("activations.model.ts", import.meta.url));

/** For each activation { value, derivative } at the points of `x`, in float64. */
export async function profiles(x) {
  const { exports } = await readModelFile(file);
  const names = Object.keys(exports.activations);
  const net = await load((await compile(exports.profile(x.length), { dtype: "f64" })).wasm);
  for (const name of names) net.parameters[name] = x;
  const values = net.infer({ shift: [0] });
  net.step({ shift: [0] }, {});
  // A step of rate 1 has taken the gradient off the points.
  const derivative = (name) => x.map((at, i) => at - net.parameters[name][i]);
  return Object.fromEntries(names.map((name) => [name, { value: values[name], derivative: derivative(name) }]));
}

/** A surface that no plane fits: sin(3 a) b + a^2 on [-1, 1] x [-1, 1]. */
function surface(count, seed) {
  const random = generator(seed);
  const point = Float64Array.from({ length: 2 * count }, () => random.uniform(-1, 1));
  const height = Float64Array.from({ length: count }, (_, i) => {
    const [a, b] = [point[2 * i], point[2 * i + 1]];
    return Math.sin(3 * a) * b + a * a;
  });
  return { inputs: { point }, targets: { height } };
}

/** The losses of the same task by activation: after each epoch, of the first seed; and on other points, middle of the seeds. */
export async function race({ names, seeds, epochs }) {
  const { exports } = await readModelFile(file);
  const chosen = names ?? Object.keys(exports.activations);
  const variants = Object.fromEntries(chosen.map((name) => [name, exports.withActivation(name)]));
  const [data, test] = [surface(256, 1), surface(512, 2)];
  const rounds = [];
  for (const seed of seeds) rounds.push(await trainFamily(variants, { data, test, epochs, seed }));
  return chosen.map((name) => ({
    name,
    losses: rounds[0][name].losses,
    test: median(rounds.map((runs) => runs[name].test.loss)),
  }));
}

/** Where the shapes are drawn. */
export const points = evenly(49, -4, 4);

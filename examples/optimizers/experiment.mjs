/** The race itself, for the picture and for the test: paths and heights of optimisers on the model's surface. */
import { fileURLToPath } from "node:url";
import { compile, readModelFile } from "nabla/compiler";
import { load } from "nabla/runtime";

const file = await readModelFile(fileURLToPath(new URL("optimizers.model.ts", import.meta.url)));

/** By name: learning rate -> model. */
const racers = file.exports.racers;
export const names = Object.keys(racers);

/** What a person would try. */
export const rates = [2, 1, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001];

/** The point before each of `steps` steps and at the end, and its heights. */
export async function run(name, rate, steps) {
  const net = await load((await compile(racers[name](rate))).wasm);
  const here = { right: [0], up: [0] };
  const { x, y } = net.parameters;
  const path = [[x[0], y[0]]];
  const heights = [];
  for (let step = 0; step < steps; step++) {
    heights.push(net.step(here, {}));
    path.push([x[0], y[0]]);
  }
  heights.push(net.infer(here).height[0]);
  return { name, rate, path, heights };
}

/** The run that ends lowest, of all `rates`. */
export async function best(name, steps) {
  const runs = [];
  for (const rate of rates) runs.push(await run(name, rate, steps));
  const end = ({ heights }) => (Number.isFinite(heights.at(-1)) ? heights.at(-1) : Infinity);
  return runs.reduce((a, b) => (end(b) < end(a) ? b : a));
}

/** The step after which a run stays below `height`; undefined where it does not come to that. */
export function stepBelow(height, { heights }) {
  const last = heights.findLastIndex((value) => !(value < height));
  return last + 1 < heights.length ? last + 1 : undefined;
}

/** A closed line of points at one height: (1 - x)^2 + 20 (y - x^2)^2 = height, solved for y. */
export function contour(height, points = 48) {
  const radius = Math.sqrt(height);
  return Array.from({ length: points + 1 }, (_, i) => {
    const angle = (2 * Math.PI * i) / points;
    const x = 1 - radius * Math.cos(angle);
    return [x, x * x + (radius * Math.sin(angle)) / Math.sqrt(20)];
  });
}

/** How high the model says that points are. */
export async function heightsAt(points) {
  const net = await load((await compile(file.model)).wasm);
  const [x, y] = [net.parameters.x[0], net.parameters.y[0]];
  return [...net.infer({ right: points.map(([u]) => u - x), up: points.map(([, v]) => v - y) }).height];
}

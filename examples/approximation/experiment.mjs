/** Width against error: what is trained, and on what. */
import { fileURLToPath } from "node:url";
import { readModelFile } from "nabla/compiler";
import { median, trainOne } from "../lib/family.mjs";
import { evenly } from "../lib/random.mjs";

const file = fileURLToPath(new URL("approximation.model.ts", import.meta.url));

/** The function to learn, on [-2, 2]: slow and fast parts, and a kink at 0.7. */
export const target = (x) => Math.sin(2 * x) + 0.3 * Math.sin(7 * x) + 0.5 * Math.abs(x - 0.7);

/** Judged between the training points as well: 128 of these are not among them. */
export const grid = evenly(255, -2, 2);

const x = evenly(128, -2, 2);
const data = { inputs: { x }, targets: { wanted: x.map(target) } };

/** For each width, with an odd number of seeds: the middle error of the seeds, and the fit that has it. Errors are roots of mean squares on the grid. */
export async function errorsByWidth({ widths, seeds, steps }) {
  const { exports } = await readModelFile(file);
  const results = [];
  for (const width of widths) {
    const nets = [];
    for (const seed of seeds)
      nets.push((await trainOne(exports.withWidth(width, steps), { data, epochs: steps, seed })).net);
    const fits = nets.map((net) => net.infer({ x: grid }).y);
    const errors = fits.map(errorOf);
    const error = median(errors);
    results.push({ width, fit: fits[errors.indexOf(error)], errors, error });
  }
  return results;
}

const errorOf = (fit) => Math.sqrt(fit.reduce((sum, y, i) => sum + (y - target(grid[i])) ** 2, 0) / fit.length);

/**
 * Optimisers race down one valley, each at the best of a list of learning rates; draws paths and heights.
 *
 *   npm run example -- optimizers [steps] [folder]       writes optimizers.svg, optimizers.md
 */
import { writeFigure } from "../lib/figure.mjs";
import { showTable } from "../lib/table.mjs";
import { best, names, stepBelow } from "./experiment.mjs";
import { picture } from "./picture.mjs";

const steps = Number(process.argv[2] ?? 500);
const folder = process.argv[3] ?? process.env.NABLA_OUT ?? "out/optimizers";

const runs = [];
for (const name of names) runs.push(await best(name, steps));

showTable(
  `${folder}/optimizers.md`,
  ["optimiser", "best rate", `height after ${steps} steps`, "below 0.001 from step"],
  runs.map((run) => [run.name, run.rate, run.heights.at(-1).toExponential(1), stepBelow(1e-3, run) ?? "-"]),
);
console.log(writeFigure(`${folder}/optimizers.svg`, picture(runs), { width: 1000, height: 900 }));

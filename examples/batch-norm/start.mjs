/**
 * Inputs of scales from 1e-3 to 1e3, with batch normalisation and without.
 *
 *   npm run example -- batch-norm [epochs] [folder]       writes batch-norm.svg, losses.md
 */
import { writeFigure } from "../lib/figure.mjs";
import { axis, legend, line, logAxis } from "../lib/series.mjs";
import { showTable, writeFacts } from "../lib/table.mjs";
import { comparePlaces, shippedDifference } from "./experiment.mjs";

const epochs = Number(process.argv[2] ?? 60);
const folder = process.argv[3] ?? process.env.NABLA_OUT ?? "out/batch-norm";
const runs = Object.entries(await comparePlaces({ epochs, seed: 1 }));
const names = { nowhere: "without", hidden: "after the first layer", inputs: "on the inputs" };

showTable(
  `${folder}/losses.md`,
  ["batch normalisation", "train loss", "test loss"],
  runs.map(([place, { losses, test }]) => [names[place], losses.at(-1).toFixed(4), test.loss.toFixed(4)]),
);

/** @type {Record<string, string>} */
const facts = {};
for (const [place, { net }] of runs) {
  const difference = await shippedDifference(place, net);
  facts[place] = difference.toExponential(1);
  console.log(`${names[place]}: the inference module differs from training by at most ${facts[place]}`);
}
writeFacts(folder, facts);

const file = writeFigure(
  `${folder}/batch-norm.svg`,
  {
    title: { text: "Features of scales from 0.001 to 1000", left: "center" },
    legend: legend(Object.values(names), { top: 32 }),
    grid: { left: 80, right: 30, top: 75, bottom: 50 },
    xAxis: axis("epoch"),
    yAxis: logAxis("mean square error, training rows", { nameGap: 50, min: 0.01, max: 1 }),
    series: runs.map(([place, { losses }]) => line(names[place], losses)),
  },
  { width: 800, height: 440 },
);
console.log(`${file} shows the losses`);

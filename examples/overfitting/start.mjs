/**
 * A curve from few noisy points, without and with L1, L2 and dropout.
 *
 *   npm run example -- overfitting [steps] [folder]       writes overfitting.svg, errors.md
 */
import { writeFigure } from "../lib/figure.mjs";
import { axis, dots, legend, line } from "../lib/series.mjs";
import { showTable } from "../lib/table.mjs";
import { compareRemedies, curve, grid, noisyPoints } from "./experiment.mjs";

const steps = Number(process.argv[2] ?? 4000);
const folder = process.argv[3] ?? process.env.NABLA_OUT ?? "out/overfitting";
const results = await compareRemedies({ seeds: [1, 2, 3, 4, 5], steps });

showTable(
  `${folder}/errors.md`,
  ["remedy", "train error", "test error", "weights near 0"],
  results.map(({ name, train, test, nearZero }) => [
    name,
    train.toFixed(4),
    test.toFixed(4),
    `${(100 * nearZero).toFixed(1)} %`,
  ]),
);

const { x, y } = noisyPoints();
const names = { none: "without", L1: "with L1", L2: "with L2", dropout: "with dropout" };
const file = writeFigure(
  `${folder}/overfitting.svg`,
  {
    title: { text: "16 noisy points, 2,497 parameters", left: "center" },
    legend: legend(["curve", "points", ...Object.values(names)], { top: 32 }),
    grid: { left: 60, right: 30, top: 75, bottom: 50 },
    xAxis: axis("x"),
    yAxis: axis("y"),
    series: [
      line("curve", grid.map(curve), { xs: grid, color: "#bbbbbb", lineStyle: { width: 5, color: "#bbbbbb" } }),
      ...results.map(({ name, fit }) => line(names[name], fit, { xs: grid, most: 200 })),
      dots("points", x, y, { color: "#000000", z: 5 }),
    ],
  },
  { width: 900, height: 500 },
);
console.log(`${file} shows the fits of seed 1`);

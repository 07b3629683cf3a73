/**
 * One hidden layer, width against error, as a table and a picture.
 *
 *   npm run example -- approximation [steps] [folder]       writes approximation.svg, errors.md
 */
import { writeFigure } from "../lib/figure.mjs";
import { axis, dots, legend, line, logAxis } from "../lib/series.mjs";
import { showTable } from "../lib/table.mjs";
import { errorsByWidth, grid, target } from "./experiment.mjs";

const steps = Number(process.argv[2] ?? 8000);
const folder = process.argv[3] ?? process.env.NABLA_OUT ?? "out/approximation";
const results = await errorsByWidth({ widths: [1, 2, 4, 8, 16, 32, 64], seeds: [1, 2, 3, 4, 5], steps });

showTable(
  `${folder}/errors.md`,
  ["width", "least error", "middle error", "largest error"],
  results.map(({ width, error, errors }) => [
    width,
    ...[Math.min(...errors), error, Math.max(...errors)].map((value) => value.toFixed(4)),
  ]),
);

const shown = results.filter(({ width }) => [1, 4, 16].includes(width));
const widths = results.map(({ width }) => width);
const file = writeFigure(
  `${folder}/approximation.svg`,
  {
    title: [
      { text: "A hidden layer fits a function", left: "27%", textAlign: "center" },
      { text: "The wider, the closer", left: "79%", textAlign: "center" },
    ],
    legend: [
      legend(["target", ...shown.map(({ width }) => `width ${width}`)], { top: 32, left: "7%" }),
      legend(["middle of 5 seeds", "each seed"], { top: 32, left: "64%" }),
    ],
    grid: [
      { left: 60, width: "42%", top: 70, bottom: 50 },
      { right: 20, width: "36%", top: 70, bottom: 50 },
    ],
    xAxis: [axis("x", { gridIndex: 0 }), logAxis("width (units)", { gridIndex: 1, logBase: 2, min: 1, max: 64 })],
    yAxis: [
      axis("y", { gridIndex: 0 }),
      logAxis("root mean square error", { gridIndex: 1, nameGap: 45, min: 0.001, max: 1 }),
    ],
    series: [
      line("target", grid.map(target), { xs: grid, lineStyle: { width: 5, color: "#cccccc" }, color: "#cccccc" }),
      ...shown.map(({ width, fit }) => line(`width ${width}`, fit, { xs: grid })),
      line(
        "middle of 5 seeds",
        results.map(({ error }) => error),
        { xs: widths, xAxisIndex: 1, yAxisIndex: 1, color: "#000000" },
      ),
      dots(
        "each seed",
        results.flatMap(({ width, errors }) => errors.map(() => width)),
        results.flatMap(({ errors }) => errors),
        { xAxisIndex: 1, yAxisIndex: 1, color: "#0072b2" },
      ),
    ],
  },
  { width: 1000, height: 440 },
);
console.log(`${file} shows it`);

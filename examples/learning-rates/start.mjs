/**
 * Learning rates too low, too high, right, and falling.
 *
 *   npm run example -- learning-rates [epochs] [folder]       writes learning-rates.svg, losses.md
 */
import { writeFileSync } from "node:fs";
import { writeFigure } from "../lib/figure.mjs";
import { evenly } from "../lib/random.mjs";
import { axis, legend, line, logAxis } from "../lib/series.mjs";
import { showTable, writeFacts } from "../lib/table.mjs";
import { compareRates, criticalRate, fullSteps, leastLoss, tooHigh } from "./experiment.mjs";

const epochs = Number(process.argv[2] ?? 40);
const folder = process.argv[3] ?? process.env.NABLA_OUT ?? "out/learning-rates";
const steps = 50;
const [critical, least, runs, high] = [
  criticalRate(),
  await leastLoss(),
  await compareRates({ epochs }),
  await tooHigh(),
];
const sweep = [];
for (const share of evenly(45, 0.02, 1.1)) {
  sweep.push({ share, excess: (await fullSteps(share * critical, steps)).at(-1) - least });
}

const names = {
  low: "too low: critical / 1500",
  good: "right: critical / 5",
  falling: "the same, cosine to 0",
};
showTable(
  `${folder}/losses.md`,
  ["rate", "loss above the least, last epoch", "mean of the last 10"],
  Object.entries(runs).map(([key, { losses }]) => {
    const late = losses.slice(-10);
    const mean = late.reduce((sum, loss) => sum + loss, 0) / late.length;
    return [names[key], ...[losses.at(-1), mean].map((loss) => (loss - least).toExponential(1))];
  }),
);
writeFacts(folder, { critical: critical.toFixed(4), least: least.toFixed(4), steps: String(high.losses.length) });
writeFileSync(`${folder}/too-high.md`, high.message.replace(/^/gm, "    "));
console.log(`critical rate 2 / L = ${critical.toFixed(4)}; least loss ${least.toFixed(4)}`);
console.log(`three times the critical rate:\n${high.message}\n`);

/** Rounding in float32 hides what is smaller. */
const visible = (excess) => Math.max(excess, 1e-7);
const second = { xAxisIndex: 1, yAxisIndex: 1 };
const file = writeFigure(
  `${folder}/learning-rates.svg`,
  {
    title: [
      { text: "Mini-batches of 16", left: "27%", textAlign: "center" },
      { text: `After ${steps} steps with all rows`, left: "79%", textAlign: "center" },
    ],
    legend: legend([...Object.values(names), "too high: critical * 3"], { top: 32, left: "5%", width: "45%" }),
    grid: [
      { left: 80, width: "40%", top: 110, bottom: 50 },
      { right: 30, width: "34%", top: 110, bottom: 50 },
    ],
    xAxis: [
      axis("epoch", { gridIndex: 0, min: 0, max: epochs }),
      axis("rate, as a share of the critical rate 2 / L", { gridIndex: 1, min: 0, max: 1.1 }),
    ],
    yAxis: [
      logAxis("loss above the least", { gridIndex: 0, nameGap: 50, min: 1e-6, max: 1e6 }),
      logAxis("loss above the least", { gridIndex: 1, nameGap: 50, min: 1e-7, max: 1e9 }),
    ],
    series: [
      ...Object.entries(runs).map(([key, { losses }]) =>
        line(
          names[key],
          losses.map((loss) => visible(loss - least)),
        ),
      ),
      line("too high: critical * 3", high.losses, { xs: high.losses.map((_, step) => step / 16) }),
      line(
        "sweep",
        sweep.map(({ excess }) => visible(excess)),
        {
          xs: sweep.map(({ share }) => share),
          color: "#000000",
          markLine: { symbol: "none", label: { formatter: "2 / L" }, data: [{ xAxis: 1 }] },
          ...second,
        },
      ),
    ],
  },
  { width: 1040, height: 460 },
);
console.log(`${file} shows it`);

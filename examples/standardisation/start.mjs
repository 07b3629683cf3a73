/**
 * Inputs in [99.9, 100.1]: training without and with standardisation; draws losses and fits.
 *
 *   npm run example -- standardisation [epochs] [folder]       writes standardisation.svg, standardisation.md and the module
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { writeFigure } from "../lib/figure.mjs";
import { axis, line, logAxis } from "../lib/series.mjs";
import { showTable, writeFacts } from "../lib/table.mjs";
import { target, trainBoth, x } from "./experiment.mjs";

const epochs = Number(process.argv[2] ?? 200);
const folder = process.argv[3] ?? process.env.NABLA_OUT ?? "out/standardisation";
const { raw, standardised } = await trainBoth(epochs);

showTable(
  `${folder}/standardisation.md`,
  ["inputs", "loss at the start", `after ${epochs} epochs`],
  Object.entries({ "as they are": raw, standardised }).map(([name, { losses }]) => [
    name,
    losses[0].toFixed(4),
    losses.at(-1).toFixed(4),
  ]),
);
const { "input.shift": shift, "input.scale": scale } = standardised.net.parameters;
const measured = { mean: shift[0].toFixed(4), deviation: (1 / scale[0]).toFixed(4) };
writeFacts(folder, measured);
console.log(`measured: mean ${measured.mean}, deviation ${measured.deviation}; both are in the module`);
mkdirSync(folder, { recursive: true });
writeFileSync(`${folder}/standardisation.infer.wasm`, standardised.wasm);
console.log(`${folder}/standardisation.infer.wasm has ${standardised.wasm.length} bytes and takes raw values`);

const right = { xAxisIndex: 1, yAxisIndex: 1 };
const loss = (name, { losses }, color) => line(name, losses, { color });
const fit = (name, { shipped }, color) => line(name, shipped, { xs: x.map((v) => 100 * (v - 100)), ...right, color });
const title = (text, left) => ({ text, left, textAlign: "center", top: 4, textStyle: { fontSize: 15 } });
const file = writeFigure(
  `${folder}/standardisation.svg`,
  {
    title: [title("Loss while training", "27%"), title("What the shipped module says", "77%")],
    legend: { top: 34, left: "center", icon: "roundRect", itemWidth: 14, itemHeight: 4, itemGap: 24 },
    grid: [
      { left: "8%", width: "39%", top: 70, bottom: 50 },
      { left: "58%", width: "39%", top: 70, bottom: 50 },
    ],
    xAxis: [axis("epoch", { gridIndex: 0 }), axis("hundredths from 100", { gridIndex: 1 })],
    yAxis: [logAxis("mean squared error", { gridIndex: 0, nameGap: 48 }), axis("y", { gridIndex: 1 })],
    series: [
      line("target", x.map(target), {
        xs: x.map((v) => 100 * (v - 100)),
        ...right,
        color: "#c4c4c4",
        lineStyle: { width: 6 },
      }),
      loss("inputs as they are", raw, "#d55e00"),
      loss("standardised", standardised, "#0072b2"),
      fit("inputs as they are", raw, "#d55e00"),
      fit("standardised", standardised, "#0072b2"),
    ],
  },
  { width: 1000, height: 420 },
);
console.log(file);

/**
 * Activations side by side: their shapes, and how the same network learns with each.
 *
 *   npm run example -- activations [epochs] [folder]       writes shapes.svg, training.svg, losses.md
 */
import { writeFigure } from "../lib/figure.mjs";
import { axis, legend, line, logAxis } from "../lib/series.mjs";
import { showTable } from "../lib/table.mjs";
import { points, profiles, race } from "./experiment.mjs";

const epochs = Number(process.argv[2] ?? 100);
const folder = process.argv[3] ?? process.env.NABLA_OUT ?? "out/activations";

/** Lines and ticks in 16 panels would be most of the file. */
const bare = { type: "value", splitLine: { show: false }, axisTick: { show: false } };

console.log(`${drawShapes(Object.entries(await profiles(points)))} shows each activation with its derivative`);
const results = await race({ seeds: [1, 2, 3, 4, 5], epochs });
results.sort((a, b) => a.test - b.test);
showTable(
  `${folder}/losses.md`,
  ["activation", "test loss"],
  results.map(({ name, test }) => [name, test.toFixed(5)]),
);
console.log(`${drawTraining()} shows the training losses`);

/** Panels of four a row, values blue, derivatives orange. */
function drawShapes(shapes) {
  const [columns, width, height] = [4, 230, 160];
  const place = (panel) => ({
    left: 40 + (panel % columns) * width,
    top: 90 + Math.floor(panel / columns) * height,
    width: width - 45,
    height: height - 55,
  });
  return writeFigure(
    `${folder}/shapes.svg`,
    {
      title: [
        { text: "Activations and their derivatives, from -4 to 4", left: "center" },
        ...shapes.map(([text], panel) => ({
          text,
          left: place(panel).left + (width - 45) / 2,
          top: place(panel).top - 24,
          textAlign: "center",
          textStyle: { fontSize: 13 },
        })),
      ],
      legend: legend(["value", "derivative"], { top: 30 }),
      grid: shapes.map((_, panel) => place(panel)),
      xAxis: shapes.map((_, gridIndex) => ({ gridIndex, ...bare, min: -4, max: 4, interval: 4 })),
      yAxis: shapes.map((_, gridIndex) => ({ gridIndex, ...bare, min: -2, max: 4, interval: 2 })),
      series: shapes.flatMap(([, { value, derivative }], panel) =>
        [
          ["value", value],
          ["derivative", derivative],
        ].map(([name, ys]) => line(name, ys, { xs: points, xAxisIndex: panel, yAxisIndex: panel, clip: true })),
      ),
    },
    { width: 950, height: 90 + Math.ceil(shapes.length / columns) * height },
  );
}

/** A few that differ; the table has all. */
function drawTraining() {
  const shown = results.filter(({ name }) =>
    ["identity", "sigmoid", "tanh", "relu", "hardSigmoid", "gelu", "mish"].includes(name),
  );
  return writeFigure(`${folder}/training.svg`, {
    title: { text: "The same network with different activations", left: "center" },
    legend: legend(
      shown.map(({ name }) => name),
      { top: 32 },
    ),
    grid: { left: 80, right: 30, top: 75, bottom: 50 },
    xAxis: axis("epoch"),
    yAxis: logAxis("mean square error, training points", { nameGap: 55 }),
    series: shown.map(({ name, losses }) => line(name, losses, { most: 60 })),
  });
}

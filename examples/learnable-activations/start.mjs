/**
 * PReLU and Swish learn their own shape from noisy points; draws the shapes before and after, and the way between.
 *
 *   npm run example -- learnable-activations [epochs] [folder]       writes learnable-activations.svg, parameters.md
 */
import { writeFigure } from "../lib/figure.mjs";
import { evenly } from "../lib/random.mjs";
import { axis, dots, line } from "../lib/series.mjs";
import { showTable } from "../lib/table.mjs";
import { learn, prelu, start, swish, truth } from "./experiment.mjs";

const epochs = Number(process.argv[2] ?? 40);
const folder = process.argv[3] ?? process.env.NABLA_OUT ?? "out/learnable-activations";
const { data, slopes, betas } = await learn({ epochs });

const learned = { slope: slopes.at(-1), beta: betas.at(-1) };
showTable(
  `${folder}/parameters.md`,
  ["parameter", "start", "truth", "learned"],
  Object.keys(truth).map((name) => [name, start[name], truth[name], learned[name].toFixed(3)]),
);

const grid = evenly(121, -3, 3);
const panel = (index) => ({ xAxisIndex: index, yAxisIndex: index });
const grey = "#a8a8a8";

/** The points, and the shape before and after. */
function shapes(index, target, shape, key) {
  const draw = (name, value, style) =>
    line(
      name,
      grid.map((x) => shape(x, value)),
      { xs: grid, ...panel(index), ...style },
    );
  const points = data.inputs.x.subarray(0, 60);
  return [
    dots("data", points, target, { ...panel(index), symbolSize: 3, color: grey }),
    draw("before", start[key], { color: "#0072b2", lineStyle: { type: "dashed" } }),
    draw("after", learned[key], { color: "#d55e00" }),
  ];
}

/** A parameter against the epochs, with its true value. */
const way = (name, values, color) =>
  line(name, values, {
    xs: [...values.keys()],
    ...panel(2),
    color,
    markLine: { silent: true, symbol: "none", label: { show: false }, data: [{ yAxis: truth[name] }] },
  });

const title = (text, left) => ({ text, left, textAlign: "center", top: 4, textStyle: { fontSize: 15 } });
const key = { top: 34, icon: "roundRect", itemWidth: 14, itemHeight: 4, itemGap: 20 };
const file = writeFigure(
  `${folder}/learnable-activations.svg`,
  {
    title: [title("PReLU", "17%"), title("Swish", "50%"), title("what they learn (dashed: truth)", "83%")],
    legend: [
      { ...key, data: ["data", "before", "after"], left: "24%" },
      { ...key, data: ["slope", "beta"], left: "80%" },
    ],
    grid: ["5%", "38%", "71%"].map((left) => ({ left, width: "27%", top: 70, bottom: 50 })),
    xAxis: ["x", "x", "epoch"].map((name, gridIndex) => axis(name, { gridIndex })),
    yAxis: ["y", "y", ""].map((name, gridIndex) => axis(name, { gridIndex, ...(name ? {} : { min: -1, max: 3 }) })),
    series: [
      ...shapes(0, data.targets.bentTarget, prelu, "slope"),
      ...shapes(1, data.targets.smoothTarget, swish, "beta"),
      way("slope", slopes, "#009e73"),
      way("beta", betas, "#cc79a7"),
    ],
  },
  { width: 1100, height: 400 },
);
console.log(file);

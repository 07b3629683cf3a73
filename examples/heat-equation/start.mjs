/**
 * Solves the heat equation with a network, without any targets; draws it beside the exact solution.
 *
 *   npm run example -- heat-equation [steps] [folder]       writes heat-equation.svg, heat-equation.md
 */
import { writeFigure } from "../lib/figure.mjs";
import { axis, dots, line, logAxis } from "../lib/series.mjs";
import { showTable, writeFacts } from "../lib/table.mjs";
import { compare, solve } from "./experiment.mjs";

const steps = Number(process.argv[2] ?? 8000);
const folder = process.argv[3] ?? process.env.NABLA_OUT ?? "out/heat-equation";
const { net, losses } = await solve(steps);
const { places, u, wanted, errors, largest } = await compare(net);

/** The row of the grid at a time, of any of its values. */
const at = (values, time) => [...values.slice(places.length * time, places.length * (time + 1))];
const times = [0, 10, 20, 30, 40];
const name = (time) => `t = ${places[time]}`;

showTable(
  `${folder}/heat-equation.md`,
  ["t", "u(0.5, t)", "exact", "largest error along the rod"],
  times.map((time) => [
    places[time],
    at(u, time)[20].toFixed(5),
    at(wanted, time)[20].toFixed(5),
    Math.max(...at(errors, time).map(Math.abs)).toExponential(1),
  ]),
);
writeFacts(folder, { largest: largest.toExponential(1) });
console.log(`mean squared residual ${losses.at(-1).toExponential(1)}, largest error ${largest.toExponential(1)}`);

const title = (text, left) => ({ text, left, textAlign: "center", top: 4, textStyle: { fontSize: 15 } });
const panel = (index) => ({ xAxisIndex: index, yAxisIndex: index });
const powerOfTen = { formatter: (value) => `1e${Math.round(Math.log10(value))}` };
const every = (values, stride) => values.filter((_, i) => i % stride === 0);
const file = writeFigure(
  `${folder}/heat-equation.svg`,
  {
    title: [title("u, and exact (dots)", "18%"), title("u - exact, in 1e-4", "51%"), title("Squared residual", "84%")],
    legend: {
      data: times.map(name),
      top: 34,
      left: "center",
      icon: "roundRect",
      itemWidth: 14,
      itemHeight: 4,
      itemGap: 20,
    },
    grid: ["5%", "38%", "73%"].map((left) => ({ left, width: "26%", top: 70, bottom: 50 })),
    xAxis: ["x", "x", "epoch"].map((label, gridIndex) => axis(label, { gridIndex })),
    yAxis: [
      axis("u", { gridIndex: 0, min: 0 }),
      axis("error", { gridIndex: 1 }),
      logAxis("mean over the points", { gridIndex: 2, nameGap: 44, axisLabel: powerOfTen }),
    ],
    series: [
      ...times.map((time) => line(name(time), at(u, time), { xs: places })),
      ...times.map((time) =>
        line(
          name(time),
          at(errors, time).map((error) => 1e4 * error),
          { xs: places, ...panel(1) },
        ),
      ),
      ...times.map((time) => dots(name(time), every(places, 4), every(at(wanted, time), 4), { symbolSize: 5 })),
      line("residual", losses, { ...panel(2), color: "#000000", lineStyle: { width: 1.5 } }),
    ],
  },
  { width: 1100, height: 420 },
);
console.log(file);

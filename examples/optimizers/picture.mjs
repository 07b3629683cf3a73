/** The picture of a race: two columns of optimisers, above their paths over contour lines, below their heights. */
import { axis, line, logAxis } from "../lib/series.mjs";
import { contour } from "./experiment.mjs";

const colours = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000"];
const floor = 1e-8;
const left = ["7%", "56%"];

/** An ECharts option of 1000 by 900 pixels. */
export function picture(runs) {
  const adaptive = runs.filter(({ name }) => /^rmsprop, |adam|lion/.test(name));
  const columns = [runs.filter((run) => !adaptive.includes(run)), adaptive];
  const gridIndexes = [0, 1, 2, 3];
  const panel = { width: "41%" };
  return {
    title: {
      text: `${runs.length} optimisers on (1 - x)² + 20 (y - x²)², each at its best rate`,
      subtext: "above: the way of the point, from the upper left to the lowest place (the dot); below: how high it is",
      left: "center",
    },
    legend: columns.map((column, i) => legend(column, left[i])),
    grid: columns.flatMap((_, i) => [
      { ...panel, left: left[i], top: 120, height: 380 },
      { ...panel, left: left[i], top: 580, height: 260 },
    ]),
    xAxis: gridIndexes.map((gridIndex) => (gridIndex % 2 ? axis("step", { gridIndex }) : place("x", gridIndex, -2))),
    yAxis: gridIndexes.map((gridIndex) => (gridIndex % 2 ? heightAxis(gridIndex) : place("y", gridIndex, -1))),
    series: columns.flatMap((column, i) => [
      ...[0.2, 1, 5, 20].map((height) => contourLine(height, 2 * i)),
      { type: "scatter", ...on(2 * i), data: [[1, 1]], symbolSize: 11, color: "#444444", z: 5 },
      ...column.flatMap((run, position) => curves(run, 2 * i, colours[position])),
    ]),
  };
}

const on = (index) => ({ xAxisIndex: index, yAxisIndex: index });

const place = (name, gridIndex, min) =>
  axis(name, { gridIndex, min, max: min + 4, interval: 1, splitLine: { show: false } });

function heightAxis(gridIndex) {
  const formatter = (value) => `1e${Math.round(Math.log10(value))}`;
  return logAxis("height", { gridIndex, min: floor, max: 100, nameGap: 38, axisLabel: { formatter } });
}

const legend = (column, start) => ({
  data: column.map(({ name }) => name),
  left: start,
  top: 66,
  width: 400,
  icon: "roundRect",
  itemWidth: 14,
  itemHeight: 4,
  itemGap: 16,
  textStyle: { fontSize: 11 },
});

function contourLine(height, index) {
  const points = contour(height, 100);
  const [xs, ys] = [0, 1].map((k) => points.map((point) => point[k]));
  return line(undefined, ys, { xs, ...on(index), lineStyle: { color: "#c4c4c4", width: 1 }, silent: true });
}

function curves({ name, path, heights }, index, color) {
  const places = thinned(path);
  const [xs, ys] = [0, 1].map((k) => places.map((point) => point[k]));
  const shown = heights.map((height) => Math.max(height, floor));
  const style = { color, lineStyle: { width: 1.6 } };
  return [
    line(name, ys, { xs, most: 105, ...on(index), ...style }),
    line(name, shown, { xs: [...shown.keys()], most: 45, ...on(index + 1), ...style }),
  ];
}

/** Without the points that lie on the one before. */
function thinned([first, ...rest]) {
  const kept = [first];
  for (const point of rest) {
    if (Math.hypot(...point.map((v, k) => v - kept.at(-1)[k])) > 0.03) kept.push(point);
  }
  return kept;
}

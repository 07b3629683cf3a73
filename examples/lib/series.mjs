/**
 * Series of an ECharts option from plain arrays, thinned, so that a figure stays small.
 *
 *   series: [line("loss", losses), dots("rows", x, y)]
 */

/** A curve of `ys` against `xs`, or against 1, 2, 3... where there are none: at most `most` points and the last. */
export function line(name, ys, { xs, most = 120, ...style } = {}) {
  const stride = Math.max(1, Math.ceil(ys.length / most));
  const points = [...ys].map((y, i) => [short(xs ? xs[i] : i + 1), short(y)]);
  const data = points.filter((_, i) => i % stride === 0 || i === points.length - 1);
  return { type: "line", name, data, showSymbol: false, lineStyle: { width: 2 }, ...style };
}

/** Points. */
export const dots = (name, xs, ys, style = {}) => ({
  type: "scatter",
  name,
  data: [...xs].map((x, i) => [short(x), short(ys[i])]),
  symbolSize: 7,
  ...style,
});

/** Four digits are more than a pixel shows. */
const short = (value) => Number(value.toPrecision(4));

/** An axis with its name beside its middle. */
export const axis = (name, more = {}) => ({
  type: "value",
  name,
  nameLocation: "middle",
  nameGap: 32,
  scale: true,
  axisLine: { onZero: false },
  ...more,
});

/** The same in logarithms. The powers that ECharts computes are a little off, and its labels say so to the last digit. */
export const logAxis = (name, more = {}) => axis(name, { type: "log", axisLabel: { formatter: powerLabel }, ...more });

const powerLabel = (value) => (value < 1e-3 || value > 1e3 ? value.toExponential(0) : String(short(value)));

/** A legend with room between its entries: browsers differ in the width of their letters. */
export const legend = (data, more = {}) => ({ data, itemGap: 22, itemWidth: 22, ...more });

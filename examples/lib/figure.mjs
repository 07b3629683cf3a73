/**
 * Draws a figure as an SVG file: the charts of an example are options of Apache ECharts, rendered without a browser.
 *
 *   writeFigure("out/approximation/fit.svg", { title: { text: "..." }, xAxis: {}, yAxis: {}, series: [...] })
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import * as echarts from "echarts";

/** Colours that differ in lightness, too, and so survive grey print (Okabe and Ito, 2008). */
const palette = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000"];

const theme = {
  animation: false,
  color: palette,
  backgroundColor: "#ffffff",
  textStyle: { fontFamily: "sans-serif" },
};

/** Writes `option`, an ECharts option, as an SVG of the given size in pixels; makes the folder. Returns the path. */
export function writeFigure(path, option, { width = 900, height = 540 } = {}) {
  const chart = echarts.init(null, null, { renderer: "svg", ssr: true, width, height });
  try {
    chart.setOption({ ...theme, ...option });
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, chart.renderToSVGString());
  } finally {
    // An instance left open keeps Node alive.
    chart.dispose();
  }
  return path;
}

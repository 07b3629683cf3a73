/** A chart as SVG text, drawn by Apache ECharts without a browser. */
import type { EChartsOption } from "echarts";

/** Differ in lightness, too (Okabe and Ito, 2008). */
export const palette = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9"];

export interface ChartSize {
  readonly width: number;
  readonly height: number;
}

export async function drawChart(option: EChartsOption, size: ChartSize): Promise<string> {
  const echarts = await import("echarts");
  const chart = echarts.init(null, null, { renderer: "svg", ssr: true, ...size });
  try {
    chart.setOption({ animation: false, color: palette, textStyle: { fontFamily: "sans-serif" }, ...option });
    return chart.renderToSVGString();
  } finally {
    // An instance left open keeps Node alive.
    chart.dispose();
  }
}

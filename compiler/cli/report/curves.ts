/** Curves over epochs as an SVG text, drawn by Apache ECharts without a browser. */
import type { LineSeriesOption } from "echarts";

export interface Curve {
  readonly name: string;
  /** One an epoch; undefined where there is none. */
  readonly values: readonly (number | undefined)[];
}

/** Differ in lightness, too (Okabe and Ito, 2008). */
const palette = ["#0072b2", "#d55e00", "#009e73"];

/** `first` is the number of the first epoch, as people count. */
export async function drawCurves(what: string, curves: readonly Curve[], first: number): Promise<string> {
  const echarts = await import("echarts");
  const chart = echarts.init(null, null, { renderer: "svg", ssr: true, width: 900, height: 380 });
  try {
    chart.setOption({
      animation: false,
      color: palette,
      textStyle: { fontFamily: "sans-serif" },
      legend: { top: 6 },
      grid: { left: 70, right: 30, top: 46, bottom: 50 },
      xAxis: { type: "value", name: "epoch", nameLocation: "middle", nameGap: 30, min: first, minInterval: 1 },
      yAxis: { type: "value", name: what, scale: true },
      series: curves.map(({ name, values }): LineSeriesOption => {
        const points = values.flatMap((value, i) => (value === undefined ? [] : [[first + i, value]]));
        return { type: "line", name, showSymbol: points.length < 2, data: points };
      }),
    });
    return chart.renderToSVGString();
  } finally {
    // An instance left open keeps Node alive.
    chart.dispose();
  }
}

/**
 * A chart as SVG text, drawn by Apache ECharts without a browser. Its colours are names that the page gives (page.ts), light or
 * dark, so that it stands in such a page only.
 */
import type { EChartsOption } from "echarts";

/** Six, given by the page: they differ in lightness, too (Okabe and Ito, 2008). */
export const palette = Array.from({ length: 6 }, (_, i) => `var(--series-${i})`);

/** Of text and of lines. */
export const ink = "var(--ink)";
export const line = "var(--line)";

export interface ChartSize {
  readonly width: number;
  readonly height: number;
}

const axis = {
  axisLine: { lineStyle: { color: line } },
  axisTick: { lineStyle: { color: line } },
  minorTick: { lineStyle: { color: line } },
  axisLabel: { color: ink },
  splitLine: { lineStyle: { color: [line], opacity: 0.6 } },
  nameTextStyle: { color: ink },
};
const theme = {
  color: palette,
  textStyle: { color: ink, fontFamily: "sans-serif" },
  legend: { textStyle: { color: ink }, icon: "roundRect", itemWidth: 16, itemHeight: 8 },
  valueAxis: axis,
  logAxis: axis,
  categoryAxis: axis,
};

export async function drawChart(option: EChartsOption, size: ChartSize): Promise<string> {
  const echarts = await import("echarts");
  const chart = echarts.init(null, theme, { renderer: "svg", ssr: true, ...size });
  try {
    chart.setOption({ animation: false, ...option });
    return chart.renderToSVGString();
  } finally {
    // An instance left open keeps Node alive.
    chart.dispose();
  }
}

const wide = 900;
/** Of a phone that is 360 pixels wide, less the page's margins. */
const narrow = 328;

/** Both of a chart: for a wide page and for a phone, where letters of the wide one could not be read. The page shows one. */
export async function drawForBoth(draw: (width: number) => EChartsOption, height: number): Promise<string> {
  const [forPage, forPhone] = await Promise.all(
    [wide, narrow].map((width) => drawChart(draw(width), { width, height })),
  );
  return `<div class="wide">${forPage}</div><div class="narrow">${forPhone}</div>`;
}

/** Whether a chart of that width is one for a phone. */
export const isNarrow = (width: number): boolean => width === narrow;

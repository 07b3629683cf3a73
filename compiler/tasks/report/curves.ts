/** Curves over epochs. */
import type { LineSeriesOption } from "echarts";
import { drawForBoth, ink, isNarrow } from "./chart.ts";

export interface Curve {
  readonly name: string;
  /** Epochs, as people count, and values. */
  readonly points: readonly (readonly [epoch: number, value: number])[];
}

export interface CurveSettings {
  /** Where the axis begins. */
  readonly from: number;
  /** An epoch to mark, and why. */
  readonly mark?: { readonly epoch: number; readonly name: string } | undefined;
  /** Whether the values are shares, to be read in percent. */
  readonly percent?: boolean;
  readonly height?: number;
}

/** HTML. `what` names the values. */
export const drawCurves = (
  what: string,
  curves: readonly Curve[],
  { from, mark, percent = false, height = 380 }: CurveSettings,
): Promise<string> =>
  drawForBoth((width) => {
    // Names stand one below the other where they do not fit beside.
    const legendHeight = isNarrow(width) ? 24 * curves.length : 24;
    const label = percent ? { formatter: (value: number) => `${Number((100 * value).toPrecision(4))} %` } : {};
    return {
      legend: { top: 6, left: isNarrow(width) ? 0 : "center", orient: isNarrow(width) ? "vertical" : "horizontal" },
      grid: { left: isNarrow(width) ? 52 : 70, right: 30, top: 38 + legendHeight, bottom: 50 },
      xAxis: {
        type: "value",
        name: "epoch",
        nameLocation: "middle",
        nameGap: 30,
        min: from,
        max: "dataMax",
        minInterval: 1,
      },
      yAxis: { type: "value", name: what, scale: true, splitNumber: Math.round(height / 75), axisLabel: label },
      series: curves.map(({ name, points }, i): LineSeriesOption => {
        const data = points.map(([epoch, value]) => [epoch, value]);
        const marked = mark && i === 0 ? { markLine: markLineOf(mark) } : {};
        return { type: "line", name, showSymbol: points.length < 2, data, ...marked };
      }),
    };
  }, height);

const markLineOf = ({ epoch, name }: NonNullable<CurveSettings["mark"]>): LineSeriesOption["markLine"] => ({
  symbol: "none",
  lineStyle: { color: ink, type: "dashed" },
  label: { formatter: name, color: ink, position: "end" },
  data: [{ xAxis: epoch }],
});

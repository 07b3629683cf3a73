/** Curves over epochs. */
import type { LineSeriesOption } from "echarts";
import { drawChart } from "./chart.ts";

export interface Curve {
  readonly name: string;
  /** One an epoch; undefined where there is none. */
  readonly values: readonly (number | undefined)[];
}

/** SVG. `first` is the number of the first epoch, as people count. */
export const drawCurves = (what: string, curves: readonly Curve[], first: number): Promise<string> =>
  drawChart(
    {
      legend: { top: 6 },
      grid: { left: 70, right: 30, top: 46, bottom: 50 },
      xAxis: { type: "value", name: "epoch", nameLocation: "middle", nameGap: 30, min: first, minInterval: 1 },
      yAxis: { type: "value", name: what, scale: true },
      series: curves.map(({ name, values }): LineSeriesOption => {
        const points = values.flatMap((value, i) => (value === undefined ? [] : [[first + i, value]]));
        return { type: "line", name, showSymbol: points.length < 2, data: points };
      }),
    },
    { width: 900, height: 380 },
  );

/**
 * Each group of a function as a point: how much it computes for each byte that it moves, and how fast it ran, below what the
 * engine can do at most (Williams, Waterman and Patterson 2009).
 */
import type { LineSeriesOption, ScatterSeriesOption } from "echarts";
import { drawForBoth, isNarrow } from "../report/chart.ts";
import type { Roof } from "./roof.ts";

export interface RoofPoint {
  readonly name: string;
  readonly flops: number;
  readonly bytes: number;
  readonly nanoseconds: number;
}

/** HTML. `series` by function: infer, step. */
export function drawRoofline(series: ReadonlyMap<string, readonly RoofPoint[]>, roof: Roof): Promise<string> {
  const points = [...series.values()].flat().filter(({ flops, bytes }) => flops > 0 && bytes > 0);
  const intensities = points.map(({ flops, bytes }) => flops / bytes);
  const low = 10 ** Math.floor(Math.log10(Math.min(0.05, ...intensities)));
  const high = 10 ** Math.ceil(Math.log10(Math.max(10, ...intensities)));
  const line = (name: string, speed: number): LineSeriesOption => ({
    type: "line",
    name,
    showSymbol: false,
    data: [low, roof.flops / speed, high].map((x) => [x, Math.min(roof.flops, speed * x)]),
  });
  const scatter = ([name, all]: [string, readonly RoofPoint[]]): ScatterSeriesOption => ({
    type: "scatter",
    name,
    symbolSize: 9,
    data: all
      .filter(({ flops, bytes }) => flops > 0 && bytes > 0)
      .map(({ flops, bytes, nanoseconds }) => [flops / bytes, flops / nanoseconds]),
  });
  return drawForBoth(
    (width) => ({
      legend: { top: 6 },
      grid: { left: isNarrow(width) ? 44 : 70, right: 30, top: isNarrow(width) ? 80 : 60, bottom: 50 },
      xAxis: { type: "log", name: "FLOPs a byte", nameLocation: "middle", nameGap: 30, min: low, max: high },
      yAxis: { type: "log", name: "GFLOP/s" },
      series: [line("from the cache", roof.cache), line("from memory", roof.memory), ...[...series].map(scatter)],
    }),
    420,
  );
}

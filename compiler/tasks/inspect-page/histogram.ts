/** How the values of a tensor are spread, in bins of equal width. */
import { drawChart } from "../report/chart.ts";

export interface Histogram {
  /** Of the first bin's left and the last bin's right edge. */
  readonly low: number;
  readonly high: number;
  readonly counts: readonly number[];
  /** Values that are no finite numbers, in no bin. */
  readonly notFinite: number;
}

export function histogramOf(values: ArrayLike<number>, bins = 24): Histogram {
  const finite = Array.from(values).filter(Number.isFinite);
  const low = finite.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const high = finite.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const counts = new Array<number>(bins).fill(0);
  // All in one place: the whole range is one bin.
  const width = high > low ? (high - low) / bins : 1;
  for (const value of finite) counts[Math.min(bins - 1, Math.floor((value - low) / width))]!++;
  return {
    low: finite.length ? low : 0,
    high: finite.length ? high : 0,
    counts,
    notFinite: values.length - finite.length,
  };
}

/** SVG. */
export const drawHistogram = ({ low, high, counts }: Histogram): Promise<string> =>
  drawChart(
    {
      grid: { left: 46, right: 12, top: 12, bottom: 24 },
      xAxis: {
        type: "category",
        data: counts.map((_, i) => shortNumber(low + ((i + 0.5) * (high - low)) / counts.length)),
      },
      yAxis: { type: "value", splitNumber: 3, minInterval: 1 },
      series: [{ type: "bar", data: [...counts], barCategoryGap: "5%" }],
    },
    { width: 430, height: 170 },
  );

export const shortNumber = (value: number): string => String(Number(value.toPrecision(3)));

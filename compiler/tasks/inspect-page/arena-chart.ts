/** The arena of a function: each temporary as a rectangle of its bytes, from the group that writes it to the last that reads it. */
import type { CustomSeriesRenderItem } from "echarts";
import type { PlannedFunction } from "../../plan/plan.ts";
import { drawForBoth, ink, isNarrow, palette } from "../report/chart.ts";

export interface LiveRange {
  readonly name: string;
  /** Groups, by position in the schedule, inclusive. */
  readonly first: number;
  readonly last: number;
  /** Bytes from the start of the arena. */
  readonly from: number;
  readonly to: number;
}

export const liveRanges = ({ assignment, arena }: PlannedFunction): LiveRange[] =>
  assignment.temporaries.map(({ buffer, bytes, first, last }) => {
    const from = arena.offsets.get(buffer)!;
    return { name: buffer.name, first, last, from, to: from + bytes };
  });

/** HTML. */
export function drawArena(ranges: readonly LiveRange[], bytes: number): Promise<string> {
  const last = Math.max(...ranges.map((range) => range.last));
  const values = ranges.map(({ first, last: end, from, to }) => [first, end + 1, from, to]);
  return drawForBoth(
    (width) => ({
      grid: { left: isNarrow(width) ? 56 : 80, right: 24, top: 36, bottom: 50 },
      xAxis: {
        type: "value",
        name: "group",
        nameLocation: "middle",
        nameGap: 28,
        min: 0,
        max: last + 1,
        minInterval: 1,
      },
      yAxis: { type: "value", name: "bytes", min: 0, max: bytes, minInterval: 1 },
      series: [{ type: "custom", renderItem: rectangle(ranges), data: values, encode: { x: [0, 1], y: [2, 3] } }],
    }),
    420,
  );
}

const rectangle =
  (ranges: readonly LiveRange[]): CustomSeriesRenderItem =>
  (params, api) => {
    const [left, top] = api.coord([api.value(0), api.value(3)]) as [number, number];
    const [right, bottom] = api.coord([api.value(1), api.value(2)]) as [number, number];
    const shape = { x: left, y: top, width: Math.max(1, right - left), height: Math.max(1, bottom - top) };
    const { name } = ranges[params.dataIndex]!;
    // A label that does not fit would hide its neighbours; the table has them all.
    const fits = shape.height > 14 && shape.width > 7 * name.length;
    const fill = palette[params.dataIndex % palette.length]!;
    const box = { type: "rect" as const, shape, style: { fill, opacity: 0.6, stroke: ink, lineWidth: 0.5 } };
    const text = {
      x: shape.x + 5,
      y: shape.y + shape.height / 2,
      text: name,
      textVerticalAlign: "middle" as const,
      fill: ink,
    };
    return {
      type: "group",
      children: fits ? [box, { type: "text" as const, style: { ...text, fontSize: 11 } }] : [box],
    };
  };

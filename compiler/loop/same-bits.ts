/**
 * The tiles that give a kernel the same bits as the one chosen by rule: among them a cost model or a clock may choose.
 *
 *   lanes along i1 x2, i0 by 4      ->      x1, x2, ... with i0 by 1, 2, ... as far as they fit in registers
 *
 * Where lanes run along columns, each output is summed up in index order, whatever the tile. Where they run across the sum,
 * lanes and partial sums are its order: these stay, and only the points side by side vary.
 */
import type { FloatType } from "../graph/types.ts";
import { laneCount } from "./ir.ts";
import type { Axis, Kernel } from "./kernel.ts";
import { chains, printTile, type Reduction, reductionOf, reuses, sizeOf, type TilePlan } from "./tile.ts";

/**
 * V8 on x86-64 has 15 vector registers to give away: accumulators, a vector of each column, one element of a row and one
 * product. Past them, 512 x 512 x 512 takes twice the time.
 */
export const registers = 15;

const mostRows = 6;
const mostVectors = 8;

export interface TileRequest {
  readonly dtype: FloatType;
  /** The most rows of a call. */
  readonly batch: number;
}

/** All that are worth considering, `plan` first. Only kernels that sum or take a maximum have others. */
export function tilesLike(plan: TilePlan, kernel: Kernel, request: TileRequest): TilePlan[] {
  const reduction = reductionOf(kernel);
  const vector = [...kernel.axes, ...(reduction?.axes ?? [])].find(({ name }) => name === plan.vector);
  if (reduction === undefined || vector === undefined) return [plan];
  const others = plan.across
    ? acrossTiles(plan, kernel, reduction, request)
    : alongTiles(kernel, reduction, vector, request);
  const text = printTile(plan);
  return [plan, ...others.filter((other) => printTile(other) !== text)];
}

function alongTiles(kernel: Kernel, reduction: Reduction, vector: Axis, { dtype, batch }: TileRequest): TilePlan[] {
  const row = kernel.axes.at(-2);
  const tileable = row !== undefined && vector === kernel.axes.at(-1) && reuses(reduction, row);
  const fitting = vector.extent === "n" ? 1 : Math.ceil(sizeOf(vector) / laneCount(dtype));
  const rows = tileable ? Math.min(mostRows, sizeAt(row, batch)) : 1;
  return counts(rows).flatMap((by) =>
    counts(Math.min(mostVectors, fitting))
      .filter((vectors) => by * vectors + vectors + 2 <= registers)
      .map((vectors) => ({ vector: vector.name, across: false, vectors, ...rowsOf(row, by, fitting) })),
  );
}

const rowsOf = (row: Axis | undefined, by: number, fitting: number): Pick<TilePlan, "unroll" | "lastRows"> =>
  row === undefined || by === 1
    ? { unroll: [] }
    : { unroll: [{ axis: row.name, by }], lastRows: Math.min(fitting, chains) };

function acrossTiles(plan: TilePlan, kernel: Kernel, reduction: Reduction, { batch }: TileRequest): TilePlan[] {
  // With several partial sums a point, points side by side would not fit.
  if (plan.vectors > 1) return [];
  const axes = kernel.axes.slice(-2).filter((axis) => reuses(reduction, axis));
  const sizes = axes.map((axis) => counts(Math.min(mostRows, sizeAt(axis, batch))));
  const tiles = sizes.reduce<number[][]>((all, some) => all.flatMap((a) => some.map((b) => [...a, b])), [[]]);
  return tiles
    .filter((by) => product(by) + Math.min(...by) + 2 <= registers)
    .map((by) => ({
      ...plan,
      unroll: axes.flatMap((axis, i) => (by[i] === 1 ? [] : [{ axis: axis.name, by: by[i]! }])),
    }));
}

const sizeAt = (axis: Axis, batch: number): number => (axis.extent === "n" ? batch : axis.extent) * axis.scale;
const counts = (most: number): number[] => Array.from({ length: most }, (_, i) => i + 1);
const product = (values: readonly number[]): number => values.reduce((a, b) => a * b, 1);

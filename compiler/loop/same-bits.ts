/**
 * The tiles that give a kernel the same bits: among them a cost model or a clock may choose.
 *
 *   lanes along i1      ->      x1, x2, ... with i0 by 6, 5, ... 1, as far as they fit in registers
 *
 * Where lanes run along columns, each output is summed up in index order, whatever the tile. Where they run across the sum,
 * lanes and partial sums are its order: these stay, and only the points side by side vary. The blocks of a long sum stay, too.
 */
import { laneCount } from "./ir.ts";
import type { Axis, Kernel } from "./kernel.ts";
import { monoidOf } from "./monoids.ts";
import { type Reduction, reductionOf, reuses, sizeAt, sizeOf, type TileRequest, type Tiling } from "./tiling.ts";

/**
 * What V8 on x86-64 has to give away: accumulators, a vector of each column, one element of a row and one product. Past
 * them, 512 x 512 x 512 takes twice the time.
 */
const registers = 15;

const mostRows = 6;

/** Vectors of one row, and of a kernel whose rows share nothing: what it reads then takes registers, too. */
export const mostVectors = 6;
const mostSeparate = 4;

/** All that are worth considering, those of most rows first; `lanes` alone where a kernel has no sum or maximum, or one whose points have several bodies. */
export function tilesLike(lanes: Tiling, kernel: Kernel, request: TileRequest): Tiling[] {
  const reduction = reductionOf(kernel);
  if (reduction === undefined || reduction.more || lanes.vector === undefined) return [lanes];
  return lanes.across ? acrossTiles(lanes, kernel, reduction, request) : alongTiles(lanes, kernel, reduction, request);
}

function alongTiles(lanes: Tiling, { axes }: Kernel, reduction: Reduction, { dtype, batch }: TileRequest): Tiling[] {
  const [row, column] = [axes.at(-2), axes.at(-1)!];
  const shared = row !== undefined && reuses(reduction, row);
  const fitting = column.extent === "n" ? 1 : Math.ceil(sizeOf(column) / laneCount(dtype));
  const most = Math.min(shared ? mostVectors : mostSeparate, fitting);
  const accumulators = monoidOf(reduction.reduce).identity.length;
  return downFrom(shared ? Math.min(mostRows, sizeAt(row, batch)) : 1).flatMap((by) =>
    downFrom(most)
      .filter((vectors) => by * vectors * accumulators + vectors + 2 <= registers)
      .map((vectors) => ({ ...lanes, vectors, ...rowsOf(row, by, fitting) })),
  );
}

/**
 * Rows that are left over go one by one. Each vector of one row is a chain of additions that waits for itself, so a few of
 * them run side by side; 784-128-64-10 at one row takes 10.9 us with 2, 5.7 with 4, 5.2 with 6 (Node 20 and 26). 8 are best
 * on Node 26 (4.5) and too many registers for Node 20 (10.1).
 */
const rowsOf = (row: Axis | undefined, by: number, fitting: number): Pick<Tiling, "unroll" | "lastRows"> =>
  row === undefined || by === 1 ? { unroll: [] } : { unroll: [{ axis: row.name, by }], lastRows: evenly(fitting) };

/** As many rounds as need be, each as wide as the others: 8 vectors are twice 4, not 6 and 2, which are two loops. */
const evenly = (vectors: number): number => Math.ceil(vectors / Math.ceil(vectors / mostVectors));

function acrossTiles(lanes: Tiling, kernel: Kernel, reduction: Reduction, { batch }: TileRequest): Tiling[] {
  const axes = kernel.axes.slice(-2).filter((axis) => reuses(reduction, axis));
  if (axes.length === 0) return [lanes];
  const sizes = axes.map((axis) => downFrom(Math.min(mostRows, sizeAt(axis, batch))));
  const tiles = sizes.reduce<number[][]>((all, some) => all.flatMap((a) => some.map((b) => [...a, b])), [[]]);
  return tiles
    .filter((by) => product(by) + Math.min(...by) + 2 <= registers)
    .map((by) => ({
      ...lanes,
      unroll: axes.flatMap((axis, i) => (by[i] === 1 ? [] : [{ axis: axis.name, by: by[i]! }])),
    }));
}

const downFrom = (most: number): number[] => Array.from({ length: most }, (_, i) => most - i);
const product = (values: readonly number[]): number => values.reduce((a, b) => a * b, 1);

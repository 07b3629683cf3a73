/**
 * The tiles of a relaxed module: where enough sums lie side by side, products are added to them by one instruction, a multiply-and-add.
 *
 *   lanes along i1 x2, i0 by 4, last rows x6   ->   lanes along i1 x2, i0 by 6, last rows x8, madd
 *
 * A madd takes four cycles and two begin in each, so eight sums keep it busy; with fewer, an addition, which waits less
 * long for the one before, is as fast. It needs no register for the product, so that a tile may be larger: 512 x 512 x 512 at
 * 59 GFLOP/s with six rows, 53 with four, 55 without madd (Node 26).
 *
 * A kernel has madd as a whole, what is left over in fewer sums too: on one engine a row then has the same bits in whatever
 * tile it falls.
 */
import type { FloatType } from "../graph/types.ts";
import { laneCount } from "./ir.ts";
import type { Axis, Kernel } from "./kernel.ts";
import { monoidOf } from "./monoids.ts";
import { reductionOf, type Tiling } from "./tiling.ts";

const leastAccumulators = 8;

/** Twelve sums, two vectors of the right operand and one of the left: fifteen registers. */
const tallRows = 6;

/** Vectors of a single row, and of its panels: 784-128-64-10 takes 4.3 us so, 5.0 with the 6 of tile.ts without madd (Node 26). */
export const maddChains = 8;

/** The tiling with `madd` where it pays: for a sum of products with at least eight accumulators in most of its rows. */
export function withMadd(kernel: Kernel, tile: Tiling, batch: number, dtype: FloatType): Tiling {
  const reduction = reductionOf(kernel);
  const isProduct =
    reduction !== undefined &&
    monoidOf(reduction.reduce).isAdditive &&
    !reduction.more &&
    reduction.body.kind === "op" &&
    reduction.body.op === "mul";
  if (!isProduct) return tile;
  const wide = widened(kernel, tile, batch, dtype);
  return accumulatorsOf(kernel, wide, batch) >= leastAccumulators ? { ...wide, madd: true } : tile;
}

function widened(kernel: Kernel, tile: Tiling, batch: number, dtype: FloatType): Tiling {
  const row = axisOf(kernel, tile.unroll[0]?.axis);
  const column = axisOf(kernel, tile.vector);
  if (tile.across || column === undefined) return tile;
  const vectorsThatFit = Math.ceil(sizeOf(column, batch) / laneCount(dtype));
  const alone = Math.min(vectorsThatFit, maddChains);
  if (row === undefined) return { ...tile, vectors: alone };
  const unroll = tile.vectors === 2 && isTall(row, batch) ? [{ axis: row.name, by: tallRows }] : tile.unroll;
  return { ...tile, unroll, lastRows: alone };
}

/**
 * Of a full batch, few rows must be left over. In the update of a weight, whose rows are not those of the batch, the
 * optimiser's own values need the registers: six rows make a training step of 784-128-64-10 a fifth slower.
 */
function isTall(row: Axis, batch: number): boolean {
  const size = sizeOf(row, batch);
  return row.extent === "n" && size % tallRows <= size / 12;
}

/** In the whole tile, or in a single row where the batch is less than a tile. */
function accumulatorsOf(kernel: Kernel, { vectors, unroll, lastRows = vectors }: Tiling, batch: number): number {
  const whole = unroll.filter(({ axis, by }) => by <= sizeOf(axisOf(kernel, axis)!, batch));
  const side = whole.length === unroll.length ? vectors : lastRows;
  return whole.reduce((product, { by }) => product * by, side);
}

const axisOf = ({ axes }: Kernel, name: string | undefined): Axis | undefined =>
  axes.find((axis) => axis.name === name);

const sizeOf = ({ extent, scale }: Axis, batch: number): number => (extent === "n" ? batch : extent) * scale;

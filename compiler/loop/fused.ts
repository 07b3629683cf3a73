/**
 * Which tiles of a relaxed module add products up by one fused instruction instead of two.
 *
 *   lanes along i1 x2, i0 by 4, last rows x6   ->   lanes along i1 x2, i0 by 4, last rows x6, fused
 *
 * A madd waits for its predecessor's product and sum, about four cycles, and two can begin in each: with fewer than eight
 * sums side by side it is the wait that counts, which is no shorter than that of a lone addition.
 */
import type { Kernel } from "./kernel.ts";
import { reductionOf, type TilePlan } from "./tile.ts";

const leastAccumulators = 8;

/** The plan with `fused` where it pays: for a sum of products in a tile of at least eight accumulators. */
export function fuseTile(kernel: Kernel, tile: TilePlan): TilePlan {
  const reduction = reductionOf(kernel);
  const isProduct = reduction?.reduce === "sum" && reduction.body.kind === "op" && reduction.body.op === "mul";
  return isProduct && accumulatorsOf(tile) >= leastAccumulators ? { ...tile, fused: true } : tile;
}

const accumulatorsOf = ({ vectors, unroll }: TilePlan): number =>
  unroll.reduce((product, { by }) => product * by, vectors);

/**
 * Keeps subnormal numbers out of memory, in what a step writes and in the weights that a module carries.
 *
 *   m' = beta * m        0.9 of 4 * 2^-149 rounds to 4 * 2^-149: without a flush the mean of a dead unit stays there for ever
 *
 * Intel takes some 150 cycles for a product with a subnormal number, in place of half of one. No engine can be told to flush
 * them by itself, so the code does, and the bits are the same everywhere.
 */

import type { Node } from "../graph/node.ts";
import { type FloatType, smallestNormal } from "../graph/types.ts";
import { abs, lt, select } from "../ops/index.ts";

/** x, and 0 where it is subnormal. NaN stays NaN. */
export const flushed = (x: Node): Node => select(lt(abs(x), smallestNormal[x.type.dtype as FloatType]), 0, x);

/** The same for numbers known at build; the array itself where there is nothing to flush. */
export function flushedValues(values: ArrayLike<number>, dtype: FloatType): ArrayLike<number> {
  const isSubnormal = (x: number): boolean => x !== 0 && Math.abs(x) < smallestNormal[dtype];
  const list = Array.from(values);
  return list.some(isSubnormal) ? list.map((x) => (isSubnormal(x) ? 0 : x)) : values;
}

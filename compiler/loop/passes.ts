/**
 * Sums that go over their operands in passes: each pass takes a piece of them that stays in the cache, and adds its part of
 * every sum to memory.
 *
 *   dw[i0, i1] = sum[r0<n, r1<32](mul(x[...], dy[...])), passes along r0     ->     dw = 0
 *                                                                           for r0: for i0, i1: acc = sum over r1
 *                                                                                               dw[i0, i1] += acc
 *
 * In one go each tile of dw would read all of x and dy once, from beyond the cache: 11.5 ms for a layer of 32 x 32 x 16, 32
 * rows, and 3.6 in passes. The order of the sum changes with it, so that this is a rule, not a choice by cost.
 */
import { type Axis, type Expr, type Kernel, strideOf } from "./kernel.ts";
import { monoidOf } from "./monoids.ts";
import type { Reduction } from "./tiling.ts";
import { sizeAt, type TileRequest } from "./tiling.ts";

/** Elements that the operands of one pass may take: what stays in the second-level cache of every core beside the sums. */
const mostElements = 40_000;

/**
 * Whether a kernel is a sum over rows and more, and nothing else: no epilogue needs it whole in one place, and no turn of a loop
 * around has a part of the buffer alone, which begins with zeros everywhere.
 */
export const isLoneSum = ({ axes, stores }: Kernel, reduction: Reduction | undefined): reduction is Reduction =>
  reduction !== undefined &&
  monoidOf(reduction.reduce).isAdditive &&
  !reduction.more &&
  stores.length === 1 &&
  stores[0]!.value === reduction &&
  stores[0]!.index.terms.every((term) => axes.some(({ name }) => name === term.axis)) &&
  axes.length > 0 &&
  axes.every(({ extent }) => extent !== "n") &&
  reduction.axes.some(({ extent }) => extent === "n");

/** The reduced axes that run outermost, as many as let a pass stay in the cache; at least one is left to sum along. */
export function choosePasses(kernel: Kernel, reduction: Reduction | undefined, request: TileRequest): Axis[] {
  if (!isLoneSum(kernel, reduction) || reduction.axes.length < 2) return [];
  for (let count = 0; count < reduction.axes.length; count++) {
    const inner = [...kernel.axes, ...reduction.axes.slice(count)];
    if (elementsRead(reduction.body, inner, request) <= mostElements) return reduction.axes.slice(0, count);
  }
  return reduction.axes.slice(0, -1);
}

/** Between the first and the last element of each operand that these axes reach. */
function elementsRead(body: Expr, axes: readonly Axis[], request: TileRequest): number {
  if (body.kind === "op") return body.args.reduce((sum, arg) => sum + elementsRead(arg, axes, request), 0);
  if (body.kind !== "load") return 0;
  const { dynamic } = body.index;
  return axes.reduce(
    (reach, axis) => reach + Math.abs(strideOf(body.index, axis.name)) * (sizeAt(axis, request.batch) - 1),
    dynamic ? 1 + Math.abs(dynamic.stride) * (dynamic.buffer.below! - 1) : 1,
  );
}

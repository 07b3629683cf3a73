/**
 * Chooses how a kernel is tiled, as plain data, before anything is emitted.
 *
 *   matmul [i0<n, i1<128] r0<784   ->   { vector: "i1", across: false, vectors: 2, unroll: [{ axis: "i0", by: 4 }] }
 *
 * - `vector` is the axis that lanes run along: the innermost parallel axis, or the innermost reduced one where that
 *   needs fewer gathers (rows of the transposed operand are then read as they lie: no transpose is ever stored). It is
 *   chosen by rule, since bits depend on it.
 * - A tile of rows x vectors accumulators reuses each load. Its size, which no bit depends on, is that of least cost.
 */
import type { FloatType } from "../graph/types.ts";
import { chooseBlocks } from "./blocks.ts";
import { tileCosts } from "./cost.ts";
import { laneCount } from "./ir.ts";
import { type Axis, jumpsAlong, type Kernel, strideOf } from "./kernel.ts";
import { choosePasses } from "./passes.ts";
import { tilesLike } from "./same-bits.ts";
import { type Reduction, reductionOf, reuses, sizeOf, type TileRequest, type Tiling, withoutPasses } from "./tiling.ts";
import { partsOf, subexpressions } from "./walk.ts";

/** The tile of least cost with these lanes; of equal ones, that of most rows. */
export function chooseTile(kernel: Kernel, request: TileRequest): Tiling {
  const tiles = tilesLike(chooseLanes(kernel, request), kernel, request);
  if (tiles.length === 1) return tiles[0]!;
  const costs = tileCosts(kernel, tiles, request);
  return tiles[costs.indexOf(Math.min(...costs))]!;
}

/** What decides the bits: lanes, across a sum how many partial sums there are, and the blocks of a long one. */
export function chooseLanes(kernel: Kernel, request: TileRequest): Tiling {
  const reduction = reductionOf(kernel);
  const lanes = lanesOf(kernel, reduction, request.dtype);
  const passes = lanes.across || lanes.vector === undefined ? [] : choosePasses(kernel, reduction, request);
  const summed = reduction && withoutPasses(reduction, passes);
  const blocks = chooseBlocks(summed, lanes, reduction !== undefined && sharesLoads(kernel, reduction), request);
  return { ...lanes, ...(passes.length > 0 && { passes: passes.map(({ name }) => name) }), ...(blocks && { blocks }) };
}

function lanesOf(kernel: Kernel, reduction: Reduction | undefined, dtype: FloatType): Tiling {
  const inner = kernel.axes.at(-1);
  // Points with bodies of their own leave no one axis for lanes across the sum.
  const reduced = reduction?.more ? undefined : reduction?.axes.at(-1);
  // A store has no lanes apart, as the phases of a strided adjoint would need, or in one element, where points add up.
  const candidates = [
    ...(inner && kernel.stores.every(({ index }) => strideOf(index, inner.name) === 1)
      ? [{ axis: inner, across: false }]
      : []),
    ...(reduced ? [{ axis: reduced, across: true }] : []),
  ]
    .map((c) => ({ ...c, cost: gatherCost(kernel, reduction, c.axis, dtype) }))
    .filter((c) => Number.isFinite(c.cost))
    .sort((a, b) => a.cost - b.cost);
  const best = candidates[0];
  if (!best) return { vector: undefined, across: false, vectors: 1, unroll: [] };
  const vectors = best.across ? partialSums(kernel, reduction!, best.axis, dtype) : 1;
  return { vector: best.axis.name, across: best.across, vectors, unroll: [] };
}

/** One chain of additions waits for itself: up to four of them, unless the tile has points side by side. */
function partialSums(kernel: Kernel, reduction: Reduction, vector: Axis, dtype: FloatType): number {
  if (sharesLoads(kernel, reduction)) return 1;
  return Math.min(4, Math.max(1, Math.floor(sizeOf(vector) / laneCount(dtype))));
}

/** Whether points side by side save loads. */
const sharesLoads = (kernel: Kernel, reduction: Reduction): boolean =>
  kernel.axes.slice(-2).some((axis) => reuses(reduction, axis));

/** Strided loads per vector along an axis; more where its extent leaves most lanes idle. None has lanes at places from memory. */
function gatherCost(kernel: Kernel, reduction: Reduction | undefined, axis: Axis, dtype: FloatType): number {
  const inLoop = reduction
    ? partsOf(reduction).flatMap(subexpressions)
    : kernel.stores.flatMap((s) => subexpressions(s.value));
  const strides = inLoop.flatMap((e) => (e.kind === "load" ? [strideOf(e.index, axis.name)] : []));
  const draws = kernel.stores.flatMap((s) => subexpressions(s.value)).filter((e) => e.kind === "uniform");
  if (draws.some((e) => ![0, 1].includes(strideOf(e.index, axis.name)))) return Number.POSITIVE_INFINITY;
  const all = kernel.stores.flatMap((s) => [s, ...subexpressions(s.value).filter((e) => e.kind === "load")]);
  if (all.some(({ index }) => jumpsAlong(index, axis.name))) return Number.POSITIVE_INFINITY;
  const idle = Math.max(0, 1 - sizeOf(axis) / laneCount(dtype));
  return strides.filter((stride) => stride !== 0 && stride !== 1).length + idle;
}

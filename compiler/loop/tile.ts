/**
 * Chooses how a kernel is tiled, as plain data, before anything is emitted.
 *
 *   matmul [i0<n, i1<128] r0<784   ->   { vector: "i1", vectors: 2, rowAxis: "i0", rows: 4, accumulators: 1 }
 *
 * - `vector` is the axis that lanes run along: the innermost parallel axis, or the innermost reduced one where that
 *   needs fewer gathers (rows of the transposed operand are then read as they lie: no transpose is ever stored).
 * - A tile of rows x vectors accumulators reuses each load. 4 x 8 elements (f32) hold on every engine measured: with two
 *   vectors of B, one of A and a product they stay within 16 registers.
 */
import { internalError } from "../diagnostics.ts";
import type { FloatType } from "../graph/types.ts";
import { subexpressions } from "./collapse.ts";
import { laneCount } from "./ir.ts";
import { type Axis, type Expr, type Kernel, strideOf } from "./kernel.ts";

export interface TilePlan {
  /** The axis lanes run along, or undefined for one point at a time. */
  readonly vector: string | undefined;
  /** Whether that axis is reduced: lanes are then partial sums, combined at the end. */
  readonly across: boolean;
  /** Vectors side by side along the vector axis: in the tile, or partial sums where it is reduced. */
  readonly vectors: number;
  /** Further axes unrolled into the tile, outermost first, and by how much. */
  readonly unroll: readonly { readonly axis: string; readonly by: number }[];
  /** Vectors side by side where rows are left over and go one by one. */
  readonly lastRows?: number;
  /** Whether products are added up by madd, which relaxed modules alone may have. */
  readonly fused?: boolean;
}

export type Reduction = Extract<Expr, { kind: "reduce" }>;

/** The one reduction of a kernel. A second one would need a loop nest of its own. */
export function reductionOf(kernel: Kernel): Reduction | undefined {
  const all = kernel.stores.flatMap((store) => subexpressions(store.value));
  const [first, second] = new Set(all.filter((e): e is Reduction => e.kind === "reduce"));
  if (second) throw internalError(`kernel ${kernel.name} has two reductions; is an op of that kind declared another?`);
  return first;
}

export function chooseTile(kernel: Kernel, dtype: FloatType): TilePlan {
  const reduction = reductionOf(kernel);
  const inner = kernel.axes.at(-1);
  const reduced = reduction?.axes.at(-1);
  const candidates = [
    ...(inner ? [{ axis: inner, across: false }] : []),
    ...(reduced ? [{ axis: reduced, across: true }] : []),
  ]
    .map((c) => ({ ...c, cost: gatherCost(kernel, reduction, c.axis, dtype) }))
    .filter((c) => Number.isFinite(c.cost))
    .sort((a, b) => a.cost - b.cost);
  const best = candidates[0];
  if (!best) return { vector: undefined, across: false, vectors: 1, unroll: [] };
  return best.across
    ? acrossTile(kernel, reduction!, best.axis, dtype)
    : parallelTile(kernel, reduction, best.axis, dtype);
}

const sizeOf = (axis: Axis): number => (axis.extent === "n" ? Number.POSITIVE_INFINITY : axis.extent * axis.scale);

/** Strided loads per vector along an axis; more where its extent leaves most lanes idle. */
function gatherCost(kernel: Kernel, reduction: Reduction | undefined, axis: Axis, dtype: FloatType): number {
  const inLoop = reduction ? subexpressions(reduction.body) : kernel.stores.flatMap((s) => subexpressions(s.value));
  const strides = inLoop.flatMap((e) => (e.kind === "load" ? [strideOf(e.index, axis.name)] : []));
  const draws = kernel.stores.flatMap((s) => subexpressions(s.value)).filter((e) => e.kind === "uniform");
  if (draws.some((e) => strideOf(e.index, axis.name) > 1)) return Number.POSITIVE_INFINITY;
  // A store has no lanes apart, as the phases of a strided adjoint would need.
  if (kernel.stores.some((s) => strideOf(s.index, axis.name) > 1)) return Number.POSITIVE_INFINITY;
  const idle = Math.max(0, 1 - sizeOf(axis) / laneCount(dtype));
  return strides.filter((stride) => stride !== 0 && stride !== 1).length + idle;
}

/** Axes along which some load of the reduction's body stays put: a tile there saves loads. */
const reuses = (reduction: Reduction, axis: Axis): boolean => {
  const loads = subexpressions(reduction.body).flatMap((e) => (e.kind === "load" ? [e.index] : []));
  return (
    loads.length > 1 &&
    loads.some((index) => strideOf(index, axis.name) === 0) &&
    loads.some((i) => strideOf(i, axis.name) !== 0)
  );
};

/**
 * Below this many multiply-adds a row, a tile of several rows gains little and its second version, for rows left over,
 * costs code: 4-16-3 shrinks from 3.6 to 2.9 KB.
 */
const smallRow = 1024;

/**
 * Vectors of a single row. Each is a chain of additions that waits for itself, so a few of them run side by side; 784-128-64-10
 * at one row takes 10.9 us with 2, 5.7 with 4, 5.2 with 6 (Node 20 and 26). 8 are best on Node 26 (4.5) and too many
 * registers for Node 20 (10.1).
 */
export const chains = 6;

function parallelTile(kernel: Kernel, reduction: Reduction | undefined, vector: Axis, dtype: FloatType): TilePlan {
  const vectorsThatFit = Math.ceil(sizeOf(vector) / laneCount(dtype));
  if (!reduction) return { vector: vector.name, across: false, vectors: 1, unroll: [] };
  const row = kernel.axes.at(-2);
  const work = sizeOf(vector) * reduction.axes.reduce((product, axis) => product * sizeOf(axis), 1);
  const tall = row !== undefined && reuses(reduction, row) && work > smallRow;
  const vectors = Math.min(vectorsThatFit, tall ? 2 : 4, vector.extent === "n" ? 1 : 4);
  if (!tall) return { vector: vector.name, across: false, vectors, unroll: [] };
  const unroll = [{ axis: row.name, by: Math.min(4, sizeOf(row)) }];
  return { vector: vector.name, across: false, vectors, unroll, lastRows: Math.min(vectorsThatFit, chains) };
}

function acrossTile(kernel: Kernel, reduction: Reduction, vector: Axis, dtype: FloatType): TilePlan {
  const vectorsThatFit = Math.max(1, Math.floor(sizeOf(vector) / laneCount(dtype)));
  const unroll = kernel.axes
    .slice(-2)
    .filter((axis) => reuses(reduction, axis))
    .map((axis, i, all) => ({ axis: axis.name, by: Math.min(i === all.length - 1 ? 2 : 4, sizeOf(axis)) }));
  // One chain of additions waits for itself: four partial sums, unless the tile already has several.
  return { vector: vector.name, across: true, vectors: unroll.length > 0 ? 1 : Math.min(4, vectorsThatFit), unroll };
}

/** One line for dumps: "lanes along i1 x2, i0 by 4". */
export function printTile(plan: TilePlan): string {
  if (plan.vector === undefined) return "one point at a time";
  const lanes = `lanes ${plan.across ? "across" : "along"} ${plan.vector} x${plan.vectors}`;
  const unroll = plan.unroll.map(({ axis, by }) => `${axis} by ${by}`);
  const lastRows = plan.lastRows === undefined ? [] : [`last rows x${plan.lastRows}`];
  return [lanes, ...unroll, ...lastRows, ...(plan.fused ? ["fused"] : [])].join(", ");
}

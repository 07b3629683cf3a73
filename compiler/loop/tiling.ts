/**
 * How a kernel is tiled, as plain data, and what every choice of a tile asks of a kernel.
 *
 *   { vector: "i1", across: false, vectors: 2, unroll: [{ axis: "i0", by: 4 }] }   prints as   lanes along i1 x2, i0 by 4
 */
import { internalError } from "../diagnostics.ts";
import type { FloatType } from "../graph/types.ts";
import { type Axis, type Expr, type Kernel, movesAlong } from "./kernel.ts";
import { subexpressions } from "./walk.ts";

/** In rounds of the summing loop: a power of two each. */
export interface Blocks {
  readonly by: number;
  /** The least number of rounds that is cut into blocks. */
  readonly from: number;
}

export interface Tiling {
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
  /** Reduced axes that run outermost; what each of their rounds sums up is added to memory. None unless said. */
  readonly passes?: readonly string[];
  /** How a long sum is cut into blocks; in one go where left out. */
  readonly blocks?: Blocks;
  /** Whether products are added up by madd, which relaxed modules alone may have. */
  readonly madd?: boolean;
}

export interface TiledKernel {
  readonly kernel: Kernel;
  readonly tile: Tiling;
}

export interface TileRequest {
  readonly dtype: FloatType;
  /** The most rows of a call. */
  readonly batch: number;
}

export type Reduction = Extract<Expr, { kind: "reduce" }>;

/** The one reduction of a kernel. A second one would need a loop nest of its own. */
export function reductionOf(kernel: Kernel): Reduction | undefined {
  const all = kernel.stores.flatMap((store) => subexpressions(store.value));
  const [first, second] = new Set(all.filter((e): e is Reduction => e.kind === "reduce"));
  if (second) throw internalError(`kernel ${kernel.name} has two reductions; is an op of that kind declared another?`);
  return first;
}

/** What one round of the passes sums up. */
export const withoutPasses = (reduction: Reduction, passes: readonly Axis[]): Reduction =>
  passes.length === 0 ? reduction : { ...reduction, axes: reduction.axes.filter((axis) => !passes.includes(axis)) };

/** Whether some load of the reduction's body stays put along an axis: a tile there saves loads. */
export const reuses = (reduction: Reduction, axis: Axis): boolean => {
  const loads = subexpressions(reduction.body).flatMap((e) => (e.kind === "load" ? [e.index] : []));
  return (
    loads.length > 1 &&
    loads.some((index) => !movesAlong(index, axis.name)) &&
    loads.some((index) => movesAlong(index, axis.name))
  );
};

export const sizeOf = (axis: Axis): number =>
  axis.extent === "n" ? Number.POSITIVE_INFINITY : axis.extent * axis.scale;

/** Points of an axis where a call has as many rows as it may. */
export const sizeAt = (axis: Axis, batch: number): number => (axis.extent === "n" ? batch : axis.extent) * axis.scale;

/** One line for dumps: "lanes along i1 x2, i0 by 4". */
export function printTile(tiling: Tiling): string {
  const lanes =
    tiling.vector === undefined
      ? "one point at a time"
      : `lanes ${tiling.across ? "across" : "along"} ${tiling.vector} x${tiling.vectors}`;
  const unroll = tiling.unroll.map(({ axis, by }) => `${axis} by ${by}`);
  const lastRows = tiling.lastRows === undefined ? [] : [`last rows x${tiling.lastRows}`];
  const passes = tiling.passes === undefined ? [] : [`passes along ${tiling.passes.join(" ")}`];
  const blocks = tiling.blocks === undefined ? [] : [`sums by ${tiling.blocks.by} from ${tiling.blocks.from}`];
  return [lanes, ...unroll, ...lastRows, ...passes, ...blocks, ...(tiling.madd ? ["madd"] : [])].join(", ");
}

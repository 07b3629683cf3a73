/**
 * What a kernel with a sum costs in a tile, for the model that chooses tiles without a clock: cycles of a core with two vector
 * units and two loads a cycle, over all rows of the batch.
 *
 *   cost = for each kind of tile that the nest has, full ones and what is left: rounds x (start + steps x step) + code
 *   step = max(vector operations / 2, loads / 2, instructions / 4, latency of an addition) + turn + accumulators beyond 8
 *
 *   code = what a second loop, for rows left over, must save to be worth its bytes
 *
 * An output is finished and stored once in every tile, so that time is left out. Constants were fitted to the times of 95
 * kernels, with about 15 tiles each, on Node 20 and 26: the tile chosen is on average 2 % slower than the fastest of its
 * kernel; with the price of code, which tiny layers do not earn back, 4 to 5 %.
 */

import { laneCount } from "./ir.ts";
import { type Axis, type Expr, type Kernel, partsOfIndex, strideOf } from "./kernel.ts";
import { type Reduction, reductionOf, sizeAt, type TileRequest, type Tiling } from "./tiling.ts";
import { subexpressions } from "./walk.ts";

/** Cycles. */
const latencyOfAdd = 4;
/** Moving pointers and going round. */
const turn = 1;
/** Entering the innermost loop, and leaving it at a place that no branch predictor knows. */
const start = 20;
/** A vector with idle lanes is put together from its elements. */
const partialLoad = 2;
/** Lanes that lie apart are loaded one by one. */
const gather = 4;
/** Node 20 keeps 8 accumulators in registers. With 9 or 10, some products take twice the time. */
const safeAccumulators = 8;
const beyondSafe = 2;

/**
 * What a second loop, and each of its instructions, must save every batch to be worth its bytes: a third of a microsecond.
 * For nothing, the code of 4-16-3 would be a third longer.
 */
const secondLoop = 1080;
const instruction = 6;

/** `rounds` times a tile of so many points along one axis; of `partial` ones, the last vector has idle lanes. */
interface Run {
  readonly rounds: number;
  readonly points: number;
  readonly partial?: boolean;
}

/** One value of a sum's body: what each distinct one costs, and the axes along which they are distinct. */
interface Work {
  readonly loads: number;
  readonly operations: number;
  readonly partialLoads: number;
  readonly axes: ReadonlySet<string>;
}

/** The cost of each tiling; all have the same lanes. */
export function tileCosts(kernel: Kernel, tilings: readonly Tiling[], request: TileRequest): number[] {
  const reduction = reductionOf(kernel)!;
  const work = [...axesOf(reduction.body)].map(([e, axes]) => workOf(e, tilings[0]!.vector, axes));
  const instructions = new Set(kernel.stores.flatMap(({ value }) => subexpressions(value))).size;
  return tilings.map(
    (tiling) => timeOf(kernel, reduction, work, tiling, request) + codeOf(kernel, instructions, tiling),
  );
}

function workOf(e: Expr, vector: string | undefined, axes: ReadonlySet<string>): Work {
  const stride = e.kind === "load" && vector !== undefined ? strideOf(e.index, vector) : 0;
  return {
    loads: e.kind === "load" ? (stride > 1 ? gather : 1) : 0,
    operations: e.kind === "op" ? 1 : 0,
    partialLoads: stride === 0 ? 0 : partialLoad,
    axes,
  };
}

/** The axes along which each value of an expression moves: those of its indices. */
function axesOf(body: Expr): ReadonlyMap<Expr, ReadonlySet<string>> {
  const found = new Map<Expr, ReadonlySet<string>>();
  const visit = (e: Expr): ReadonlySet<string> => {
    const known = found.get(e);
    if (known) return known;
    const parts = e.kind === "load" || e.kind === "index" ? partsOfIndex(e.index) : [];
    const own = parts.flatMap(({ terms }) => terms.map(({ axis }) => axis));
    const axes = new Set([...own, ...(e.kind === "op" ? e.args.flatMap((arg) => [...visit(arg)]) : [])]);
    found.set(e, axes);
    return axes;
  };
  visit(body);
  return found;
}

function timeOf(
  kernel: Kernel,
  reduction: Reduction,
  work: readonly Work[],
  tiling: Tiling,
  request: TileRequest,
): number {
  const { batch, dtype } = request;
  const { vector, across, vectors } = tiling;
  const reduced = volume(reduction.axes, batch);
  const steps = across ? Math.ceil(reduced / laneCount(dtype) / vectors) : reduced;
  const [outer, inner] = [kernel.axes.at(-2), kernel.axes.at(-1)];
  const times = runsOf(outer, tiling, request).flatMap((row) =>
    runsOf(inner, row.points === 1 ? ofLastRows(tiling) : tiling, request).map((column) => {
      const points = new Map([
        [outer?.name, row.points],
        [inner?.name, column.points],
        ...(across ? [[vector, vectors] as const] : []),
      ]);
      return row.rounds * column.rounds * (start + steps * stepTime(work, points, column.partial ?? false));
    }),
  );
  return volume(kernel.axes.slice(0, -2), batch) * times.reduce((a, b) => a + b, 0);
}

/** Where a tile leaves rows over, or may for some n, there is a loop for these beside its own. */
function codeOf({ axes }: Kernel, instructions: number, { vectors, unroll }: Tiling): number {
  const leavesSome = unroll.some(({ axis, by }) => {
    const { extent, scale } = axes.find(({ name }) => name === axis)!;
    return extent === "n" || (extent * scale) % by > 0;
  });
  const points = unroll.reduce((product, { by }) => product * by, vectors);
  return leavesSome ? secondLoop + instruction * points * instructions : 0;
}

const volume = (axes: readonly Axis[], batch: number): number =>
  axes.reduce((product, axis) => product * sizeAt(axis, batch), 1);

/** Where a tile has several rows, those left over have a width of their own. */
const ofLastRows = (tiling: Tiling): Tiling =>
  tiling.across || tiling.unroll.length === 0 ? tiling : { ...tiling, vectors: tiling.lastRows ?? tiling.vectors };

/** How an axis is cut: full tiles, then what is left, at once or, where its size is known only when called, one by one. */
function runsOf(axis: Axis | undefined, { vector, across, vectors, unroll }: Tiling, request: TileRequest): Run[] {
  if (axis === undefined) return [{ rounds: 1, points: 1 }];
  const isVector = axis.name === vector && !across;
  const lanes = isVector ? laneCount(request.dtype) : 1;
  const width = lanes * (isVector ? vectors : (unroll.find((u) => u.axis === axis.name)?.by ?? 1));
  const size = sizeAt(axis, request.batch);
  const rest = size % width;
  const full = { rounds: Math.floor(size / width), points: width / lanes };
  const last =
    axis.extent === "n"
      ? { rounds: rest, points: 1 }
      : { rounds: 1, points: Math.ceil(rest / lanes), partial: rest % lanes > 0 };
  return [...(full.rounds > 0 ? [full] : []), ...(rest > 0 ? [last] : [])];
}

/** One step along the sum. `points`: of the tile, along each of its axes. */
function stepTime(work: readonly Work[], points: ReadonlyMap<string | undefined, number>, partial: boolean): number {
  const accumulators = [...points.values()].reduce((a, b) => a * b, 1);
  let [loads, operations] = [0, accumulators];
  for (const { axes, ...each } of work) {
    const distinct = [...points].reduce(
      (count, [axis, n]) => (axis !== undefined && axes.has(axis) ? count * n : count),
      1,
    );
    operations += distinct * each.operations;
    loads += distinct * each.loads + (partial ? each.partialLoads : 0);
  }
  const busy = Math.max(operations / 2, loads / 2, (operations + loads) / 4, latencyOfAdd);
  return busy + turn + beyondSafe * Math.max(0, accumulators - safeAccumulators);
}

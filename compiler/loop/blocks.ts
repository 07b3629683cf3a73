/**
 * Long sums in blocks: a block is added up term after term, the blocks with an account of what rounding drops.
 *
 *   sum[r0<n](x[r0]), sums by 8 from 256     ->     for r0 in 0..n-n%256 step 8
 *                                                     block = sum of 8
 *                                                     (high, low) = high + block exactly
 *                                                   block = sum of what is left;  (high, low) = high + block exactly
 *                                                   high + low
 *
 * One after another, 400,000 equal terms are off by 2e-4 in f32, as each addition rounds the same way; so by 1e-7. The error
 * is that of one block; it does not grow with their number. Rows are cut into blocks in runs of `from` rounds, and what is left
 * over is added up in one go, so that a call with fewer rows has the bits, and a module for fewer rows the code, of a plain sum.
 */
import type { FloatType } from "../graph/types.ts";
import { laneCount, type Stmt, type VExpr } from "./ir.ts";
import type { Axis } from "./kernel.ts";
import { monoidOf } from "./monoids.ts";
import { type Blocks, type Reduction, sizeAt, sizeOf, type TileRequest, type Tiling } from "./tiling.ts";

/** Adding a block takes seven operations a sum. A tile has many sums, and terms that are products: longer blocks pay for that. */
const ofSums: Blocks = { by: 8, from: 256 };
const ofTiles: Blocks = { by: 64, from: 1024 };

/** The blocks of a kernel with these lanes; undefined where no call has a sum so long. */
export function chooseBlocks(
  reduction: Reduction | undefined,
  lanes: Tiling,
  isTile: boolean,
  { batch, dtype }: TileRequest,
): Blocks | undefined {
  if (!reduction || !monoidOf(reduction.reduce).isAdditive) return undefined;
  const blocks = isTile ? ofTiles : ofSums;
  const rounds = ({ axes }: { readonly axes: readonly Axis[] }): number =>
    axes.reduce((product, axis) => product * Math.ceil(sizeAt(axis, batch) / pointsOfRound(axis, lanes, dtype)), 1);
  return [reduction, ...(reduction.more ?? [])].some((part) => rounds(part) >= blocks.from) ? blocks : undefined;
}

/** How far a round of the summing loop walks along an axis. */
export const pointsOfRound = ({ name }: Axis, { across, vector, vectors }: Tiling, dtype: FloatType): number =>
  across && name === vector ? vectors * laneCount(dtype) : 1;

/** Where the axes of a sum are cut: loops around the blocks, the axis that blocks follow each other on, loops inside. */
export interface BlockCut {
  readonly outer: readonly Axis[];
  readonly axis: Axis;
  readonly inner: readonly Axis[];
  /** Points of the axis in a block. */
  readonly size: number;
  /** Points whose multiples are cut into blocks; of an axis of rows, as many as a call must have for that. */
  readonly run: number;
}

/** Blocks lie on the innermost axis that has `from` rounds together with those inside it; undefined where all have fewer. */
export function cutInBlocks(
  axes: readonly Axis[],
  { by, from }: Blocks,
  pointsOf: (axis: Axis) => number,
): BlockCut | undefined {
  let inside = 1;
  for (const [at, axis] of [...axes.entries()].reverse()) {
    const points = pointsOf(axis);
    const rounds = Math.ceil(sizeOf(axis) / points);
    if (inside * rounds >= from) {
      const size = Math.max(1, Math.floor(by / inside));
      const run = axis.extent === "n" ? blocksOfRun(from / (inside * size), size) : 1;
      return {
        outer: axes.slice(0, at),
        axis,
        inner: axes.slice(at + 1),
        size: size * points,
        run: run * size * points,
      };
    }
    inside *= rounds;
  }
  return undefined;
}

/** Of two rows, each a block, one alone has the bits of a sum in one go: nothing has to be left for a loop of its own. */
const blocksOfRun = (least: number, size: number): number => (size === 1 && least <= 2 ? 1 : Math.ceil(least));

/** A sum of blocks: its value is high + low. */
export interface LongSum {
  readonly high: string;
  readonly low: string;
}

const local = (name: string): VExpr => ({ kind: "local", name });
const op = (name: string, ...args: VExpr[]): VExpr => ({ kind: "op", op: name, args });

export const startOf = ({ high, low }: LongSum): Stmt[] =>
  [high, low].map((name) => ({ kind: "let", name, value: { kind: "const", value: 0 } }));

/** Adds a block; what the sum's rounding drops goes to `low`, exactly (Knuth 1969, "TwoSum"), whichever of both is the larger. */
export function addBlock({ high, low }: LongSum, block: VExpr, fresh: () => string): Stmt[] {
  const [term, sum, added] = [block.kind === "local" ? block.name : fresh(), fresh(), fresh()];
  const dropped = op(
    "add",
    op("sub", local(high), op("sub", local(sum), local(added))),
    op("sub", local(term), local(added)),
  );
  return [
    ...(block.kind === "local" ? [] : [{ kind: "let", name: term, value: block } as const]),
    { kind: "let", name: sum, value: op("add", local(high), local(term)) },
    { kind: "let", name: added, value: op("sub", local(sum), local(high)) },
    { kind: "set", name: low, value: op("add", local(low), dropped) },
    { kind: "set", name: high, value: local(sum) },
  ];
}

/** Where `high` is infinite, what was dropped is NaN and does not count. */
export const totalOf = ({ high, low }: LongSum): VExpr =>
  op("select", op("eq", local(low), local(low)), op("add", local(high), local(low)), local(high));

/**
 * Finds the fastest tile of every kernel that has a choice, by the clock of the engine that runs this.
 *
 *   const found = await tuneKernels(prepared, { budgetMs: 40 });
 *   found[0]   // { kernel, signature, chosen: "lanes along i1 x2, i0 by 4", tile: "lanes along i1 x4, i0 by 2", gain: 1.08 }
 *
 * Every candidate gives the same bits by construction; that is checked all the same, and one that does not is left out.
 */

import { tilesLike } from "../loop/same-bits.ts";
import { signatureOf } from "../loop/signature.ts";
import type { TiledKernel } from "../loop/tiling.ts";
import { printTile, type Tiling } from "../loop/tiling.ts";
import { type ModuleFunction, startsStates } from "../module.ts";
import { type KernelModule, openKernel, type Surroundings } from "./kernel-module.ts";
import { type RaceOptions, race } from "./race.ts";

export interface TuneOptions extends RaceOptions {
  /** Called with the number of kernels that will be timed. */
  readonly onStart?: (kernels: number) => void;
  readonly onKernel?: (found: TunedKernel) => void;
}

export interface TunedKernel {
  /** Of the first kernel with this signature. */
  readonly name: string;
  readonly signature: string;
  /** What the cost model chose. */
  readonly chosen: Tiling;
  /** What is fastest. */
  readonly tile: Tiling;
  /** How many times as fast as `chosen`; 1 where that stays. */
  readonly gain: number;
  /** Tiles timed, `chosen` among them. */
  readonly timed: number;
}

/** Of what runs once, nothing is gained. */
const isHot = (fn: ModuleFunction): boolean => !startsStates(fn);

export async function tuneKernels(
  functions: readonly ModuleFunction[],
  place: Surroundings,
  { budgetMs, onStart, onKernel }: TuneOptions,
): Promise<TunedKernel[]> {
  const choices = withChoice(
    functions.filter(isHot).flatMap(({ tiles }) => tiles),
    place,
  );
  const found: TunedKernel[] = [];
  onStart?.(choices.length);
  for (const { kernel, signature, tiles } of choices) {
    const module = await openKernel(kernel, tiles, place);
    const equal = sameResults(module, tiles.length, place.batch);
    const runners = equal.map((tile) => (repeats: number) => module.time(tile, repeats));
    const { winner, gain } = race(runners, { budgetMs });
    const tile = tiles[equal[winner]!]!;
    const tuned = { name: kernel.name, signature, chosen: tiles[0]!, tile, gain, timed: equal.length };
    found.push(tuned);
    onKernel?.(tuned);
  }
  return found;
}

/** Each kernel once for which there is more than one tile of the same bits. */
function withChoice(kernels: readonly TiledKernel[], place: Surroundings) {
  const bySignature = new Map<string, TiledKernel>();
  for (const tiled of kernels) {
    const signature = signatureOf(tiled.kernel);
    if (!bySignature.has(signature)) bySignature.set(signature, tiled);
  }
  return [...bySignature]
    .map(([signature, { kernel, tile }]) => ({
      signature,
      kernel,
      tiles: othersLast(tile, tilesLike(tile, kernel, place)),
    }))
    .filter(({ tiles }) => tiles.length > 1);
}

/** The chosen tile, which the others are measured by, then these. */
const othersLast = (chosen: Tiling, tiles: readonly Tiling[]): Tiling[] => [
  chosen,
  ...tiles.filter((tile) => printTile(tile) !== printTile(chosen)),
];

/** The tiles whose results are those of the first, for one row, a batch, and one less, which leaves rows over. */
export function sameResults(module: KernelModule, count: number, batch: number): number[] {
  const rows = [...new Set([1, Math.max(1, batch - 1), batch])];
  const expected = rows.map((n) => module.results(0, n));
  return Array.from({ length: count }, (_, tile) => tile).filter((tile) =>
    rows.every((n, i) => module.results(tile, n).every((values, j) => equalBits(values, expected[i]![j]!))),
  );
}

/** NaN equals NaN, -0 differs from 0. */
const equalBits = (a: ArrayLike<number>, b: ArrayLike<number>): boolean => {
  for (let i = 0; i < a.length; i++) if (!Object.is(a[i], b[i])) return false;
  return true;
};

/**
 * --tune of `nabla build`, and the tiles that an earlier one left beside the model.
 *
 *   const tuning = openTuning(path, file, flags);
 *   compile(model, { tiles: tuning.tiles })      // times tiles, or takes those of the file
 *   tuning.finish(built);                        // writes the file and shows what was found, or says what is stale
 */
import { basename, dirname } from "node:path";
import type { Built } from "../compile.ts";
import type { CompileOptions, PreparedModule } from "../compile-options.ts";
import { printTile } from "../loop/tiling.ts";
import type { ModelFile } from "../tasks/model-file.ts";
import { type BuildKind, readTiles, type SavedTiles, sectionOf, tileFileOf, tilesFor } from "../tasks/saved-tiles.ts";
import { writeTogether } from "../tasks/write-together.ts";
import { withSection } from "../tune/tile-file.ts";
import { type TunedKernel, tuneKernels } from "../tune/tune.ts";
import { note, print, table } from "./terminal.ts";
import { openTuningProgress } from "./tuning-progress.ts";

export interface TuningFlags {
  readonly tune?: boolean;
  readonly tuneMs?: number;
}

export interface Tuning {
  readonly tiles: CompileOptions["tiles"];
  /** Once the module is built. */
  finish(built: Built): void;
}

/** Milliseconds for a tile: a model's dozen of kernels takes a few seconds. */
const defaultBudgetMs = 40;

const engine = `Node ${process.versions.node}, V8 ${process.versions.v8.split(".").slice(0, 2).join(".")}`;

export function openTuning(path: string, file: ModelFile, kind: BuildKind, flags: TuningFlags): Tuning {
  const saved = readTiles(path);
  const section = sectionOf(file, kind);
  if (!flags.tune) {
    const finish = ({ staleTiles }: Built): void => (saved ? noteUnfit(saved, section, staleTiles) : undefined);
    return { tiles: tilesFor(saved, section), finish };
  }
  let kernels: readonly TunedKernel[] = [];
  const name = basename(tileFileOf(path));
  return {
    async tiles(module) {
      kernels = await tune(module, flags.tuneMs ?? defaultBudgetMs);
      return new Map(kernels.map(({ signature, tile }) => [signature, tile]));
    },
    finish() {
      writeTogether(dirname(path), new Map([[name, withSection(saved?.text, section, { engine, kernels })]]));
      if (kernels.length === 0) note("no kernel of this build has more than one tile to choose from");
      else print(`${tuningTable(kernels)}\n`);
      print(`written  ${tileFileOf(path)}\n`);
    },
  };
}

async function tune({ functions, layout, program }: PreparedModule, budgetMs: number): Promise<TunedKernel[]> {
  const { batch, dtype } = program;
  const progress = openTuningProgress();
  try {
    return await tuneKernels(functions, { layout, batch, dtype }, { budgetMs, ...progress });
  } finally {
    progress.stop();
  }
}

/** What in the file is of no use to this build: another batch, or a model that has changed. */
export function noteUnfit({ file, sections }: SavedTiles, section: string, stale: readonly string[]): void {
  const others = [...sections.keys()].filter((other) => other.split(" ")[0] === section.split(" ")[0]);
  if (!sections.has(section) && others.length > 0)
    note(`${file} has tiles for ${others.join(", ")}, none for ${section}: nabla build --tune adds them`);
  if (stale.length > 0)
    note(
      `${file}: ${stale.length} of ${sections.get(section)!.size} tiles fit no kernel any more, ignored: nabla build --tune finds others`,
    );
}

const tuningTable = (kernels: readonly TunedKernel[]): string =>
  table([
    ["kernel", "tiles", "by the cost model", "fastest here", "gain"],
    ...kernels.map(({ name, timed, chosen, tile, gain }) => [
      name,
      String(timed),
      printTile(chosen),
      gain === 1 ? "the same" : printTile(tile),
      gain.toFixed(2),
    ]),
  ]);

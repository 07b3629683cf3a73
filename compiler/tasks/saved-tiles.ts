/**
 * The tile file beside a model file.
 *
 *   digits.model.ts, digits.tiles.json
 */
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Mode } from "../graph/function.ts";
import type { FloatType } from "../graph/types.ts";
import type { TileTable } from "../loop/tile-table.ts";
import { parseTileFile, sectionName, type TileSections } from "../tune/tile-file.ts";
import { UserError } from "./errors.ts";
import { type ModelFile, modelName } from "./model-file.ts";

export const tileFileOf = (modelPath: string): string => join(dirname(modelPath), `${modelName(modelPath)}.tiles.json`);

/** What a build is asked to be, as far as it decides kernels and their sizes. */
export interface BuildKind {
  readonly mode: Mode;
  readonly dtype?: FloatType | undefined;
  readonly batch?: number | undefined;
}

/** The name of a build's section. */
export const sectionOf = ({ model }: ModelFile, { mode, dtype = "f32", batch = model.spec.batch }: BuildKind): string =>
  sectionName({ mode, dtype, batch });

export interface SavedTiles {
  readonly file: string;
  readonly text: string;
  readonly sections: TileSections;
}

/** Undefined where there is no file. Throws a DataError where it is damaged, a UserError where it cannot be read. */
export function readTiles(modelPath: string): SavedTiles | undefined {
  const file = tileFileOf(modelPath);
  const text = readIfThere(file);
  return text === undefined ? undefined : { file, text, sections: parseTileFile(text, file) };
}

/** The tiles that were found for a build, if any were. */
export const tilesFor = (saved: SavedTiles | undefined, section: string): TileTable | undefined =>
  saved?.sections.get(section);

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new UserError(`cannot read ${file}: ${(error as Error).message}`);
  }
}

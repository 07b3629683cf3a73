/**
 * From a request to a built module and the files that it was made from: a thin shell over readModelFile, trainModel and
 * buildBundle.
 *
 *   await buildRequest(parseRequest("/src/iris.model.ts?infer"), options)   ->   { built, sources: ["/src/iris.model.ts"] }
 */

import type { Built } from "../compile.ts";
import type { Mode } from "../graph/function.ts";
import { buildBundle } from "../tasks/build-bundle.ts";
import { readModelFile } from "../tasks/model-file.ts";
import { readTiles, sectionOf, tilesFor } from "../tasks/saved-tiles.ts";
import { dataFiles, type Request } from "./request.ts";
import { type TrainedOptions, trainedWeights } from "./trained.ts";

export interface BuiltRequest {
  readonly built: Built;
  readonly mode: Mode;
  readonly name: string;
  /** Absolute paths: the model file, what it imports, its tiles, data and weights. */
  readonly sources: readonly string[];
}

export async function buildRequest(request: Request, options: TrainedOptions): Promise<BuiltRequest> {
  const { model: path, batch, dtype, seed, relaxed: relaxedSimd } = request;
  const file = await readModelFile(path);
  const mode = request.kind === "train" ? "train" : "infer";
  const { name } = file;
  const saved = readTiles(path);
  const tiles = tilesFor(saved, sectionOf(file, { mode, dtype, batch }));
  const { built } = await file.explaining(async () => {
    const weights = request.kind === "trained" ? await trainedWeights(file, request, options) : request.weights;
    return buildBundle(file.model, { name, mode, weights, batch, dtype, seed, relaxedSimd, tiles });
  });
  const tileFiles = saved ? [saved.file] : [];
  return { built, mode, name, sources: [...file.sources, ...tileFiles, ...dataFiles(request)] };
}

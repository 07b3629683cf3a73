/**
 * A model file as the commands use it: run, its default export checked, its later exceptions given their place.
 *
 *   const file = await readModelFile("digits.model.ts");
 *   file.model, file.name                                      // name: "digits"
 *   await file.explaining(() => compile(file.model))           // what forward throws points into digits.model.ts
 */
import { basename } from "node:path";
import { CompileError } from "../diagnostics.ts";
import * as nabla from "../dsl/index.ts";
import { isModel, type Model } from "../dsl/model.ts";
import { buildProgram } from "../program/program.ts";
import { type LoadedModule, loadModule } from "../read/read.ts";

export interface ModelFile {
  readonly model: Model;
  /** What files made from it are called. */
  readonly name: string;
  /** All that the file exports: beside the model, say, a function that gives the same model with another width. */
  readonly exports: LoadedModule["exports"];
  /** Absolute paths of the files read: this one and those that it imports by relative paths. */
  readonly sources: LoadedModule["sources"];
  /** Runs work that calls the model's functions; what these throw becomes a CompileError with its place. */
  explaining<T>(work: () => Promise<T>): Promise<T>;
}

/** Throws a CompileError for a file that cannot be read or run, or whose default export is no model. */
export async function readModelFile(path: string): Promise<ModelFile> {
  const loaded = await loadModule(path, { nabla, findMore: buildAnyway });
  const model = loaded.exports.default;
  if (!isModel(model)) throw noModel(path, loaded.exports);
  const { exports, sources } = loaded;
  return {
    model,
    name: modelName(path),
    exports,
    sources,
    explaining: (work) => work().catch((e) => rethrow(loaded, e)),
  };
}

/** A rate below 0 is found when the file runs, a wrong layer when forward does: both are reported at once. */
function buildAnyway({ default: model }: LoadedModule["exports"]): void {
  if (isModel(model)) buildProgram(model);
}

/** "models/digits.model.ts" -> "digits" */
export const modelName = (path: string): string => basename(path).replace(/(\.model)?\.[cm]?[jt]sx?$/, "");

function rethrow(loaded: LoadedModule, thrown: unknown): never {
  const explained = loaded.explain(thrown);
  if (!(thrown instanceof Error)) throw explained;
  // Without a place it was not the model's code that threw, and the original says more.
  throw explained instanceof CompileError && explained.diagnostics[0]?.span ? explained : thrown;
}

function noModel(path: string, exports: Readonly<Record<string, unknown>>): CompileError {
  const models = Object.keys(exports).filter((name) => isModel(exports[name]));
  const got = "default" in exports ? typeof exports.default : `exports ${Object.keys(exports).join(", ") || "none"}`;
  return new CompileError([
    {
      code: "model/no-default",
      message: `${path} does not export a model`,
      notes: ["expected  export default model({ ... })", `got       ${got}`],
      hint: models.length > 0 ? `Export ${models[0]} as the default.` : undefined,
    },
  ]);
}

/**
 * The reader of model files: runs one, and knows where in its source every value comes from.
 *
 *   const { exports } = await loadModule("digits.model.ts", { nabla });
 *   exports.default                  what the file exports
 *
 *   find -> parse and instrument (instrument.ts) -> bundle (bundle.ts) -> run (run.ts)
 *
 * Each call in the file then carries its Origin: span, binding name, outer call.
 */
import { statSync } from "node:fs";
import { resolve } from "node:path";
import { collectDiagnostics, hasRecorded } from "../diagnostics.ts";
import { bundle } from "./bundle.ts";
import { modelNotFound } from "./errors.ts";
import { explain, run } from "./run.ts";
import { Sources } from "./source.ts";

export interface LoadOptions {
  /** The instance of the DSL that `import ... from "nabla"` gives: the namespace object of compiler/dsl/index.ts. */
  readonly nabla: object;
  /** Called with the exports where running the file recorded errors, to find those of later stages in the same run. */
  readonly findMore?: (exports: LoadedModule["exports"]) => void;
  /** What `path` and the files in messages are relative to; the working directory unless said. */
  readonly directory?: string;
}

export interface LoadedModule {
  readonly exports: Readonly<Record<string, unknown>>;
  /** The model file's absolute path. */
  readonly file: string;
  /** Absolute paths of the files read: the model file and those that it imports by relative paths. */
  readonly sources: readonly string[];
  /**
   * Turns an exception that the model's code throws later, when the compiler calls its functions, into an error with its
   * place; the compiler's own errors are given back as they are.
   */
  explain(thrown: unknown): Error;
}

/** Runs a model file. Throws a CompileError with all that is wrong with it, as far as running it tells. */
export async function loadModule(path: string, options: LoadOptions): Promise<LoadedModule> {
  const directory = options.directory ?? process.cwd();
  const file = resolve(directory, path);
  if (!statSync(file, { throwIfNoEntry: false })?.isFile()) throw modelNotFound(path, directory);
  const sources = new Sources(directory);
  const script = await bundle(file, sources);
  try {
    const exports = collectDiagnostics(() => {
      const result = run(script, file, new Map([["nabla", options.nabla]]));
      if (hasRecorded()) options.findMore?.(result);
      return result;
    });
    return { exports, file, sources: sources.paths, explain: (thrown) => explain(thrown, script) };
  } catch (thrown) {
    throw explain(thrown, script);
  }
}

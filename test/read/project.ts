/** Model files for a test: written to a directory of their own, loaded, and their errors as text. */
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { CompileError } from "../../compiler/diagnostics.ts";
import { elementwise } from "../../compiler/dsl/elementwise.ts";
import { currentOrigin, type Origin } from "../../compiler/graph/origin.ts";
import { formatDiagnostics } from "../../compiler/read/code-frame.ts";
import { type LoadedModule, loadModule } from "../../compiler/read/read.ts";

export type Files = Readonly<Record<string, string>>;

/** A stand-in for the DSL whose functions tell where they were called from. */
export const nabla = {
  elementwise,
  dense: (..._args: unknown[]): Origin | undefined => currentOrigin(),
  relu: (..._args: unknown[]): Origin | undefined => currentOrigin(),
};

export function writeFiles(files: Files): string {
  const directory = mkdtempSync(join(tmpdir(), "nabla-read-"));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), text);
  }
  return directory;
}

export interface Loaded extends LoadedModule {
  readonly directory: string;
}

/** Loads model.ts (or `entry`) of the files given; a text alone is model.ts. */
export async function load(files: Files | string, entry = "model.ts"): Promise<Loaded> {
  const directory = writeFiles(typeof files === "string" ? { [entry]: files } : files);
  return { directory, ...(await loadModule(entry, { nabla, directory })) };
}

/** The errors of loading, as the terminal shows them. */
export async function errorOf(files: Files | string, entry = "model.ts"): Promise<string> {
  const directory = writeFiles(typeof files === "string" ? { [entry]: files } : files);
  try {
    await loadModule(entry, { nabla, directory });
  } catch (error) {
    if (error instanceof CompileError)
      return formatDiagnostics(error, { directory }).replaceAll(directory, "<directory>");
    throw error;
  }
  return "no error";
}

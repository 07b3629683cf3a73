/**
 * A model file and the files that it imports by relative paths become one script, types removed, calls instrumented.
 * Packages stay outside: they are loaded as they are. Nothing is written to disk.
 */
import { SourceMap } from "node:module";
import { dirname, extname, resolve } from "node:path";
import {
  type BuildFailure,
  build,
  type Loader,
  type Message,
  type Metafile,
  type PartialMessage,
  type Plugin,
} from "esbuild";
import { CompileError, type Diagnostic } from "../diagnostics.ts";
import type { Span } from "../graph/origin.ts";
import { applyEdits, offsetAt, originalOffset } from "./edits.ts";
import { cannotBundle, declarationsOnly, syntaxError } from "./errors.ts";
import { instrument } from "./instrument.ts";
import type { CallSite } from "./site.ts";
import { type Source, type Sources, spanIn } from "./source.ts";
import { syntaxProblems } from "./syntax.ts";

export interface Bundle {
  /** The name that the script goes by in stack traces. */
  readonly file: string;
  readonly code: string;
  readonly sites: readonly CallSite[];
  /** The place in the sources that a line (from 1) and column (from 1) of the script comes from. */
  place(line: number, column: number): Span | undefined;
}

export async function bundle(entry: string, sources: Sources): Promise<Bundle> {
  const file = `${entry}.bundle.cjs`;
  const sites: CallSite[] = [];
  try {
    const { outputFiles, metafile } = await build({
      entryPoints: [entry],
      outfile: file,
      absWorkingDir: sources.directory,
      bundle: true,
      write: false,
      format: "cjs",
      platform: "node",
      target: "node20",
      packages: "external",
      sourcemap: "external",
      metafile: true,
      ignoreAnnotations: true,
      // Modules are strict; the script that they become must be told.
      banner: { js: '"use strict";' },
      supported: { "dynamic-import": false },
      logLevel: "silent",
      plugins: [reader(sources, sites)],
    });
    recordImports(metafile, sources);
    const text = (ending: string) => outputFiles.find(({ path }) => path.endsWith(ending))!.text;
    const map = new SourceMap(JSON.parse(text(".map")));
    return { file, code: text(".cjs"), sites, place: (line, column) => placeIn(map, file, sources, line, column) };
  } catch (error) {
    if (!isBuildFailure(error)) throw error;
    // What the reader threw, such as of a file that may not be read.
    for (const { detail } of error.errors) if (detail instanceof Error) throw detail;
    throw new CompileError(error.errors.map((message) => diagnosticOf(message, sources)));
  }
}

/** Gives the bundler the instrumented text of each file, and keeps the DSL out of the bundle. */
const reader = (sources: Sources, sites: CallSite[]): Plugin => ({
  name: "nabla-read",
  setup({ onResolve, onLoad }) {
    // Before any path mapping of a tsconfig.json: the model must meet the compiler's own instance.
    onResolve({ filter: /^nabla(\/|$)/ }, ({ path }) => ({ path, external: true }));
    onLoad({ filter: /\.[cm]?[jt]sx?$/ }, ({ path }) => {
      if (path.includes("/node_modules/")) return undefined;
      const source = sources.read(path);
      if (/\.d\.[cm]?ts$/.test(path)) return { errors: [detailed(declarationsOnly(path).diagnostics[0]!)] };
      const problems = syntaxProblems(path, source.text);
      if (problems.length > 0) {
        const diagnostics = problems.map((p) => syntaxError(spanIn(source, p.start, p.end), p.message).diagnostics[0]);
        return { errors: diagnostics.map((diagnostic) => detailed(diagnostic!)) };
      }
      source.edits = instrument(source, sources, sites);
      return { contents: applyEdits(source.text, source.edits), loader: loaderOf(path) };
    });
  },
});

const detailed = (detail: Diagnostic): PartialMessage => ({ text: detail.message, detail });

const loaderOf = (path: string): Loader => extname(path).replace(/^\.[cm]?/, "") as Loader;

const isBuildFailure = (error: unknown): error is BuildFailure => error instanceof Error && "errors" in error;

function diagnosticOf(message: Message, sources: Sources): Diagnostic {
  if (message.detail) return message.detail as Diagnostic;
  const { location, text } = message;
  const source = location && sources.get(resolve(sources.directory, location.file));
  if (!location || !source) return cannotBundle(undefined, text).diagnostics[0]!;
  // The bundler counts columns in bytes of the instrumented line.
  const units = (bytes: number) => Buffer.from(location.lineText).subarray(0, bytes).toString().length;
  const start = originalAt(source, location.line, units(location.column));
  const end = originalAt(source, location.line, units(location.column + location.length));
  return cannotBundle(spanIn(source, start, Math.max(end, start + 1)), text).diagnostics[0]!;
}

/** The offset in a source of a line (from 1) and column (from 0) of its instrumented text. */
const originalAt = (source: Source, line: number, column: number): number =>
  originalOffset(source.edits, offsetAt(applyEdits(source.text, source.edits), line, column));

function placeIn(map: SourceMap, file: string, sources: Sources, line: number, column: number): Span | undefined {
  const entry = map.findEntry(line - 1, column - 1);
  if (!("originalSource" in entry) || entry.originalSource === undefined) return undefined;
  const source = sources.get(resolve(dirname(file), entry.originalSource));
  if (!source) return undefined;
  const start = originalAt(source, entry.originalLine + 1, entry.originalColumn);
  return spanIn(source, start, wordEnd(source.text, start));
}

/** A thrown error points at a place; the name or the sign that stands there is what is marked. */
function wordEnd(text: string, start: number): number {
  const word = /^[\p{ID_Start}$_][\p{ID_Continue}$.]*/u.exec(text.slice(start, start + 200));
  return start + (word?.[0].length ?? 1);
}

/** Remembers which file each import means. */
function recordImports(metafile: Metafile, sources: Sources): void {
  for (const [path, { imports }] of Object.entries(metafile.inputs)) {
    const targets = imports.flatMap(({ original, path: to, external }): [string, string][] =>
      original === undefined || external ? [] : [[original, resolve(sources.directory, to)]],
    );
    sources.imports.set(resolve(sources.directory, path), new Map(targets));
  }
}

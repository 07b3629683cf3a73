/**
 * Errors as bundlers show them: message, place and code frame in the fields that Rollup and Vite's overlay read.
 *
 *   CompileError at iris.model.ts:11:33  ->  { plugin: "nabla", loc: { file, line: 11, column: 32 }, frame: "> 11 | ..." }
 */
import { isAbsolute, resolve } from "node:path";
import { DataError } from "../data/errors.ts";
import { CompileError, summary } from "../diagnostics.ts";
import { codeFrame, formatDiagnostics } from "../read/code-frame.ts";
import { visible } from "../visible.ts";

export interface BundlerError extends Error {
  plugin: "nabla";
  id: string;
  /** Line from 1, column from 0. */
  loc?: { file: string; line: number; column: number };
  frame?: string;
}

/** `showsFrame`: whether the bundler prints the frame by itself; for others it becomes part of the message. */
export function bundlerError(thrown: unknown, model: string, showsFrame: boolean): BundlerError {
  const original = thrown instanceof Error ? thrown : new Error(String(thrown));
  const error = Object.assign(new Error(visible(original.message), { cause: original }), {
    name: original.name,
    plugin: "nabla" as const,
    id: model,
  }) as BundlerError;
  // What matters is the place in the model file; a stack of the compiler hides it.
  if (original.name !== "InternalError") error.stack = "";
  if (!(original instanceof CompileError)) return error;
  error.message = visible(showsFrame ? original.diagnostics.map(summary).join("\n\n") : formatDiagnostics(original));
  const span = original.diagnostics.find((diagnostic) => diagnostic.span)?.span;
  if (!span) return error;
  error.loc = { file: resolve(span.file), line: span.line, column: span.column - 1 };
  error.frame = codeFrame(span, {}) ?? "";
  return error;
}

/** The model file, and the files that the error points into: a change there may mend it. */
export function filesToMend(thrown: unknown, model: string): string[] {
  if (thrown instanceof DataError && isAbsolute(thrown.file)) return [model, thrown.file];
  if (!(thrown instanceof CompileError)) return [model];
  return [model, ...thrown.diagnostics.flatMap(({ span }) => (span ? [resolve(span.file)] : []))];
}

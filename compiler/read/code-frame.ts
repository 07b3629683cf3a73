/**
 * Diagnostics as the terminal shows them: the place, what was expected and got, and the line of source it is about.
 *
 *   model.ts:14:11 shape/inner-dims
 *     matmul: inner dimensions differ
 *       expected  b: [128, N]  since a = h is f32[32,128] (relu, model.ts:12:9)
 *       got       b: [64, 10]  w2 is f32[64,10] (model.ts:6:7)
 *   > 14 | const y = matmul(h, w2)
 *        |           ^^^^^^^^^^^^^
 */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { codeFrameColumns } from "@babel/code-frame";
import { type CompileError, type Diagnostic, summary } from "../diagnostics.ts";
import type { Span } from "../graph/origin.ts";
import { inPlace } from "../visible.ts";

export interface FormatOptions {
  readonly color?: boolean;
  /** What stands for the code of a colour, such as 31; the escape sequence unless said. */
  readonly style?: (code: string) => string;
  /** What the files of the spans are relative to; the working directory unless said. */
  readonly directory?: string;
}

/** Every diagnostic of an error with its code frame, a blank line between two, and their count where there are several. */
export function formatDiagnostics(error: CompileError, options: FormatOptions = {}): string {
  const parts = error.diagnostics.map((diagnostic) => format(diagnostic, options));
  if (parts.length > 1) parts.push(`${parts.length} errors`);
  return parts.join("\n\n");
}

function format(diagnostic: Diagnostic, options: FormatOptions): string {
  const frame = diagnostic.span && codeFrame(diagnostic.span, options);
  return frame === undefined ? summary(diagnostic) : `${summary(diagnostic)}\n${frame}`;
}

/** The line that a span begins on, the span marked as far as the line goes; undefined where the file is gone. */
export function codeFrame(span: Span, options: FormatOptions): string | undefined {
  const { color = false, style, directory = process.cwd() } = options;
  const source = readText(resolve(directory, span.file));
  // A line separator of Unicode ends no line in an editor, and none in a span: here it is a character like others.
  const text = source && inPlace(source);
  const line = text?.split(/\r\n|[\n\r]/)[span.line - 1];
  if (text === undefined || line === undefined) return undefined;
  const start = { line: span.line, column: span.column };
  const end = { line: span.line, column: Math.min(span.column + (span.end - span.start), line.length + 1) };
  const frame = codeFrameColumns(text, { start, end }, { linesAbove: 0, linesBelow: 0, forceColor: color });
  return style ? frame.replace(colorCode, (_, code: string) => style(code)) : frame;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: the source has none left, so these are the frame's own
const colorCode = /\u001b\[(\d+)m/g;

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8").replace(/^\uFEFF/, "");
  } catch {
    // A message without its frame is better than no message.
    return undefined;
  }
}

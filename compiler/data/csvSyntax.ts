/**
 * Faults of quoting in a CSV, where csv-parse says only that there is one.
 *
 *   4,"setosa      a quote that is never closed: reported at the quote, however many lines later the file ends
 */
import type { CsvError } from "csv-parse/sync";
import { DataError, type Frame, quote } from "./errors.ts";

const [quoteByte, feed, carriageReturn, blank, tab] = [34, 10, 13, 32, 9];

/** The line that `at` is on, from 1. A line ends with LF, CR or both. */
export function lineAt(text: Uint8Array, at: number): number {
  let line = 1;
  for (let i = 0; i < at; i++) if (text[i] === feed || (text[i] === carriageReturn && text[i + 1] !== feed)) line++;
  return line;
}

/** `start`: where the record begins that could not be read. */
export function syntaxError(file: string, text: Buffer, start: number, delimiter: string, error: CsvError): DataError {
  const fault = quotingFault(text, start, delimiter.charCodeAt(0));
  const at = fault?.open ?? start;
  return new DataError({
    code: "data/syntax",
    file,
    row: lineAt(text, at),
    ...(fault ? describe(text, fault) : { expected: "CSV", got: error.message.slice(0, 100) }),
    hint: 'A quote inside a quoted cell is doubled: "5"" wide".',
    frame: frameAt(text, at),
  });
}

interface QuotingFault {
  /** Where the quote stands that opens the cell, or that stands in a cell without quotes. */
  readonly open: number;
  /** What follows the closing quote; undefined where there is none. */
  readonly after?: number;
  readonly isInside?: boolean;
}

/** The first fault from `start` on, with the place of the quote that opened the cell. */
function quotingFault(text: Uint8Array, start: number, delimiter: number): QuotingFault | undefined {
  const isBlank = (at: number) => text[at] === blank || text[at] === tab;
  const endsCell = (at: number) =>
    at >= text.length || text[at] === delimiter || text[at] === feed || text[at] === carriageReturn;
  for (let at = start; at < text.length; at++) {
    while (isBlank(at) && !endsCell(at)) at++;
    if (text[at] === quoteByte) {
      const open = at;
      const close = closingQuote(text, open);
      if (close === undefined) return { open };
      at = close + 1;
      while (isBlank(at) && !endsCell(at)) at++;
      if (!endsCell(at)) return { open, after: at };
    }
    for (; !endsCell(at); at++) if (text[at] === quoteByte) return { open: at, isInside: true };
  }
  return undefined;
}

/** A doubled quote is one inside. */
function closingQuote(text: Uint8Array, open: number): number | undefined {
  for (let at = open + 1; at < text.length; at++) {
    if (text[at] !== quoteByte) continue;
    if (text[at + 1] !== quoteByte) return at;
    at++;
  }
  return undefined;
}

function describe(text: Buffer, { open, after, isInside }: QuotingFault): { expected: string; got: string } {
  if (isInside) return { expected: "quotes around a whole cell only", got: "a quote inside it" };
  if (after === undefined) return { expected: "a closing quote", got: "none up to the end of the file" };
  const [line, first] = [lineAt(text, after), lineAt(text, open)];
  const where = line === first ? "" : ` in line ${line}, where the cell ends that this quote opens`;
  const rest = quote(text.toString("utf8", after, after + 20).split(/[\r\n]/)[0]!);
  return { expected: "a comma or the end of the line after a closing quote", got: `${rest}${where}` };
}

/** More than a message shows of a line, before and after its mark. */
const margin = 400;

/** The line around a byte, which is marked. */
function frameAt(text: Buffer, at: number): Frame {
  const isEnd = (i: number) => text[i] === feed || text[i] === carriageReturn;
  let [from, to] = [at, at];
  while (from > 0 && at - from < margin && !isEnd(from - 1)) from--;
  while (to < text.length && to - at < margin && !isEnd(to)) to++;
  const start = text.toString("utf8", from, at).length;
  return { text: text.toString("utf8", from, to), start, end: start + 1 };
}

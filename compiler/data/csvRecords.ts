/**
 * The bytes of a CSV file -> records of equal width, each with its line number; csv-parse does the syntax.
 *
 * 'a,b\n1,"2"\n' -> ["a","b"] at line 1, ["1","2"] at line 2
 */
import { isUtf8 } from "node:buffer";
import { CsvError, parse } from "csv-parse/sync";
import { lineAt, syntaxError } from "./csvSyntax.ts";
import { DataError, type Frame } from "./errors.ts";
import { noteReading } from "./reading.ts";

export interface CsvRecord {
  /** Trimmed, without their quotes. */
  readonly cells: readonly string[];
  /** The line the record begins at, from 1. */
  readonly line: number;
  /** The record as it stands in the file, with one cell marked. */
  frame(cell: number): Frame;
}

/**
 * Calls `visit` with the header and then every row, in order, without keeping them: 60,000 rows of 785 cells are
 * 47 million strings. Blank lines at the end of the file are let pass.
 * Throws data/empty-file, data/ragged-row, data/syntax, data/encoding.
 */
export function forEachRecord(bytes: Uint8Array, file: string, visit: (record: CsvRecord) => void): void {
  const text = asUtf8(bytes, file);
  const delimiter = /\.tsv(\.gz)?$/i.test(file) ? "\t" : ",";
  let width: number | undefined;
  let lastByte = 0;
  let told = 0;
  let blank: CsvRecord | undefined;

  const take = (cells: string[], info: { readonly bytes: number }): null => {
    const [begin, end] = [lastByte, info.bytes];
    const record = {
      cells,
      get line() {
        return lineAt(text, begin);
      },
      frame: (cell: number) => frameOf(withoutLineEnd(text.toString("utf8", begin, end)), cell, delimiter),
    };
    lastByte = info.bytes;
    if (lastByte - told >= bytesBetweenNotes) {
      told = lastByte;
      noteReading(file, told, text.length);
    }
    if (blank) throw ragged(file, blank, width!);
    if (cells.length === 1 && cells[0] === "" && width !== undefined) blank = record;
    width ??= cells.length;
    if (blank) return null;
    if (cells.length !== width) throw ragged(file, record, width);
    visit(record);
    return null;
  };

  try {
    // A record is seen and dropped in on_record; the width is checked here, where the message can say more.
    parse(text, { delimiter, trim: true, relax_column_count: true, on_record: take });
  } catch (error) {
    throw error instanceof CsvError ? syntaxError(file, text, lastByte, delimiter, error) : error;
  }
  noteReading(file, text.length, text.length);
  if (width === undefined) {
    throw new DataError({ code: "data/empty-file", file, expected: "a header line and rows", got: "an empty file" });
  }
}

const bytesBetweenNotes = 2 ** 18;

/** Without a byte order mark; UTF-16 with one is converted. */
function asUtf8(bytes: Uint8Array, file: string): Buffer {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return Buffer.from(new TextDecoder("utf-16le").decode(bytes));
  if (!isUtf8(bytes)) {
    throw new DataError({
      code: "data/encoding",
      file,
      expected: "text in UTF-8",
      got: "other bytes",
      hint: "Save the table as CSV in UTF-8, or give IDX or NPY files.",
    });
  }
  const marked = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  const from = marked ? 3 : 0;
  return Buffer.from(bytes.buffer, bytes.byteOffset + from, bytes.byteLength - from);
}

function withoutLineEnd(record: string): string {
  let end = record.length;
  while (record[end - 1] === "\n" || record[end - 1] === "\r") end--;
  return record.slice(0, end);
}

/** Finds a cell in the raw text: delimiters inside quotes do not count, and a doubled quote toggles twice. */
function frameOf(text: string, cell: number, delimiter: string): Frame {
  let quoted = false;
  let index = 0;
  let start = 0;
  let end = 0;
  for (; end < text.length; end++) {
    if (text[end] === '"') quoted = !quoted;
    if (quoted || text[end] !== delimiter) continue;
    if (index === cell) break;
    index++;
    start = end + 1;
  }
  while (start < end && text[start] === " ") start++;
  while (end > start && text[end - 1] === " ") end--;
  return { text, start, end };
}

function ragged(file: string, record: CsvRecord, width: number): DataError {
  const count = record.cells.length;
  const blank = count === 1 && record.cells[0] === "";
  return new DataError({
    code: "data/ragged-row",
    file,
    row: record.line,
    expected: `${width} cells, as in the header`,
    got: blank ? "a blank line" : `${count}`,
    frame: record.frame(count > width ? width : count - 1),
    hint: count > width ? "A cell that holds a comma must stand in double quotes." : undefined,
  });
}

/**
 * The first line of a CSV: names, each once. A file without one is told apart from a file with odd names.
 */
import type { CsvRecord } from "./csvRecords.ts";
import { DataError, quote } from "./errors.ts";
import { parseNumber } from "./numbers.ts";

/** Throws data/no-header, data/separator, data/duplicate-column. */
export function readHeader(file: string, record: CsvRecord): readonly string[] {
  const names = record.cells;
  if (names.every((name) => name === "")) throw noHeader(file, record, 0, "a blank line");
  if (names.length === 1 && /[;\t]/.test(names[0]!)) throw wrongSeparator(file, record);
  refuseNumbers(file, record);
  const seen = new Map<string, number>();
  names.forEach((name, column) => {
    const first = seen.get(name);
    if (first !== undefined) throw duplicate(file, record, column, first);
    seen.set(name, column);
  });
  return names;
}

/** Names 0, 1, 2, ... (as pandas writes them) are names; any other line of mostly numbers is the first row of data. */
function refuseNumbers(file: string, record: CsvRecord): void {
  const numbers = record.cells.map(parseNumber);
  const consecutive = numbers.every((value, column) => value === numbers[0]! + column);
  const numeric = numbers.filter((value) => !Number.isNaN(value)).length;
  if (consecutive || 2 * numeric <= numbers.length) return;
  const first = numbers.findIndex((value) => !Number.isNaN(value));
  throw noHeader(file, record, first, `${quote(record.cells[first]!)}, a number`);
}

const noHeader = (file: string, record: CsvRecord, column: number, got: string) =>
  new DataError({
    code: "data/no-header",
    file,
    row: record.line,
    expected: "a first line of column names",
    got,
    frame: record.frame(column),
    hint: "Put a line of names above the data.",
  });

const wrongSeparator = (file: string, record: CsvRecord) =>
  new DataError({
    code: "data/separator",
    file,
    row: record.line,
    expected: "commas between the cells, or tabs in a .tsv file",
    got: "a line without one",
    frame: record.frame(0),
    hint: "Save the table with commas.",
  });

function duplicate(file: string, record: CsvRecord, column: number, first: number): DataError {
  const name = record.cells[column]!;
  return new DataError({
    code: "data/duplicate-column",
    file,
    row: record.line,
    column: name,
    expected: "each name once",
    got: `the same name for columns ${first + 1} and ${column + 1}`,
    frame: record.frame(column),
    hint: "Rename one of them.",
  });
}

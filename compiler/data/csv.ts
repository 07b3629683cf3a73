/**
 * A CSV file with a header -> the values of the fields, row-major.
 *
 * "x,y,kind\n1,2,cat\n" with fields x [], y [], kind classes(2) -> x [1], y [2], kind [0] (dictionary: cat)
 */
import { assignColumns } from "./columns.ts";
import { type CsvRecord, forEachRecord } from "./csvRecords.ts";
import { DataError } from "./errors.ts";
import { readHeader } from "./header.ts";
import { gotCell, LabelReader, type Refusal } from "./labels.ts";
import { expectedRange, isHeld, parseNumber, rangeHint } from "./numbers.ts";
import type { ColumnMap, Field, FieldData, FileData } from "./types.ts";

/** Throws DataError with the line and the column of what is wrong; see the files this one imports for the codes. */
export function readCsv(bytes: Uint8Array, file: string, fields: readonly Field[], map: ColumnMap = {}): FileData {
  let header: readonly string[] | undefined;
  let sinks: readonly FieldSink[] = [];
  let rows = 0;
  forEachRecord(bytes, file, (record) => {
    if (header) {
      for (const sink of sinks) sink.take(rows, record);
      rows++;
      return;
    }
    header = readHeader(file, record);
    const capacity = mostRows(bytes, header.length);
    const columns = assignColumns(file, header, fields, map);
    sinks = [...columns].map(([field, positions]) => new FieldSink(file, field, header!, positions, capacity));
  });
  if (rows === 0) {
    throw new DataError({ code: "data/empty-file", file, expected: "rows after the header", got: "none" });
  }
  return { rows, fields: new Map(sinks.map((sink) => [sink.field.name, sink.finish(rows)])) };
}

/** A bound for allocation: a row takes a line's end and, its cells not empty, two bytes a cell. */
function mostRows(bytes: Uint8Array, width: number): number {
  let [feeds, returns] = [0, 0];
  for (const byte of bytes) {
    if (byte === 10) feeds++;
    else if (byte === 13) returns++;
  }
  return Math.min(Math.max(feeds, returns), Math.floor(bytes.length / width)) + 1;
}

/** Collects the values of one field. */
class FieldSink {
  readonly field: Field;
  readonly #file: string;
  readonly #header: readonly string[];
  readonly #positions: readonly number[];
  readonly #data: Float64Array | Int32Array;
  readonly #labels: LabelReader | undefined;

  constructor(file: string, field: Field, header: readonly string[], positions: readonly number[], rows: number) {
    this.field = field;
    this.#file = file;
    this.#header = header;
    this.#positions = positions;
    const elements = rows * positions.length;
    this.#data = field.dtype === "int" ? new Int32Array(elements) : new Float64Array(elements);
    this.#labels = field.dtype === "int" ? new LabelReader(field) : undefined;
  }

  take(row: number, record: CsvRecord): void {
    let at = row * this.#positions.length;
    for (const position of this.#positions) {
      const cell = record.cells[position]!;
      const value = this.#labels ? this.#labels.read(cell) : readFloat(cell, this.field);
      if (typeof value !== "number") throw this.#refuse(value, record, position);
      this.#data[at++] = value;
    }
  }

  #refuse(refusal: Refusal, record: CsvRecord, position: number): DataError {
    return new DataError({
      ...refusal,
      file: this.#file,
      row: record.line,
      column: this.#header[position]!,
      frame: record.frame(position),
    });
  }

  finish(rows: number): FieldData {
    const data = this.#data.slice(0, rows * this.#positions.length);
    const dictionary = data instanceof Int32Array ? this.#labels!.finish(data) : undefined;
    const columns = this.#positions.map((position) => this.#header[position]!);
    return { data, dims: this.field.dims, columns, ...(dictionary && { dictionary }) };
  }
}

function readFloat(cell: string, field: Field): number | Refusal {
  const value = parseNumber(cell);
  if (!Number.isNaN(value))
    return isHeld(value, field)
      ? value
      : { code: "data/range", expected: expectedRange, got: gotCell(cell), hint: rangeHint };
  return { code: "data/not-a-number", expected: "a finite number", got: gotCell(cell) };
}

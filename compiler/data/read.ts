/**
 * The files a user names -> one dataset with every field of the model.
 *
 * files ["pixels=images.idx3-ubyte.gz", "digit=labels.idx1-ubyte.gz"] -> { rows: 10000, fields: { pixels, digit } }
 */
import { checkOptions, type Kinds, listOf, optional, text, thing } from "../../runtime/kinds.ts";
import { columnMap } from "../option-kinds.ts";
import { readCsv } from "./csv.ts";
import { DataError, quote } from "./errors.ts";
import { decodeIdx } from "./idx.ts";
import { didYouMean, listNames } from "./names.ts";
import { decodeNpy } from "./npy.ts";
import { openDataFile } from "./open.ts";
import { tensorToField } from "./tensor.ts";
import type { ColumnMap, Dataset, Field, FieldData, FileData, ReadRequest } from "./types.ts";

interface Source {
  readonly path: string;
  /** The field the file is named for; undefined where it feeds all that no other file does. */
  readonly field: Field | undefined;
}

const requestKinds: Kinds<ReadRequest> = { files: listOf(text), fields: listOf(thing), map: optional(columnMap) };

/** Throws DataError, for the first fault found. */
export async function readDataset(request: ReadRequest): Promise<Dataset> {
  checkOptions<ReadRequest>("readDataset", request, requestKinds);
  const { files, fields, map = {} } = request;
  const sources = files.map((file) => parseSource(file, fields));
  refuseUnknownFields(map, fields);
  refuseOverlap(sources);
  const named = new Set(sources.map((source) => source.field));
  const rest = fields.filter((field) => !named.has(field));
  const read: { path: string; data: FileData }[] = [];
  for (const { path, field } of sources) {
    read.push({ path, data: await readSource(path, field ? [field] : rest, map) });
  }
  const gathered: Record<string, FieldData> = Object.create(null);
  for (const { data } of read) for (const [name, values] of data.fields) gathered[name] = values;
  refuseMissing(fields, gathered, files);
  return { rows: commonRows(read), fields: gathered, source: files.join(" ") };
}

/** "pixels=a.npy" names a field only where there is one called so: a path may hold an = too. */
function parseSource(file: string, fields: readonly Field[]): Source {
  const equals = file.indexOf("=");
  const field = fields.find(({ name }) => equals > 0 && name === file.slice(0, equals));
  return { field, path: field ? file.slice(equals + 1) : file };
}

async function readSource(path: string, fields: readonly Field[], map: ColumnMap): Promise<FileData> {
  const { bytes, format } = await openDataFile(path);
  if (format === "csv") return readCsv(bytes, path, fields, map);
  const needed = fields.filter((field) => !field.optional);
  const field = fields.length === 1 ? fields[0]! : needed[0];
  if (!field || (fields.length > 1 && needed.length > 1)) throw whichField(path, fields);
  const tensor = format === "idx" ? decodeIdx(bytes, path) : decodeNpy(bytes, path);
  const { rows, data } = tensorToField(path, tensor, field);
  return { rows, fields: new Map([[field.name, data]]) };
}

function refuseUnknownFields(map: ColumnMap, fields: readonly Field[]): void {
  const names = fields.map((field) => field.name);
  const unknown = Object.keys(map).find((name) => !names.includes(name));
  if (unknown === undefined) return;
  throw new DataError({
    code: "data/unknown-field",
    file: "column map",
    expected: `a field of the model: ${listNames(names)}`,
    got: quote(unknown),
    hint: didYouMean(unknown, names),
  });
}

function refuseOverlap(sources: readonly Source[]): void {
  const first = new Map<Field | undefined, string>();
  for (const { field, path } of sources) {
    const other = first.get(field);
    if (other !== undefined) {
      const expected = field ? `one file for ${field.name}` : "one file without a field's name before it";
      const hint = field ? undefined : "Such as pixels=images.npy digit=labels.npy.";
      throw new DataError({ code: "data/two-files", file: path, expected, got: `${other} as well`, hint });
    }
    first.set(field, path);
  }
}

function refuseMissing(fields: readonly Field[], gathered: Record<string, FieldData>, files: readonly string[]): void {
  const missing = fields.find((field) => !field.optional && !(field.name in gathered));
  if (!missing) return;
  throw new DataError({
    code: "data/missing-file",
    file: files.join(" ") || "no file",
    expected: `a file for the ${missing.kind} ${missing.name}`,
    got: `data for ${listNames(Object.keys(gathered))}`,
    hint: `Add ${missing.name}=<file>, or a CSV that has it.`,
  });
}

const whichField = (file: string, fields: readonly Field[]) =>
  new DataError({
    code: "data/which-field",
    file,
    expected: `the name of the field before the path, one of ${listNames(fields.map((field) => field.name))}`,
    got: "none",
    hint: `Such as ${fields[0]?.name ?? "field"}=${file}.`,
  });

function commonRows(read: readonly { path: string; data: FileData }[]): number {
  const [first, ...others] = read;
  if (!first) return 0;
  const different = others.find(({ data }) => data.rows !== first.data.rows);
  if (!different) return first.data.rows;
  throw new DataError({
    code: "data/row-count",
    file: different.path,
    expected: `${first.data.rows} rows, as in ${first.path}`,
    got: `${different.data.rows}`,
  });
}

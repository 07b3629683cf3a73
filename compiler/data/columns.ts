/**
 * Which columns of a CSV feed which field: by the map, by the names of an earlier run, by the field's name, by numbered names,
 * or because they are what is left.
 *
 * header sepal_length,sepal_width,petal_length,petal_width,species; fields measurements [4], species []
 *   -> species: [4] by its name, measurements: [0, 1, 2, 3] as the only columns left
 */
import { expandRange } from "./columnMap.ts";
import { DataError, quote } from "./errors.ts";
import { didYouMean, listNames } from "./names.ts";
import { type ColumnMap, elementCount, type Field } from "./types.ts";

interface Header {
  readonly file: string;
  readonly names: readonly string[];
  readonly positions: ReadonlyMap<string, number>;
}

/** Field -> positions of its columns in element order. Throws data/missing-column, data/column-count, data/map. */
export function assignColumns(
  file: string,
  names: readonly string[],
  fields: readonly Field[],
  map: ColumnMap,
): Map<Field, readonly number[]> {
  const header: Header = { file, names, positions: new Map(names.map((name, position) => [name, position])) };
  const mapped = new Map(Object.entries(map));
  const assigned = new Map<Field, readonly number[]>();
  for (const field of fields) {
    const wanted = mapped.get(field.name);
    const columns =
      wanted === undefined
        ? (asBefore(header, field) ?? byName(header, field, field.name))
        : byMap(header, field, wanted);
    if (columns) assigned.set(field, columns);
    // What is left would be taken by position, though both files name their columns.
    else if (field.columns && !field.optional) throw otherColumns(header, field, field.columns);
  }
  assignRemaining(header, fields, assigned);
  return assigned;
}

/** The columns of the earlier run, where the header has them all: in any order, among any others. */
function asBefore({ positions }: Header, { columns }: Field): readonly number[] | undefined {
  const found = columns?.map((name) => positions.get(name));
  return found?.every((position) => position !== undefined) ? found : undefined;
}

/** Numbered names, as programs write them; the first that the header has wins. */
const spellings: readonly ((name: string, i: number) => string)[] = [
  (name, i) => `${name}${i}`,
  (name, i) => `${name}_${i}`,
  (name, i) => `${name}.${i}`,
  (name, i) => `${name}[${i}]`,
];

function byName(header: Header, field: Field, name: string): readonly number[] | undefined {
  const size = elementCount(field.dims);
  const exact = header.positions.get(name);
  if (size === 1 && exact !== undefined) return [exact];
  for (const spell of spellings) {
    // Counted from 1 (x1, x2) where there is no 0.
    const first = [0, 1].find((start) => header.positions.has(spell(name, start)));
    if (first === undefined) continue;
    const tooMany = spell(name, first + size);
    if (header.positions.has(tooMany)) throw wrongCount(header, field, size, `also a column ${quote(tooMany)}`);
    return Array.from({ length: size }, (_, i) => positionOf(header, field, spell(name, first + i)));
  }
  return undefined;
}

function byMap(header: Header, field: Field, wanted: string | readonly string[]): readonly number[] {
  const size = elementCount(field.dims);
  const texts = typeof wanted === "string" ? [wanted] : wanted;
  // One name may stand for a whole family: pixels=image where the file has image0, image1, ...
  const family = texts.length === 1 ? byName(header, field, texts[0]!) : undefined;
  if (family) return family;
  const names = texts.flatMap((text) => (header.positions.has(text) ? [text] : (expandRange(text, size) ?? [text])));
  const columns = names.map((name) => positionOf(header, field, name));
  if (columns.length !== size) throw wrongCount(header, field, size, `${columns.length} from the column map`);
  const seen = new Set<string>();
  const twice = names.find((name) => seen.size === seen.add(name).size);
  if (twice !== undefined) throw wrongCount(header, field, size, `${quote(twice)} twice in the column map`);
  return columns;
}

/** Gives the columns that nothing else uses to the one input that has none, where their number fits. */
function assignRemaining(header: Header, fields: readonly Field[], assigned: Map<Field, readonly number[]>): void {
  const missing = fields.filter((field) => !assigned.has(field) && !field.optional);
  const [only] = missing;
  if (!only) return;
  const used = new Set([...assigned.values()].flat());
  const unused = header.names.map((_, position) => position).filter((position) => !used.has(position));
  const fits = missing.length === 1 && only.kind === "input" && unused.length === elementCount(only.dims);
  // A target is reported first: once it is found, the columns left may fit the input.
  if (!fits) throw missingField(header, missing.find((field) => field.kind === "target") ?? only, unused);
  assigned.set(only, unused);
}

function positionOf(header: Header, field: Field, name: string): number {
  const position = header.positions.get(name);
  if (position === undefined) throw missingColumn(header, field, name);
  return position;
}

const missingColumn = ({ file, names }: Header, field: Field, name: string) =>
  new DataError({
    code: "data/missing-column",
    file,
    row: 1,
    column: name,
    expected: `a column ${quote(name)} for ${describe(field)}`,
    got: `columns ${listNames(names)}`,
    hint: didYouMean(name, names),
  });

function missingField({ file, names }: Header, field: Field, unused: readonly number[]): DataError {
  const size = elementCount(field.dims);
  const own =
    size === 1 ? `a column ${quote(field.name)}` : `columns ${quote(`${field.name}0`)} to "${field.name}${size - 1}"`;
  const left = `${unused.length} not used otherwise`;
  const hint = [didYouMean(field.name, names), `Name the columns with --map ${field.name}=...`];
  return new DataError({
    code: "data/missing-column",
    file,
    row: 1,
    column: field.name,
    expected: `${own} for ${describe(field)}${field.kind === "input" && size > 1 ? `, or exactly ${size} columns left` : ""}`,
    got: `columns ${listNames(names)} (${left})`,
    hint: hint.filter(Boolean).join(" "),
  });
}

function otherColumns({ file, names }: Header, field: Field, columns: readonly string[]): DataError {
  const missing = columns.find((name) => !names.includes(name))!;
  const others = names.filter((name) => !columns.includes(name));
  const hint = [didYouMean(missing, others), `Rename them, or name the columns with --map ${field.name}=...`];
  return new DataError({
    code: "data/missing-column",
    file,
    row: 1,
    column: missing,
    expected: `the columns that ${describe(field)} was trained with: ${listNames(columns)}`,
    got: `columns ${listNames(names)}`,
    hint: hint.filter(Boolean).join(" "),
  });
}

const wrongCount = ({ file }: Header, field: Field, size: number, got: string) =>
  new DataError({
    code: "data/column-count",
    file,
    row: 1,
    expected: `${size} different ${size === 1 ? "column" : "columns"} for ${describe(field)}`,
    got,
    hint: `Name them with --map ${field.name}=...`,
  });

/** "input measurements: [4]" */
export const describe = (field: Field): string => `${field.kind} ${field.name}: [${field.dims.join(", ")}]`;

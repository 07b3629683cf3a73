/**
 * The column map: which CSV columns feed a field whose own name the file does not have.
 *
 * "pixels=p0..p783,digit=label" -> { pixels: ["p0..p783"], digit: ["label"] }; "p0..p783" -> p0, p1, ... p783
 */
import { DataError, quote } from "./errors.ts";
import type { ColumnMap } from "./types.ts";

/**
 * The text of --map. A comma begins another column of the same field, unless an = follows before the next comma. A column
 * whose name holds one of both stands in double quotes, as in a CSV: a quote in it is doubled.
 * Throws data/map.
 */
export function parseColumnMap(text: string): Record<string, string[]> {
  const map: Record<string, string[]> = Object.create(null);
  let field: string | undefined;
  for (const part of partsOf(text)) {
    const equals = part.startsWith('"') ? -1 : part.indexOf("=");
    const column = unquoted(part.slice(equals + 1).trim());
    if (equals > 0) {
      field = part.slice(0, equals).trim();
      if (field in map) throw badMap(part, `one entry for ${quote(field)}`);
      map[field] = [];
    }
    if (field === undefined || equals === 0 || column === "") throw badMap(part, "field=column");
    map[field]!.push(column);
  }
  return map;
}

/** That of one --map and of another; throws data/map where both have a field. */
export function mergeColumnMaps(first: ColumnMap, second: ColumnMap): ColumnMap {
  const twice = Object.keys(second).find((field) => field in first);
  if (twice !== undefined) throw badMap(twice, `one entry for ${quote(twice)}`);
  return Object.assign(Object.create(null), first, second);
}

/** Cut at the commas outside of quotes. A quote counts where a column begins; elsewhere it is a character as any other. */
function partsOf(text: string): string[] {
  const parts: string[] = [];
  let start = 0;
  while (start <= text.length) {
    const open = /(?:[^,="]*=)?\s*"/y;
    open.lastIndex = start;
    const from = open.test(text) ? afterQuotes(text, open.lastIndex) : start;
    const comma = text.indexOf(",", from);
    const end = comma < 0 ? text.length : comma;
    parts.push(text.slice(start, end).trim());
    start = end + 1;
  }
  return parts;
}

/** Behind the quote that closes; two in a row stand for one. */
function afterQuotes(text: string, start: number): number {
  for (let at = text.indexOf('"', start); at >= 0; at = text.indexOf('"', at + 2))
    if (text[at + 1] !== '"') return at + 1;
  throw badMap(text.slice(start - 1), "a quote that closes");
}

const unquoted = (column: string): string =>
  column.length > 1 && column.startsWith('"') && column.endsWith('"')
    ? column.slice(1, -1).replaceAll('""', '"')
    : column;

const badMap = (got: string, expected: string) =>
  new DataError({
    code: "data/map",
    file: "column map",
    expected,
    got: quote(got),
    hint: 'Such as pixels=p0..p783,digit=label or measurements=length,"width, in cm".',
  });

/** Many names, numbered in a row, as the range that stands for them: p0, p1, ... p783 -> "p0..p783"; others as they are. */
export function compactNames(names: readonly string[]): string[] {
  const [first, last] = [names[0], names.at(-1)];
  const range = `${first}..${last}`;
  return names.length > fewNames && expandRange(range, names.length)?.join("\n") === names.join("\n")
    ? [range]
    : [...names];
}

/** The names that `compactNames` wrote. */
export const expandNames = (texts: readonly string[]): readonly string[] =>
  (texts.length === 1 && expandRange(texts[0]!, mostNames)) || texts;

/** What a caller writes out by name, and a module therefore lists. */
const fewNames = 16;

/** More columns than a file can have on one line that anybody reads. */
const mostNames = 1e6;

/** "p[12]" -> "p[", "12", "]"; each part ends where the next begins, so that a long name takes time in its length. */
const numberedPattern = /^(\D*)(\d+)(.*)$/s;

/**
 * The names that "p0..p783" or "p[0]..p[783]" stands for; leading zeros are kept (p000..p783). Undefined where `text` is
 * no range; at most `limit` + 1 names, as a range of a billion is a slip of the keyboard.
 */
export function expandRange(text: string, limit: number): string[] | undefined {
  const dots = text.indexOf("..", text.search(/\d/));
  const [, prefix, from, suffix] = numberedPattern.exec(text.slice(0, dots)) ?? [];
  const [, lastPrefix, to, lastSuffix] = numberedPattern.exec(text.slice(dots + 2)) ?? [];
  if (dots < 0 || from === undefined || to === undefined) return undefined;
  if (prefix !== lastPrefix || suffix !== lastSuffix) return undefined;
  const [first, last] = [Number(from), Number(to)];
  if (!Number.isSafeInteger(last) || last < first) return undefined;
  const digits = from.startsWith("0") && from.length === to.length ? from.length : 1;
  const count = Math.min(last - first, limit) + 1;
  return Array.from({ length: count }, (_, i) => `${prefix}${String(first + i).padStart(digits, "0")}${suffix}`);
}

/**
 * The tiles that `nabla build --tune` found, as text: a JSON object for each kind of build, with a tile for each kernel by what
 * it computes.
 *
 *   { "infer f32 batch 32": { "engine": "Node 20.20.2, V8 11.3",
 *       "tiles": { "[i0<n, i1<10] a[10*i0 + i1] = ...": { "tile": "lanes along i1 x3, i0 by 2", "gain": 1.39, ... } } } }
 */
import { transformSync } from "esbuild";
import { DataError, type Frame, quote } from "../data/errors.ts";
import type { Mode } from "../graph/function.ts";
import type { FloatType } from "../graph/types.ts";
import { parseTile } from "../loop/parse-tile.ts";
import type { TileTable } from "../loop/tile-table.ts";
import { printTile } from "../loop/tiling.ts";
import type { TunedKernel } from "./tune.ts";

/** Kind of build -> its tiles. */
export type TileSections = ReadonlyMap<string, TileTable>;

/** What the tiles of a build are found under: others have other kernels, or the same ones at another size. */
export const sectionName = (build: {
  readonly mode: Mode;
  readonly dtype: FloatType;
  readonly batch: number;
}): string => `${build.mode} ${build.dtype} batch ${build.batch}`;

/**
 * Reads the text of a tile file; `file` is its name in errors.
 * Throws tiles/syntax where it is no JSON, tiles/shape where a part is missing, tiles/tile where a tile cannot be read.
 */
export function parseTileFile(text: string, file: string): TileSections {
  const faults = new Faults(text, file);
  const sections = faults.object(faults.json(), "an object with a section for each kind of build", "{");
  return new Map(
    Object.entries(sections).map(([name, section]) => {
      const { tiles } = faults.object(section, 'an object with "engine" and "tiles"', JSON.stringify(name));
      const entries = Object.entries(faults.object(tiles, 'an object "tiles", a kernel each', JSON.stringify(name)));
      return [name, new Map(entries.map(([signature, entry]) => [signature, faults.tile(signature, entry)]))];
    }),
  );
}

/** The text with one section replaced, or added, by what was found; `before` is the text so far. */
export function withSection(
  before: string | undefined,
  section: string,
  found: { readonly engine: string; readonly kernels: readonly TunedKernel[] },
): string {
  const tiles = sorted(
    found.kernels.map(({ signature, tile, chosen, gain }): [string, unknown] => [
      signature,
      gain === 1
        ? { tile: printTile(tile) }
        : { tile: printTile(tile), insteadOf: printTile(chosen), gain: Number(gain.toFixed(2)) },
    ]),
  );
  const sections = Object.entries(JSON.parse(before ?? "{}") as object).filter(([name]) => name !== section);
  return `${JSON.stringify(sorted([...sections, [section, { engine: found.engine, tiles }]]), null, 2)}\n`;
}

const sorted = (entries: readonly [string, unknown][]): object =>
  Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)));

const hint = "Delete the file; nabla build --tune writes it anew.";

/** The text being read, for errors that show their line. */
class Faults {
  readonly #text: string;
  readonly #file: string;

  constructor(text: string, file: string) {
    this.#text = text;
    this.#file = file;
  }

  json(): unknown {
    try {
      return JSON.parse(this.#text);
    } catch {
      throw this.#syntax();
    }
  }

  object(value: unknown, expected: string, at: string): Readonly<Record<string, unknown>> {
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
    throw this.#fault("tiles/shape", expected, shown(value), at);
  }

  tile(signature: string, entry: unknown) {
    const at = JSON.stringify(signature);
    const { tile } = this.object(entry, 'an object with "tile"', at);
    if (typeof tile !== "string") throw this.#fault("tiles/tile", '"tile" to be text', shown(tile), at);
    try {
      return parseTile(tile);
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      const [, expected, got] = /^expected (.*), got (.*)$/.exec(error.message)!;
      throw this.#fault("tiles/tile", expected!, got!, at, JSON.stringify(tile));
    }
  }

  /** With the place of the first of `marks`, or of the second after it. */
  #fault(code: string, expected: string, got: string, ...marks: string[]): DataError {
    const start = marks.reduce((from, mark) => Math.max(from, this.#text.indexOf(mark, from)), 0);
    const mark = marks.findLast((one) => this.#text.startsWith(one, start)) ?? "";
    const before = this.#text.slice(0, start).split("\n");
    const column = before.at(-1)!.length;
    const line = this.#text.split("\n")[before.length - 1]!;
    return this.#error(code, expected, got, before.length, { text: line, start: column, end: column + mark.length });
  }

  /** JSON.parse does not always say where; esbuild does. */
  #syntax(): DataError {
    const { text, location } = jsonFault(this.#text);
    const [, expected = "JSON", got = quote(text)] = /^Expected (.*) but found (.*)$/.exec(text) ?? [];
    const { line, column, length, lineText } = location;
    const frame = { text: lineText, start: column, end: column + length };
    return this.#error("tiles/syntax", expected, got, line, frame);
  }

  #error(code: string, expected: string, got: string, row: number, frame: Frame): DataError {
    return new DataError({ code, file: this.#file, row, expected, got, hint, frame });
  }
}

const shown = (value: unknown): string => (value === undefined ? "nothing" : JSON.stringify(value).slice(0, 60));

interface JsonFault {
  readonly text: string;
  readonly location: {
    readonly line: number;
    readonly column: number;
    readonly length: number;
    readonly lineText: string;
  };
}

/** What esbuild says of a text that JSON.parse refuses. */
function jsonFault(text: string): JsonFault {
  try {
    transformSync(text, { loader: "json", logLevel: "silent" });
  } catch (thrown) {
    return (thrown as { errors: JsonFault[] }).errors[0]!;
  }
  const lineText = text.split("\n")[0]!;
  return { text: "text that is not quite JSON", location: { line: 1, column: 0, length: 1, lineText } };
}

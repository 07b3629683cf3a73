/**
 * What an import asks of the plugin, from the text of its path.
 *
 *   /src/iris.model.ts?trained&data=./iris.csv&epochs=50
 *   -> { kind: "trained", model: "/src/iris.model.ts", data: ["/src/iris.csv"], epochs: 50, ... }
 *
 * Files are relative to the model file, wherever the import stands.
 */
import { dirname, resolve } from "node:path";
import { nearest } from "../../runtime/nearest.ts";
import { parseColumnMap } from "../data/columnMap.ts";
import { parseNumber } from "../data/numbers.ts";
import type { ColumnMap } from "../data/types.ts";
import type { FloatType } from "../graph/types.ts";
import { UserError } from "../tasks/errors.ts";

/** What a bundler may be given: the cheap test before anything is parsed. */
export const requestPattern = /\.[cm]?[jt]sx?\?(infer|trained|train)(&|$)/;

interface Common {
  /** The model file's absolute path. */
  readonly model: string;
  readonly batch: number | undefined;
  readonly dtype: FloatType | undefined;
  readonly seed: number | undefined;
  /** Whether a second module has relaxed SIMD. */
  readonly relaxed: boolean;
}

export interface CompileRequest extends Common {
  readonly kind: "infer" | "train";
  /** A safetensors file. */
  readonly weights: string | undefined;
}

export interface TrainRequest extends Common {
  readonly kind: "trained";
  readonly data: readonly string[];
  /** Rows to judge by, in place of some of `data`. */
  readonly test: readonly string[] | undefined;
  readonly map: ColumnMap | undefined;
  readonly epochs: number;
  readonly testSplit: number | undefined;
  /** The least share of right answers on the rows held out; below it the build fails. The model's own unless said. */
  readonly accuracy: number | undefined;
}

export type Request = CompileRequest | TrainRequest;

/** Throws a UserError, or a DataError for a column map, that says which part of the query is wrong. */
export function parseRequest(id: string): Request {
  const mark = id.indexOf("?");
  const model = id.slice(0, mark);
  const [kind, ...rest] = id.slice(mark + 1).split("&") as [Request["kind"], ...string[]];
  const query = new Query(id, kind, new URLSearchParams(rest.join("&")));
  const file = (path: string) => resolve(dirname(model), path);
  const common = {
    model,
    batch: query.integer("batch", 1),
    dtype: query.oneOf("dtype", ["f32", "f64"] as const),
    seed: query.integer("seed", 0),
    relaxed: query.flag("relaxed"),
  };
  if (kind !== "trained") return { ...common, kind, weights: query.text("weights", file) };
  const test = query.all("test").map((source) => inField(source, file));
  return {
    ...common,
    kind,
    data: query.required("data").map((source) => inField(source, file)),
    test: test.length > 0 ? test : undefined,
    map: query.text("map", parseColumnMap),
    epochs: query.requiredInteger("epochs", 1),
    testSplit: query.fraction("testSplit"),
    accuracy: query.fraction("accuracy"),
  };
}

/** "pixels=./images.gz" -> { field: "pixels", path: "./images.gz" }; without a name, the file feeds every field. */
export function splitSource(source: string): { field: string; path: string } {
  const [, field = "", path = source] = /^([\p{ID_Start}$_][\p{ID_Continue}$]*)=(.*)$/u.exec(source) ?? [];
  return { field, path };
}

/** The files beside the model's own that a request reads. */
export function dataFiles(request: Request): string[] {
  if (request.kind !== "trained") return request.weights === undefined ? [] : [request.weights];
  return [...request.data, ...(request.test ?? [])].map((source) => splitSource(source).path);
}

function inField(source: string, file: (path: string) => string): string {
  const { field, path } = splitSource(source);
  return field ? `${field}=${file(path)}` : file(path);
}

const known = {
  infer: ["weights", "batch", "dtype", "seed", "relaxed"],
  train: ["weights", "batch", "dtype", "seed", "relaxed"],
  trained: ["data", "test", "map", "epochs", "testSplit", "accuracy", "batch", "dtype", "seed", "relaxed"],
};

const repeatable = ["data", "test"];

/** Reads the parts of a query; what it throws shows the whole import. */
class Query {
  readonly #id: string;
  readonly #parts: URLSearchParams;

  constructor(id: string, kind: Request["kind"], parts: URLSearchParams) {
    this.#id = id;
    this.#parts = parts;
    for (const name of parts.keys()) {
      if (!known[kind].includes(name)) throw this.#unknown(kind, name);
      const count = parts.getAll(name).length;
      if (count > 1 && !repeatable.includes(name)) throw this.#wrong(name, "it once", `${count} times`);
    }
  }

  #unknown(kind: Request["kind"], name: string): UserError {
    const meant = nearest(name, known[kind]);
    const hint = meant === undefined ? "" : `; did you mean ${meant}?`;
    return this.#wrong(name, `one of ${known[kind].join(", ")} after ?${kind}`, `${name}${hint}`);
  }

  all = (name: string): string[] => this.#parts.getAll(name);

  required(name: string): string[] {
    const values = this.all(name);
    if (values.length === 0) throw this.#wrong(name, `&${name}=... in the import`, "none");
    return values;
  }

  text<T>(name: string, read: (text: string) => T): T | undefined {
    const value = this.#parts.get(name);
    return value === null ? undefined : read(value);
  }

  integer = (name: string, low: number): number | undefined =>
    this.text(name, (text) => {
      const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
      if (value >= low && value < 2 ** 32) return value;
      throw this.#wrong(name, `an integer from ${low} to ${2 ** 32 - 1}`, text);
    });

  requiredInteger(name: string, low: number): number {
    this.required(name);
    return this.integer(name, low)!;
  }

  fraction = (name: string): number | undefined =>
    this.text(name, (text) => {
      const value = parseNumber(text);
      if (value >= 0 && value <= 1) return value;
      throw this.#wrong(name, "a number from 0 to 1", text);
    });

  /** Said or not; "&relaxed=no" would be misread. */
  flag(name: string): boolean {
    const text = this.#parts.get(name);
    if (text) throw this.#wrong(name, `&${name} without a value`, text);
    return text !== null;
  }

  oneOf = <T extends string>(name: string, values: readonly T[]): T | undefined =>
    this.text(name, (text) => {
      if (values.includes(text as T)) return text as T;
      throw this.#wrong(name, values.join(" or "), text);
    });

  #wrong = (name: string, expected: string, got: string) =>
    new UserError(`import "${this.#id}": ${name}: expected ${expected}, got ${got}`);
}

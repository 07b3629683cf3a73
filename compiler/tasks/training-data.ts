/**
 * The data of one training run: read, checked against the model, in parts that share no row.
 *
 *   readTrainingData(program, { data: ["iris.csv"], testSplit: 0.2, seed: 1 })
 *   -> { train: 120 rows, test: 30 rows, classNames: { species: ["setosa", "versicolor", "virginica"] } }
 */
import { createHash } from "node:crypto";
import { openBatches } from "../../runtime/batches.ts";
import type { Data, GivenData, Signature, Slot } from "../../runtime/index.ts";
import { readDataset } from "../data/read.ts";
import { type SplitOptions, splitRows } from "../data/split.ts";
import type { ColumnMap, Dataset, FieldData } from "../data/types.ts";
import { elementCount } from "../graph/types.ts";
import type { Program } from "../program/program.ts";
import { UserError } from "./errors.ts";
import { type ClassNames, type ColumnNames, type FoundNames, trainingFields } from "./fields.ts";

/** Paths as readDataset takes them ("train.csv"; "pixels=a.gz" and "digit=b.gz"), or arrays, row after row. */
export type DataSource = string | readonly string[] | GivenData;

export interface TrainingDataRequest extends FoundNames {
  readonly data: DataSource;
  readonly test?: DataSource | undefined;
  /** Fractions of the rows of `data`. */
  readonly testSplit?: number | undefined;
  readonly validationSplit?: number | undefined;
  readonly map?: ColumnMap | undefined;
  /** Which rows go where. */
  readonly seed: number;
}

export interface Rows extends Data {
  readonly rows: number;
}

export interface TrainingData {
  readonly train: Rows;
  readonly validation?: Rows;
  readonly test?: Rows;
  /** Of the inputs and targets whose labels are names in the file. */
  readonly classNames: ClassNames;
  /** Of the inputs and targets that columns of a CSV fed. */
  readonly columns: ColumnNames;
  /** SHA-256, hex, of what is trained with: a run resumes to the same bits only with the same. */
  readonly hash: string;
}

/**
 * Rejects with a DataError for what is wrong in a file, with a UserError for a split that leaves nothing, and with a
 * TypeError or RangeError for arrays that do not fit.
 */
export async function readTrainingData(program: Program, request: TrainingDataRequest): Promise<TrainingData> {
  const { data, test, testSplit, validationSplit, map, seed } = request;
  const all = await readSource(program, data, map, request);
  const parts = split(all.rows, { test: testSplit, validation: validationSplit, seed });
  const train = takeRows(program, all.values, parts.train);
  const part = (rows: Uint32Array) => (rows.length > 0 ? takeRows(program, all.values, rows) : undefined);
  const apart = test === undefined ? undefined : await readSource(program, test, map, all);
  return {
    train,
    validation: part(parts.validation),
    test: apart ? { ...apart.values, rows: apart.rows } : part(parts.test),
    classNames: all.classNames,
    columns: all.columns,
    hash: hashOf(program, train),
  };
}

interface Read {
  readonly rows: number;
  readonly values: Data;
  readonly classNames: ClassNames;
  readonly columns: ColumnNames;
}

async function readSource(
  program: Program,
  source: DataSource,
  map: ColumnMap | undefined,
  found: FoundNames,
): Promise<Read> {
  const { classNames = {}, columns = {} } = found;
  if (!isFiles(source)) {
    const { rows, values } = openBatches(signatureOf(program), source, 1);
    return { rows, values, classNames, columns };
  }
  const files = typeof source === "string" ? [source] : source;
  const dataset = await readDataset({ files, fields: trainingFields(program, found), ...(map ? { map } : {}) });
  const values = (fields: Program["inputs"]) =>
    Object.fromEntries(fields.map((f) => [f.name, valuesOf(dataset, f.name)]));
  return {
    rows: dataset.rows,
    values: { inputs: values(program.inputs), targets: values(program.targets) },
    classNames: namesIn(dataset.fields, "dictionary"),
    // Of a field that an array feeds now, those that it once had.
    columns: { ...columns, ...namesIn(dataset.fields, "columns") },
  };
}

const isFiles = (source: DataSource): source is string | readonly string[] =>
  typeof source === "string" || Array.isArray(source);

const valuesOf = (dataset: Dataset, name: string): FieldData["data"] => dataset.fields[name]!.data;

function namesIn(
  fields: Readonly<Record<string, FieldData>>,
  kind: "dictionary" | "columns",
): ClassNames | ColumnNames {
  const named = Object.entries(fields).flatMap(([name, { [kind]: names }]) => (names ? [[name, names]] : []));
  return Object.fromEntries(named);
}

/** What arrays are checked against, as the loader does it. */
function signatureOf({ inputs, targets, dtype: float }: Program): Pick<Signature, "inputs" | "targets"> {
  const slots = (fields: Program["inputs"]) =>
    fields.map(({ name, dims, dtype, classes }): Slot => {
      return { name, dims: dims as readonly number[], dtype: dtype === "label" ? "i32" : float, classes, offset: 0 };
    });
  return { inputs: slots(inputs), targets: slots(targets) };
}

function split(rows: number, { test, validation, seed }: { [K in keyof SplitOptions]: SplitOptions[K] | undefined }) {
  try {
    return splitRows(rows, { test: test ?? 0, validation: validation ?? 0, seed: seed! });
  } catch (error) {
    throw error instanceof RangeError ? new UserError(error.message.replace(/^splitRows: /, "split: ")) : error;
  }
}

/** The rows named, in the order given. */
export function takeRows(program: Program, { inputs, targets }: Data, rows: ArrayLike<number>): Rows {
  const take = (fields: Program["inputs"], values: Data["inputs"]) =>
    Object.fromEntries(fields.map(({ name, dims }) => [name, gather(values[name]!, elementCount(dims, 1), rows)]));
  return { rows: rows.length, inputs: take(program.inputs, inputs), targets: take(program.targets, targets) };
}

/** f64 holds every label and every number that a file can. */
function gather(values: ArrayLike<number>, size: number, rows: ArrayLike<number>): ArrayLike<number> {
  const Kind = values instanceof Float32Array ? Float32Array : values instanceof Int32Array ? Int32Array : Float64Array;
  const taken = new Kind(rows.length * size);
  for (let i = 0; i < rows.length; i++)
    for (let k = 0; k < size; k++) taken[i * size + k] = values[rows[i]! * size + k]!;
  return taken;
}

/** `data` has been through takeRows, so its values are typed arrays. */
function hashOf(program: Program, { inputs, targets }: Data): string {
  const hash = createHash("sha256");
  for (const [fields, values] of [
    [program.inputs, inputs],
    [program.targets, targets],
  ] as const)
    for (const { name } of fields) {
      const { buffer, byteOffset, byteLength } = values[name] as Float64Array;
      hash.update(`${name}:${byteLength};`).update(new Uint8Array(buffer, byteOffset, byteLength));
    }
  return hash.digest("hex");
}

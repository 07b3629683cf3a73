/**
 * What a reader of data files is asked for and what it gives back.
 *
 * { name: "measurements", dims: [4] } and a CSV of 150 rows -> { data: Float64Array(600), dims: [4] }, rows: 150
 */

/** One input or target of the model, as the data must provide it. */
export interface Field {
  readonly name: string;
  readonly kind: "input" | "target";
  /** The shape of one example; [] is a scalar. */
  readonly dims: readonly number[];
  /** The number of classes K where values are labels: integers 0..K-1, or names that become them. */
  readonly classes?: number;
  readonly dtype: "float" | "int";
  /** What the module holds its numbers in: what that cannot hold is refused. float64, as read, unless said. */
  readonly element?: "f32" | "f64";
  /** The CSV columns that fed it in an earlier run, in element order: they are found by name, wherever they stand. */
  readonly columns?: readonly string[];
  /** Names of the classes from an earlier run: label i is dictionary[i], and no other name is accepted. */
  readonly dictionary?: readonly string[];
  /** Left out of the dataset where the file has no column for it (targets when predicting). */
  readonly optional?: boolean;
}

export type ColumnMap = Readonly<Record<string, string | readonly string[]>>;

export interface ReadRequest {
  /** One path, or several as "field=path". A path without a name feeds every field that no named file does. */
  readonly files: readonly string[];
  readonly fields: readonly Field[];
  /** Field name -> column names of the CSV: one name, a range "p0..p783", or a list of either. */
  readonly map?: ColumnMap;
}

export interface FieldData {
  /** Row-major, rows * elementCount(dims) values; Int32Array for "int" fields. Never scaled or shifted. */
  readonly data: Float64Array | Float32Array | Int32Array;
  readonly dims: readonly number[];
  /** Where labels were names: label i stands for dictionary[i]. */
  readonly dictionary?: readonly string[];
  /** The CSV columns that fed the field, in element order. */
  readonly columns?: readonly string[];
}

export interface Dataset {
  readonly rows: number;
  /** Without a prototype, so that no name is special. */
  readonly fields: Record<string, FieldData>;
  /** The files, for reports: "train.csv", or "pixels=a.idx3-ubyte.gz digit=b.idx1-ubyte.gz". */
  readonly source: string;
}

/** What one file gives. */
export interface FileData {
  readonly rows: number;
  readonly fields: ReadonlyMap<string, FieldData>;
}

export const elementCount = (dims: readonly number[]): number => dims.reduce((product, extent) => product * extent, 1);

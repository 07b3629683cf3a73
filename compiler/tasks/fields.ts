/**
 * What a data file must hold for a network: its fields, in the words of the data readers.
 *
 *   targets: { species: classes(3) }   ->   { name: "species", kind: "target", dims: [], classes: 3, dtype: "int" }
 */
import type { Signature } from "../../runtime/section.ts";
import { expandNames } from "../data/columnMap.ts";
import type { Field } from "../data/types.ts";
import { elementCount, type FloatType } from "../graph/types.ts";
import type { Program, Field as ProgramField } from "../program/program.ts";

/** Input or target -> the names of its classes: label i is called labels[field][i]. */
export type ClassNames = Readonly<Record<string, readonly string[]>>;

/** Input or target -> the CSV columns that fed it, in element order. */
export type ColumnNames = Readonly<Record<string, readonly string[]>>;

/** What an earlier run found in its files: the same names mean the same ever after. */
export interface FoundNames {
  readonly classNames?: ClassNames | undefined;
  readonly columns?: ColumnNames | undefined;
}

export function trainingFields(program: Program, { classNames = {}, columns = {} }: FoundNames = {}): Field[] {
  const field = (kind: Field["kind"]) => (f: Program["inputs"][number]) =>
    toField(kind, f, program.dtype, classNames[f.name], columns[f.name]);
  return [...program.inputs.map(field("input")), ...program.targets.map(field("target"))];
}

/** The inputs of a built module, whose signature is all there is to know. */
export const inferenceFields = ({ inputs, dtype: element }: Signature): Field[] =>
  inputs.map(({ name, dims, dtype, classes, labels, columns }) =>
    toField(
      "input",
      { name, dims, dtype: dtype === "i32" ? "label" : "float", ...(classes ? { classes } : {}) },
      element,
      labels,
      columns && columnsOf(columns, elementCount(dims, 1)),
    ),
  );

const columnsOf = (columns: readonly string[], size: number) =>
  columns.length === size ? columns : expandNames(columns);

function toField(
  kind: Field["kind"],
  { name, dims, dtype, classes }: ProgramField,
  element: FloatType,
  dictionary: readonly string[] | undefined,
  columns: readonly string[] | undefined,
): Field {
  return {
    name,
    kind,
    dims,
    dtype: dtype === "label" ? "int" : "float",
    element,
    ...(classes === undefined ? {} : { classes }),
    ...(dictionary === undefined ? {} : { dictionary }),
    // Of another model's checkpoint, which is refused later, they may be more or fewer.
    ...(columns?.length === elementCount(dims, 1) ? { columns } : {}),
  };
}

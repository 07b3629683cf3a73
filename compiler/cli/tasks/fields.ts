/**
 * What a data file must hold for a network: its fields, in the words of the data readers.
 *
 *   targets: { species: classes(3) }   ->   { name: "species", kind: "target", dims: [], classes: 3, dtype: "int" }
 */
import type { Signature } from "../../../runtime/section.ts";
import type { Field } from "../../data/types.ts";
import type { Program } from "../../dsl/program.ts";

/** Input or target -> the names of its classes: label i is called labels[field][i]. */
export type ClassNames = Readonly<Record<string, readonly string[]>>;

export function trainingFields(program: Program, names: ClassNames = {}): Field[] {
  const field = (kind: Field["kind"]) => (f: Program["inputs"][number]) => toField(kind, f, names[f.name]);
  return [...program.inputs.map(field("input")), ...program.targets.map(field("target"))];
}

/** The inputs of a built module, whose signature is all there is to know. */
export const inferenceFields = ({ inputs }: Signature): Field[] =>
  inputs.map(({ name, dims, dtype, classes, labels }) =>
    toField(
      "input",
      { name, dims, dtype: dtype === "i32" ? "label" : "float", ...(classes ? { classes } : {}) },
      labels,
    ),
  );

function toField(
  kind: Field["kind"],
  { name, dims, dtype, classes }: Program["inputs"][number],
  dictionary: readonly string[] | undefined,
): Field {
  return {
    name,
    kind,
    dims,
    dtype: dtype === "label" ? "int" : "float",
    ...(classes === undefined ? {} : { classes }),
    ...(dictionary === undefined ? {} : { dictionary }),
  };
}

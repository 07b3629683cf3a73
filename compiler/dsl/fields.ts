/**
 * Fields: the named inputs and targets of a model, each a leaf of the graph.
 *
 *   targets: { digit: classes(10) }      digit: i32[n], labels below 10
 */
import { badAttribute, badName, recordOrThrow, reservedName, unknownField } from "../diagnostics.ts";
import type { Node } from "../graph/node.ts";
import { input } from "../ops/index.ts";
import type { Build } from "./build.ts";
import type { ClassTarget } from "./model.ts";
import { isFieldName } from "./names.ts";
import { type Call, isPositiveInteger, isShape, print } from "./settings.ts";
import type { Shape } from "./shapes.ts";
import { refuse } from "./tensor.ts";

/** What a caller passes or gets under a name: `dims` of one example, rows not counted. */
export interface Field {
  readonly name: string;
  readonly dims: readonly number[];
  readonly dtype: "float" | "label";
  /** Labels are integers from 0 to classes - 1. */
  readonly classes?: number;
}

/** A field and its leaf. */
export interface FieldLeaf {
  readonly field: Field;
  readonly node: Node;
}

type FieldSpecs = Readonly<Record<string, Shape | ClassTarget>>;

/** Makes the leaves for `inputs` or `targets` of a model. A field with an error gets a refused node, as it is still used. */
export function declareFields(build: Build, call: Call, kind: string, specs: FieldSpecs): FieldLeaf[] {
  return Object.entries(specs).flatMap(([name, spec]) => {
    if (isFieldName(name)) return [declareField(build, call, kind, name, spec)];
    recordOrThrow(badName(call, kind, name));
    return [];
  });
}

function declareField(build: Build, call: Call, kind: string, name: string, spec: Shape | ClassTarget): FieldLeaf {
  if (isShape(spec)) {
    return {
      field: { name, dims: spec, dtype: "float" },
      node: input(name, { dtype: build.dtype, dims: ["n", ...spec] }),
    };
  }
  const classes = isClassTarget(spec) ? spec.classes : undefined;
  const field: Field = { name, dims: [], dtype: "label", classes };
  if (!isPositiveInteger(classes)) {
    const got = isClassTarget(spec) ? `classes(${print(classes)})` : print(spec);
    return {
      field,
      node: refuse(badAttribute(call, `${kind} ${name}`, "an array of integers above 0, or classes(K)", got)),
    };
  }
  const node = input(name, { dtype: "i32", dims: ["n"] });
  build.classes.set(node, classes);
  return { field, node };
}

const isClassTarget = (spec: unknown): spec is ClassTarget =>
  typeof spec === "object" && spec !== null && "classes" in spec;

/** Inputs and targets are passed side by side, so that they share one set of names. */
export function refuseSharedNames(call: Call, inputs: readonly FieldLeaf[], targets: readonly FieldLeaf[]): void {
  const names = new Set(inputs.map(({ field }) => field.name));
  for (const { field } of targets) {
    if (names.has(field.name)) recordOrThrow(reservedName(call, "a target", field.name, "an input"));
  }
}

/** The values by name as the model file reads them; a name that is not there is an error instead of undefined. */
export function guarded<V>(call: Call, kind: string, values: ReadonlyMap<string, Node>): V {
  const target = Object.freeze(Object.fromEntries(values));
  return new Proxy(target, {
    get(_target, name) {
      if (typeof name === "symbol") return undefined;
      return values.get(name) ?? refuse(unknownField(call, kind, name, [...values.keys()]));
    },
  }) as V;
}

export const byFieldName = (leaves: readonly FieldLeaf[]): Map<string, Node> =>
  new Map(leaves.map(({ field, node }) => [field.name, node]));

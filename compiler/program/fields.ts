/**
 * Fields: the named inputs and targets of a model, each a leaf of the graph.
 *
 *   inputs: { pixels: [784] }            pixels: f32[n,784]
 *   targets: { digit: classes(10) }      digit: i32[n], labels below 10
 *   inputs: { words: classes(99, [5]) }  words: i32[n,5], labels below 99
 */
import { badAttribute, badName, type CompileError, recordOrThrow, reservedName, unknownField } from "../diagnostics.ts";
import type { Build } from "../dsl/build.ts";
import type { ClassField, FieldSpecs } from "../dsl/model.ts";
import { isFieldName } from "../dsl/names.ts";
import { type Call, isPositiveInteger, isShape, print } from "../dsl/settings.ts";
import type { Shape } from "../dsl/shapes.ts";
import { refuse } from "../dsl/tensor.ts";
import type { Node } from "../graph/node.ts";
import { input } from "../ops/index.ts";

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

/** Labels are i32. */
const mostClasses = 2 ** 31;

export type FieldKind = "input" | "target";

/** Makes the leaves of a model's inputs or targets. A field with an error gets a refused node: forward still reads it. */
export function declareFields(build: Build, call: Call, kind: FieldKind, specs: FieldSpecs): FieldLeaf[] {
  return Object.entries(specs).flatMap(([name, spec]) => {
    if (isFieldName(name)) {
      const leaf = declareField(build, call, kind, name, spec);
      if (kind === "target") build.targets.add(leaf.node);
      return [leaf];
    }
    recordOrThrow(badName(call, kind === "input" ? "an input" : "a target", name));
    return [];
  });
}

function declareField(
  build: Build,
  call: Call,
  kind: FieldKind,
  name: string,
  spec: Shape | ClassField<number, Shape>,
): FieldLeaf {
  if (isShape(spec)) {
    const node = input(name, { dtype: build.dtype, dims: ["n", ...spec] });
    return { field: { name, dims: spec, dtype: "float" }, node };
  }
  const { classes: count, dims = [] } = isClassField(spec) ? spec : {};
  const isRight = isPositiveInteger(count) && count <= mostClasses && isShape(dims);
  const field: Field = { name, dims: isRight ? dims : [], dtype: "label", classes: count };
  if (!isRight) return { field, node: refuse(badField(call, kind, name, spec)) };
  const node = input(name, { dtype: "i32", dims: ["n", ...dims] });
  build.classes.set(node, count);
  return { field, node };
}

function badField(call: Call, kind: FieldKind, name: string, spec: unknown): CompileError {
  const expected =
    "an array of integers above 0, the shape of one example, or classes(K) or classes(K, shape) with K from 1 to 2^31";
  return badAttribute(call, `${kind} ${name}`, expected, isClassField(spec) ? printClasses(spec) : print(spec));
}

const printClasses = ({ classes, dims }: ClassField<number, Shape>): string =>
  `classes(${[classes, ...(dims === undefined ? [] : [print(dims)])].join(", ")})`;

const isClassField = (spec: unknown): spec is ClassField<number, Shape> =>
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

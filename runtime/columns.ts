/**
 * Rows by the names of their columns, for modules that know them: in the order of the training file, whatever order they are
 * given in. Further keys are ignored.
 *
 *   net.infer({ measurements: { petal_width: 0.2, petal_length: 1.4, sepal_width: 3.5, sepal_length: 5.1 } })
 *   net.infer({ measurements: rows })      // an array of such objects
 */
import type { InferenceNet } from "./infer.ts";
import type { Asked, Given, Row } from "./port.ts";
import type { Slot } from "./section.ts";
import type { Training } from "./training.ts";
import { wrong } from "./wrong.ts";

/** The net with calls that take rows by name too. They throw a TypeError for a row without one of the columns. */
export function takeColumns<N extends InferenceNet & Partial<Training>>(net: N): N {
  const named = net.manifest.inputs.filter(({ columns }) => columns);
  if (named.length === 0) return net;
  const { step, evaluate } = net;
  return {
    ...net,
    infer: (given, n, into) => net.infer(ordered(named, given), n, into),
    ...(step && { step: (given: Given, targets: Given, n?: number) => step(ordered(named, given), targets, n) }),
    ...(evaluate && {
      evaluate: (given: Given, truth: Given, n?: number) => evaluate(ordered(named, given), truth, n),
    }),
  };
}

function ordered(named: readonly Slot[], given: Asked): Given {
  for (const slot of named) {
    const values = given[slot.name];
    if (isRow(Array.isArray(values) ? values[0] : values)) {
      const rows: readonly unknown[] = [values].flat();
      given = { ...given, [slot.name]: rows.flatMap((row) => valuesOf(slot, isRow(row) ? row : {})) as number[] };
    }
  }
  return given as Given;
}

const isRow = (value: unknown): value is Row =>
  typeof value === "object" && value !== null && !ArrayBuffer.isView(value);

/** The name of a class stays one, for the loader to look up. */
function valuesOf({ name, columns, labels }: Slot, row: Row): (number | string)[] {
  const isValue = (value: unknown) => typeof value === "number" || (labels !== undefined && typeof value === "string");
  if (columns!.every((column) => Object.hasOwn(row, column) && isValue(row[column])))
    return columns!.map((column) => row[column]!);
  return wrong(`input "${name}"`, `a row with ${listed(columns!)}`, listed(Object.keys(row)), TypeError);
}

const listed = (names: readonly string[]): string => names.map((name) => JSON.stringify(name)).join(", ") || "none";

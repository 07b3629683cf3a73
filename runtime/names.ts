/**
 * Values by name, for modules that know the names: those of classes, and rows by those of their columns, which stand in the order
 * of the training file then, whatever order they are given in. Further keys of a row are ignored.
 *
 *   net.infer({ colour: ["red", "blue"] })      // as net.infer({ colour: [2, 0] })
 *   net.infer({ measurements: { petal_width: 0.2, petal_length: 1.4, sepal_width: 3.5, sepal_length: 5.1 } })
 *   net.infer({ measurements: rows })           // an array of such objects
 */
import type { InferenceNet } from "./infer.ts";
import type { Asked, Given, Row } from "./port.ts";
import type { Signature, Slot } from "./section.ts";
import type { Training } from "./training.ts";
import { wrong } from "./wrong.ts";

/** The inputs and targets whose classes or columns have names. */
export const namedSlots = ({ inputs, targets }: Signature): Slot[] => named([...inputs, ...targets]);

const named = (slots: readonly Slot[]): Slot[] => slots.filter(({ columns, labels }) => columns ?? labels);

/** The net with an `infer` that takes names, too: a RangeError for one of no class, a TypeError for a row without one of the columns. */
export function inferByName<N extends InferenceNet>(net: N): N {
  const inputs = named(net.manifest.inputs);
  return inputs.length === 0
    ? net
    : { ...net, infer: (values, n, into) => net.infer(lookedUp("input", inputs, values), n, into) };
}

/** The net with calls that take names, those of training among them. */
export function takeNames<N extends InferenceNet & Partial<Training>>(net: N): N {
  if (namedSlots(net.manifest).length === 0) return net;
  const { manifest, step, evaluate } = net;
  const inputs = named(manifest.inputs);
  const targets = named(manifest.targets);
  const both =
    <T>(call: (values: Given, truth: Given, n?: number) => T) =>
    (values: Given, truth: Given, n?: number): T =>
      call(lookedUp("input", inputs, values), lookedUp("target", targets, truth), n);
  return {
    ...inferByName(net),
    ...(step && { step: both(step) }),
    ...(evaluate && { evaluate: both(evaluate) }),
  };
}

/** The very same values where none is a name; `kind`: as errors call a slot, input or target. */
export function lookedUp(kind: string, slots: readonly Slot[], given: Asked): Given {
  for (const slot of slots) {
    const values = given?.[slot.name];
    const first: unknown = Array.isArray(values) ? values[0] : values;
    const title = `${kind} "${slot.name}"`;
    if (slot.columns && isRow(first)) {
      const rows: readonly unknown[] = [values].flat();
      given = { ...given, [slot.name]: rows.flatMap((row) => listed(title, slot, isRow(row) ? row : {})) as number[] };
    } else if (slot.labels && typeof first === "string")
      given = { ...given, [slot.name]: [values as string].flat().map((one) => labelOf(title, slot.labels!, one)) };
  }
  return given as Given;
}

const isRow = (value: unknown): value is Row =>
  typeof value === "object" && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value);

function listed(title: string, { columns, labels }: Slot, row: Row): number[] {
  const asNumber = (value: unknown) => (labels && typeof value === "string" ? labelOf(title, labels, value) : value);
  const values = columns!.map((column) => (Object.hasOwn(row, column) ? asNumber(row[column]) : undefined));
  if (values.every((value) => typeof value === "number")) return values;
  return wrong(title, `a row with numbers for ${quoted(columns!)}`, quoted(Object.keys(row)) || "none", TypeError);
}

function labelOf(title: string, labels: readonly string[], name: string): number {
  const label = labels.indexOf(name);
  return label < 0 ? wrong(title, quoted(labels), JSON.stringify(name)) : label;
}

const quoted = (names: readonly string[]): string => names.map((name) => JSON.stringify(name)).join(", ");

/**
 * Data to learn from or to be judged by: whole arrays, checked once, from which batches are gathered.
 *
 *   const batches = openBatches(net.manifest, { inputs: { pixels }, targets: { digit } }, 32);
 *   batches.rows;                    // 60000
 *   batches.gather(order, 64, 32)    // { inputs, targets } of the rows order[64] to order[95], in scratch arrays
 */
import { copy, countRows, toNumbers } from "./feed.ts";
import { lookedUp } from "./names.ts";
import { ARRAYS, type Asked, type Given, type NamedSlot, type Values } from "./port.ts";
import { elementCount, type Signature, type Slot } from "./section.ts";
import { wrong } from "./wrong.ts";

/** Row after row in every array. */
export interface Data {
  readonly inputs: Values;
  readonly targets: Values;
}

/** What a caller passes: names of classes, rows by names of columns, and bigints, too. */
export interface GivenData {
  readonly inputs: Asked;
  readonly targets: Given;
}

export interface Batches {
  readonly rows: number;
  /** The data, in numbers. */
  readonly values: Data;
  /** `n` rows in the order given, from position `start` of it; valid until the next call. */
  gather(order: ArrayLike<number>, start: number, n: number): Data;
}

/**
 * Throws as `step` does for arrays that do not fit the signature or each other, and for labels out of range, with the
 * number of the row in the data.
 */
export function openBatches(
  signature: Pick<Signature, "inputs" | "targets">,
  { inputs, targets }: GivenData,
  batch: number,
): Batches {
  const inputPlaces = places("input", signature.inputs);
  const targetPlaces = places("target", signature.targets);
  const values = {
    inputs: asNumbers(inputPlaces, "inputs", lookedUp("input", signature.inputs, inputs)),
    targets: asNumbers(targetPlaces, "targets", lookedUp("target", signature.targets, targets)),
  };
  const rows = countRows(inputPlaces, "inputs", values.inputs, undefined);
  countRows(targetPlaces, "targets", values.targets, rows, rows);
  for (const place of inputPlaces) checkRange(place, values.inputs[place.name]!);
  for (const place of targetPlaces) checkRange(place, values.targets[place.name]!);
  const gatherInputs = gatherer(inputPlaces, values.inputs, batch);
  const gatherTargets = gatherer(targetPlaces, values.targets, batch);
  return {
    rows,
    values,
    gather: (order, start, n) => ({
      inputs: gatherInputs(order, start, n),
      targets: gatherTargets(order, start, n),
    }),
  };
}

/** The very values where all are numbers already. */
const asNumbers = (list: readonly NamedSlot[], kind: string, values: Given): Values =>
  (countRows(list, kind, values, undefined) > 0 ? values : toNumbers(list, values)) as Values;

/** What is finite stays so in the module: 1e39 would be infinite in f32, and tanh of it 1, as if nothing were wrong. */
function checkRange({ title, size, dtype }: NamedSlot, values: ArrayLike<number>): void {
  if (dtype !== "f32" || values instanceof Float32Array) return;
  for (let i = 0; i < values.length; i++)
    if (Number.isFinite(values[i]) && !Number.isFinite(Math.fround(values[i]!)))
      wrong(`${title}, row ${Math.floor(i / size)}`, "a number that f32 holds", values[i]);
}

const places = (kind: string, slots: readonly Slot[]): NamedSlot[] =>
  slots.map((slot) => ({ ...slot, title: `${kind} "${slot.name}"`, size: elementCount(slot.dims) }));

function gatherer(list: readonly NamedSlot[], values: Values, batch: number) {
  const scratch = list.map(({ name, size, dtype }) => ({ name, size, to: new ARRAYS[dtype](batch * size) }));
  return (order: ArrayLike<number>, start: number, n: number): Values => {
    for (const { name, size, to } of scratch)
      for (let i = 0; i < n; i++) copy(to, i * size, values[name]!, order[start + i]! * size, size);
    return Object.fromEntries(scratch.map(({ name, size, to }) => [name, to.subarray(0, n * size)]));
  };
}

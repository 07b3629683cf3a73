/**
 * Inputs and targets on their way into the module's memory: every fault of the caller is found before a byte is written.
 *
 *   const values = toLabels(ports, { pixels });
 *   countRows("input", ports, values, undefined, 32)    // 6272 numbers of [784] -> 8
 *   writeRows(ports, values, 0, 8)
 *
 * Loops over ports count: for...of takes 3 ns each time, of a tiny network's 100.
 */
import { checkArrays, type Given, type Place, type Port, type Tensor, type Values } from "./port.ts";
import { checkInteger, wrong } from "./wrong.ts";

/**
 * The number of rows in `values`: `n` where there is one, else what the first array holds. Throws a TypeError for a missing or
 * unknown name and for what is no array; a RangeError for n outside 1 to `most`, a wrong length, a label out of range.
 */
export function countRows(
  ports: readonly Place[],
  kind: string,
  values: Values,
  n: number | undefined,
  most: number,
): number {
  // A model may have no targets.
  const { name, size } = ports[0] ?? ({} as Place);
  const length = values[name]?.length;
  const rows = n ?? Math.ceil(length! / size);
  // Of what has no length, checkArrays says more.
  if (length! >= 0) checkInteger("n", rows, 1, most);
  checkArrays(ports, kind, values, rows);
  for (let k = 0; k < ports.length; k++) if (ports[k]!.classes) checkLabels(ports[k]!, values[ports[k]!.name]!);
  return rows;
}

/** The module refuses a label out of range too, but its memory would have taken 3.7 for 3, and 2^32 for 0. */
function checkLabels({ title, size, classes }: Place, labels: ArrayLike<number>): void {
  for (let i = 0; i < labels.length; i++) checkInteger(title, labels[i]!, 0, classes! - 1, (i / size) | 0);
}

/**
 * Names of classes become labels: { colour: ["red", "blue"] } -> { colour: [2, 0] }. Without any, the very same values. Throws
 * a RangeError for a string that names no class.
 */
export function toLabels(ports: readonly Place[], values: Given): Values {
  for (let k = 0; k < ports.length; k++) {
    const port = ports[k]!;
    const given = values[port.name];
    if (port.labels && typeof given?.[0] === "string")
      values = { ...values, [port.name]: labelsOf(port, [given as string].flat()) };
  }
  return values as Values;
}

/** Apart, since a loop that makes a function makes a scope for it each time, needed or not. */
const labelsOf = ({ title, labels }: Place, given: string[]): number[] =>
  given.map((one) => (labels!.includes(one) ? labels!.indexOf(one) : wrong(title, labels, one)));

/** Copies rows `start` to `start + n` of every array into the module. */
export function writeRows(ports: readonly Port[], values: Values, start: number, n: number): void {
  for (let k = 0; k < ports.length; k++) {
    const { name, size, view } = ports[k]!;
    copy(view, 0, values[name]!, start * size, n * size);
  }
}

/** Copies the first `n` rows of the module's outputs to the rows of `result` from `start` on. */
export function readRows(ports: readonly Port[], result: Record<string, Tensor>, start: number, n: number): void {
  for (let k = 0; k < ports.length; k++) {
    const { name, size, view } = ports[k]!;
    copy(result[name]!, start * size, view, 0, n * size);
  }
}

/** Copies `count` elements, counted from `at` and from `start`. A small copy is quicker without a call of `set`. */
export function copy(to: Tensor, at: number, from: ArrayLike<number>, start: number, count: number): void {
  if (count > 32 && "subarray" in from) to.set((from as Tensor).subarray(start, start + count), at);
  else for (let i = 0; i < count; i++) to[at + i] = from[start + i]!;
}

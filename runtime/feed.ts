/**
 * Inputs and targets on their way into the module's memory: every fault of the caller is found before a byte is written.
 *
 *   const values = toLabels(ports, { pixels });
 *   countRows("input", ports, values, undefined, 32)    // 6272 numbers of [784] -> 8
 *   writeRows(ports, values, 0, 8)
 */
import { checkArrays, checkLength, type Given, type Place, type Port, type Tensor, type Values } from "./port.ts";
import { checkInteger, wrong } from "./wrong.ts";

/**
 * The number of rows in `values`: `n` where there is one, else what the first array holds. Throws a TypeError for a missing or
 * unknown name and for what is no array; a RangeError for n outside 1 to `most`, a wrong length, a label out of range.
 */
export function countRows(
  kind: string,
  ports: readonly Place[],
  values: Values,
  n: number | undefined,
  most: number,
): number {
  checkArrays(kind, ports, values);
  const rows = n ?? Math.ceil(values[ports[0]!.name]!.length / ports[0]!.size);
  checkInteger("n", rows, 1, most);
  for (const port of ports) {
    const numbers = values[port.name]!;
    checkLength(port, numbers, rows);
    // The module refuses a label out of range too, but its memory would have taken 3.7 for 3, and 2^32 for 0.
    for (let i = 0; port.classes && i < numbers.length; i++)
      checkInteger(port.title, numbers[i]!, 0, port.classes - 1, (i / port.size) | 0);
  }
  return rows;
}

/**
 * Names of classes become labels: { colour: ["red", "blue"] } -> { colour: [2, 0] }. Without any, the very same values. Throws
 * a RangeError for a string that names no class.
 */
export function toLabels(ports: readonly Place[], values: Given): Values {
  for (const { name, title, labels } of ports) {
    const given = values[name];
    if (labels && typeof given?.[0] === "string") {
      const label = (one: string) => (labels.includes(one) ? labels.indexOf(one) : wrong(title, labels, one));
      values = { ...values, [name]: [given as string].flat().map(label) };
    }
  }
  return values as Values;
}

/** Copies rows `start` to `start + n` of every array into the module. */
export function writeRows(ports: readonly Port[], values: Values, start: number, n: number): void {
  for (const { name, size, view } of ports) copy(view, 0, values[name]!, start * size, n * size);
}

/** Copies the first `n` rows of the module's outputs to the rows of `result` from `start` on. */
export function readRows(ports: readonly Port[], result: Record<string, Tensor>, start: number, n: number): void {
  for (const { name, size, view } of ports) copy(result[name]!, start * size, view, 0, n * size);
}

/** Copies `count` elements, counted from `at` and from `start`. A small copy is quicker without a call of `set`. */
export function copy(to: Tensor, at: number, from: ArrayLike<number>, start: number, count: number): void {
  if (count <= 32) for (let i = 0; i < count; i++) to[at + i] = from[start + i]!;
  else
    to.set(
      // Typed arrays lend a part without a copy.
      (from as Tensor).subarray?.(start, start + count) ?? (from as number[]).slice(start, start + count),
      at,
    );
}

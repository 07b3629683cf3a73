/**
 * Inputs and targets on their way into the module's memory: every fault of the caller is found before a byte is written.
 *
 *   countRows("input", ports, { pixels }, undefined, 32)   // 6272 numbers of [784] -> 8
 *   writeRows(ports, { pixels }, 0, 8)
 */
import { checkArrays, checkLength, type Place, type Port, type Tensor, type Values } from "./port.ts";
import { checkInteger } from "./wrong.ts";

/**
 * The number of rows in `values`: `n` where given, else what the first array holds. Throws a TypeError for a missing or
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
    const given = values[port.name]!;
    checkLength(port, given, rows);
    // The module refuses a label out of range too, but its memory would have taken 3.7 for 3, and 2^32 for 0.
    if (port.dtype === "i32" && port.classes)
      for (let i = 0; i < given.length; i++)
        checkInteger(port.title, given[i]!, 0, port.classes - 1, (i / port.size) | 0);
  }
  return rows;
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
      "subarray" in from
        ? (from as Tensor).subarray(start, start + count)
        : (from as number[]).slice(start, start + count),
      at,
    );
}

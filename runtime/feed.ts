/**
 * Inputs and targets on their way into the module's memory: every fault of the caller is found before a byte is written.
 *
 *   countRows(ports, "inputs", { pixels }, undefined, 32)    // 6272 numbers of [784] -> 8; 0 where toNumbers must look first
 *   writeRows(ports, { pixels }, 0, 8)
 *
 * Loops over ports count: for...of takes 3 ns each time, of the 100 that a tiny network takes.
 */
import { checkLength, type Given, type NamedSlot, type Port, type Tensor } from "./port.ts";
import { checkInteger, wrong } from "./wrong.ts";

/**
 * The number of rows in `values`: `n` where there is one, else what the first array holds; 0 where toNumbers must look at them
 * first. Throws a TypeError for a missing or unknown name; a RangeError for n outside 1 to `most`, for what is no array of that
 * many rows, for a label out of range.
 */
export function countRows(
  ports: readonly NamedSlot[],
  kind: string,
  values: Given,
  n: number | undefined,
  most?: number,
): number {
  let names = 0;
  for (const _ in values) names++;
  for (let k = 0; k < ports.length; k++) {
    const port = ports[k]!;
    const given = values[port.name] as ArrayLike<number>;
    if (names !== ports.length || !given)
      wrong(
        kind,
        ports.map(({ name }) => name),
        Object.keys(values),
        TypeError,
      );
    // Of a typed array one look is enough: it may be of bigints.
    let i = (given as Tensor).subarray ? given.length - 1 : 0;
    for (; i < given.length && typeof given[i] === "number"; i++);
    if (i !== given.length) return 0;
    n ??= Math.ceil(given.length / port.size);
    checkInteger("n", n, 1, most);
    checkLength(port, given, n);
    // The module refuses a label out of range too, but its memory would have taken 3.7 for 3, and 2^32 for 0.
    if (port.classes)
      for (let i = 0; i < given.length; i++)
        checkInteger(port.title, given[i]!, 0, port.classes - 1, (i / port.size) | 0);
  }
  return n!;
}

/**
 * The values as numbers: bigints are converted, { label: [2n, 0n] } -> { label: [2, 0] }, and one number alone is a row. Throws a
 * RangeError for a row, a hole or whatever else is no number; names are looked up by names.ts before.
 */
export function toNumbers(ports: readonly NamedSlot[], values: Given): Given {
  const result = { ...values };
  for (const { name, title } of ports) {
    const given = values[name] as number[] | undefined;
    result[name] = [...(given?.map ? given : [given])].map((one: unknown) =>
      // number, bigint
      /nu|bi/.test(typeof one) ? Number(one) : wrong(title, "numbers", one),
    );
  }
  return result;
}

/** Copies rows `start` to `start + n` of every array into the module. */
export function writeRows(ports: readonly Port[], values: Given, start: number, n: number): void {
  for (let k = 0; k < ports.length; k++) {
    const { name, size, view } = ports[k]!;
    copy(view, 0, values[name] as ArrayLike<number>, start * size, n * size);
  }
}

/** Copies the first `n` rows of the module's outputs to the rows of `result` from `start` on. */
export function readRows(ports: readonly Port[], result: Record<string, Tensor>, start: number, n: number): void {
  for (let k = 0; k < ports.length; k++) {
    const { name, size, view } = ports[k]!;
    copy(result[name]!, start * size, view, 0, n * size);
  }
}

/**
 * Copies `count` elements, counted from `at` and from `start`. A small copy is quicker without a call of `set`; a whole array
 * needs no view of its part.
 */
export function copy(to: Tensor, at: number, from: ArrayLike<number>, start: number, count: number): void {
  if (count > 32 && (from as Tensor).subarray)
    to.set(count < from.length ? (from as Tensor).subarray(start, start + count) : from, at);
  else for (let i = 0; i < count; i++) to[at + i] = from[start + i]!;
}

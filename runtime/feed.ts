/**
 * Inputs and targets on their way into the module's memory: every fault of the caller is found before a byte is written.
 *
 *   const values = toNumbers(ports, { pixels });
 *   countRows(ports, "inputs", values, undefined, 32)    // 6272 numbers of [784] -> 8
 *   writeRows(ports, values, 0, 8)
 *
 * Loops over ports count: for...of takes 3 ns each time, of the 100 that a tiny network takes.
 */
import { checkLength, type Given, type Place, type Port, type Tensor, type Values } from "./port.ts";
import { checkInteger, wrong } from "./wrong.ts";

/**
 * The number of rows in `values`: `n` where there is one, else what the first array holds. Throws a TypeError for a missing or
 * unknown name; a RangeError for n outside 1 to `most`, for what is no array of that many rows, for a label out of range.
 */
export function countRows(
  ports: readonly Place[],
  kind: string,
  values: Values,
  n: number | undefined,
  most?: number,
): number {
  let names = 0;
  for (const _ in values) names++;
  for (let k = 0; k < ports.length; k++) {
    const port = ports[k]!;
    const given = values[port.name];
    if (names !== ports.length || !given)
      wrong(
        kind,
        ports.map(({ name }) => name),
        Object.keys(values),
        TypeError,
      );
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
 * Bigints become numbers: { label: [2n, 0n] } -> { label: [2, 0] }. Where all are numbers already, the very same values. Throws a
 * RangeError for a row, a hole or whatever else is no number; names are looked up by names.ts before.
 */
export function toNumbers(ports: readonly Place[], values: Given): Values {
  for (let k = 0; k < ports.length; k++) {
    const { name } = ports[k]!;
    const given = values[name];
    // A typed array needs one look: it may be of bigints.
    const end = (given as Tensor)?.subarray ? 1 : given?.length;
    let i = 0;
    for (; i < end! && typeof given![i] === "number"; i++);
    if (given != null && i !== end) values = { ...values, [name]: numbersOf(ports[k]!, given) };
  }
  return values as Values;
}

/** Apart, since a loop that makes a function makes a scope for it each time, needed or not. */
const numbersOf = ({ title }: Place, given: Given[string]): number[] =>
  [...((given as number[]).map ? (given as number[]) : [given])].map((one: unknown) =>
    // number, bigint
    /nu|bi/.test(typeof one) ? Number(one) : wrong(title, "numbers", one),
  );

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

/**
 * Copies `count` elements, counted from `at` and from `start`. A small copy is quicker without a call of `set`; a whole array
 * needs no view of its part.
 */
export function copy(to: Tensor, at: number, from: ArrayLike<number>, start: number, count: number): void {
  if (count > 32 && (from as Tensor).subarray)
    to.set(count < from.length ? (from as Tensor).subarray(start, start + count) : from, at);
  else for (let i = 0; i < count; i++) to[at + i] = from[start + i]!;
}

/**
 * Plain objects that others made, the options of a call or a record in a file: each key has a kind, and the first value that is
 * of another is found, or a key that there is not.
 *
 *   const fields = { seed: optional(integer()), next: object({ epoch: integer() }) };
 *   object(fields)({ seeds: 1 }, "")               // { path: "seeds", expected: "one of seed, next", got: ..., meant: "seed" }
 *   checkOptions("train", { seed: "1" }, fields)   // TypeError: train: seed: expected an integer from 0 to 4294967295, got "1"
 */
import { nearest } from "./nearest.ts";

export interface Fault {
  /** Such as "next.epoch"; empty for the whole. */
  readonly path: string;
  readonly expected: string;
  readonly got: unknown;
  /** The key that was probably meant, where there is none of that name. */
  readonly meant?: string | undefined;
}

/** The first fault of a value, if it has one. */
export type Kind = (value: unknown, path: string) => Fault | undefined;

/** A kind for every key of T: one that is forgotten here is a type error. */
export type Kinds<T> = { readonly [K in keyof Required<T>]: Kind };

export const kind =
  (expected: string, holds: (value: unknown) => boolean): Kind =>
  (value, path) =>
    holds(value) ? undefined : { path, expected, got: value };

/** From 0 to the largest u32, such as a seed, unless said. */
export const integer = (low = 0, high = 2 ** 32 - 1): Kind =>
  kind(
    `an integer from ${low} to ${high}`,
    (value) => Number.isInteger(value) && (value as number) >= low && (value as number) <= high,
  );

export const numberFrom = (low: number, high = Number.POSITIVE_INFINITY): Kind =>
  kind(
    high === Number.POSITIVE_INFINITY ? `a finite number, ${low} or above` : `a number from ${low} to ${high}`,
    (value) => Number.isFinite(value) && (value as number) >= low && (value as number) <= high,
  );

export const finite = kind("a finite number", Number.isFinite);
export const boolean = kind("true or false", (value) => typeof value === "boolean");
export const text = kind("a text", (value) => typeof value === "string");
export const fn = kind("a function", (value) => typeof value === "function");
export const anything: Kind = () => undefined;
export const thing = kind("an object", (value) => typeof value === "object" && value !== null);

export const oneOf = (...values: readonly unknown[]): Kind =>
  kind(values.map(show).join(" or "), (value) => values.includes(value));

/** Of a typed array the constructor has seen to it. */
const areNumbers = (value: unknown): boolean => {
  if (ArrayBuffer.isView(value)) return !(value instanceof DataView) && typeof (value as Uint8Array)[0] !== "bigint";
  if (typeof value !== "object" || value === null) return false;
  const { length } = value as ArrayLike<unknown>;
  if (!Number.isInteger(length)) return false;
  for (let i = 0; i < length; i++) if (typeof (value as ArrayLike<unknown>)[i] !== "number") return false;
  return true;
};

export const numbers = kind("an array of numbers", areNumbers);

/** Left out, or undefined. */
export const optional =
  (inner: Kind): Kind =>
  (value, path) =>
    value === undefined ? undefined : inner(value, path);

/** Of one of the kinds, which `expected` tells together. */
export const either =
  (expected: string, ...kinds: readonly Kind[]): Kind =>
  (value, path) =>
    kinds.some((one) => !one(value, path)) ? undefined : { path, expected, got: value };

export const listOf =
  (inner: Kind): Kind =>
  (value, path) => {
    if (!Array.isArray(value)) return { path, expected: "a list", got: value };
    return first(value.length, (i) => inner(value[i], `${path}[${i}]`));
  };

/** By names that the caller chooses. */
export const byName =
  (inner: Kind): Kind =>
  (value, path) => {
    if (!isRecord(value)) return { path, expected: "an object", got: value };
    const entries = Object.entries(value);
    return first(entries.length, (i) => inner(entries[i]![1], under(path, entries[i]![0])));
  };

/** These keys and no others. */
export const object =
  (fields: Readonly<Record<string, Kind>>): Kind =>
  (value, path) => {
    if (!isRecord(value)) return { path, expected: "an object", got: value };
    const known = Object.keys(fields);
    const stray = Object.keys(value).find((key) => !Object.hasOwn(fields, key));
    if (stray !== undefined)
      return {
        path: under(path, stray),
        expected: `one of ${known.join(", ")}`,
        got: stray,
        meant: nearest(stray, known),
      };
    return first(known.length, (i) => fields[known[i]!]!(value[known[i]!], under(path, known[i]!)));
  };

/** Throws a TypeError for anything but an array of numbers. */
export function checkNumbers(what: string, values: unknown): void {
  const fault = numbers(values, what);
  if (fault) throw new TypeError(describeFault(fault, what));
}

/** Throws a TypeError for a key that there is not or a value of another kind, a RangeError for a number out of range. */
export function checkOptions<T>(call: string, options: unknown, fields: Kinds<T>): asserts options is T {
  const fault = object(fields)(options, "");
  if (!fault) return;
  const Kind = typeof fault.got === "number" && /integer|number/.test(fault.expected) ? RangeError : TypeError;
  throw new Kind(`${call}: ${describeFault(fault, "options")}`);
}

/** "next.epoch: expected an integer from 0 to 9, got -1"; `whole`: what the value itself is called. */
export const describeFault = ({ path, expected, got, meant }: Fault, whole: string): string =>
  `${path || whole}: expected ${expected}, got ${show(got)}${meant === undefined ? "" : `; did you mean ${meant}?`}`;

const longestShown = 40;

/** A value in a message, in a few words however large it is. */
export function show(value: unknown): string {
  if (typeof value === "string")
    return JSON.stringify(value.length > longestShown ? `${value.slice(0, longestShown)}...` : value);
  if (value === undefined) return "nothing";
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === "function") return "a function";
  if (typeof value === "object" && value !== null) return "an object";
  return `${String(value).slice(0, longestShown)}${typeof value === "bigint" ? "n" : ""}`;
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value);

const under = (path: string, key: string): string => {
  const name = key.length > longestShown ? `${key.slice(0, longestShown)}...` : key;
  return path ? `${path}.${name}` : name;
};

function first(count: number, fault: (i: number) => Fault | undefined): Fault | undefined {
  for (let i = 0; i < count; i++) {
    const found = fault(i);
    if (found) return found;
  }
  return undefined;
}

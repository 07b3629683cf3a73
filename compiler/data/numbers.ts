/**
 * Cells and array elements -> numbers, and the texts that say which numbers a field takes.
 *
 * "1e-3" -> 0.001; "", "abc", "0x10", "inf", "1e999" -> NaN, which no field takes
 */
import type { Field } from "./types.ts";

/** No digit can be read by two parts of it, so that a long cell takes time in its length. */
const decimal = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/;

export const isDecimal = (cell: string): boolean => decimal.test(cell);

/** The value of a decimal number that float64 can hold, else NaN. Number() alone takes "", "0x10" and "Infinity". */
export function parseNumber(cell: string): number {
  if (!isDecimal(cell)) return Number.NaN;
  const value = Number(cell);
  return Number.isFinite(value) ? value : Number.NaN;
}

/** Whether a finite number stays one in the element type of the module. */
export const isHeld = (value: number, { element }: Field): boolean =>
  element !== "f32" || Number.isFinite(Math.fround(value));

/** "a number that f32 holds: at most 3.4e38 in magnitude" */
export const expectedRange = "a number that f32 holds: at most 3.4028235e38 in magnitude";

export const rangeHint = "Scale the column, or train and build with --dtype f64.";

/** Smallest and largest integer that an "int" field takes. */
export function integerRange(field: Field): readonly [min: number, max: number] {
  return field.classes === undefined ? [-(2 ** 31), 2 ** 31 - 1] : [0, field.classes - 1];
}

/** "an integer in 0..9" */
export const expectedInteger = (field: Field): string => `an integer in ${integerRange(field).join("..")}`;

/** The code of what is wrong with `value` in an "int" field, if anything is. */
export function integerFault(value: number, field: Field): string | undefined {
  if (Number.isNaN(value)) return "data/not-a-number";
  if (!Number.isInteger(value)) return "data/not-an-integer";
  const [min, max] = integerRange(field);
  return value < min || value > max ? "data/label-range" : undefined;
}

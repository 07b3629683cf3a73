/**
 * Values of command-line options: text to what the commands take, or a usage error that says what was expected.
 *
 *   --test-split 20%   ->   error: option '--test-split <fraction>' argument '20%' is invalid. Expected a number from 0 up to 1.
 */
import { InvalidArgumentError } from "commander";
import { mergeColumnMaps, parseColumnMap } from "../data/columnMap.ts";
import { parseNumber } from "../data/numbers.ts";
import type { ColumnMap } from "../data/types.ts";
import { fileNameFault } from "../file-name.ts";

/** An integer from `low` to `high`. */
export const integer =
  (low: number, high = Number.MAX_SAFE_INTEGER) =>
  (text: string): number => {
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (value >= low && value <= high) return value;
    const range = high === Number.MAX_SAFE_INTEGER ? `from ${low} on` : `from ${low} to ${high}`;
    throw new InvalidArgumentError(`Expected an integer ${range}.`);
  };

/** From 0 up to 1, which would leave no row to train with. */
export function fraction(text: string): number {
  const value = parseNumber(text);
  if (value >= 0 && value < 1) return value;
  throw new InvalidArgumentError("Expected a number from 0 up to 1, such as 0.2.");
}

/** An option that may be given several times. */
export const several = (text: string, before: readonly string[] = []): string[] => [...before, text];

export const maxSeed = 2 ** 32 - 1;

export function notNegative(text: string): number {
  const value = parseNumber(text);
  if (value >= 0) return value;
  throw new InvalidArgumentError("Expected a number, 0 or above, such as 0.001.");
}

/** What files are called. */
export function fileName(text: string): string {
  const fault = fileNameFault(text);
  if (fault === undefined) return text;
  throw new InvalidArgumentError(`Expected ${fault}.`);
}

/** A column map, and further ones. */
export const columnMap = (text: string, before?: ColumnMap): ColumnMap => {
  const map = parseColumnMap(text);
  return before ? mergeColumnMaps(before, map) : map;
};

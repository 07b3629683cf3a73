/**
 * Which numbers an element type holds: rounding may cost them digits, but not what they say.
 *
 *   1e-46 in f32          0: such a rate trains nothing
 *   0.999999999 in f32    1: a moving average that keeps so much of itself never moves
 */
import type { Origin } from "../graph/origin.ts";
import type { FloatType } from "../graph/types.ts";

/** A number that a call was given, to be checked once the element type is known. */
export interface Setting {
  readonly op: string;
  readonly origin: Origin | undefined;
  readonly name: string;
  readonly value: number;
  /** Whether it is a share of a whole, so that it must stay below 1. */
  readonly isShare: boolean;
}

export const rounded = (value: number, dtype: FloatType): number => (dtype === "f32" ? Math.fround(value) : value);

/** Whether a number that is finite and not 0 stays so. */
export function isHeld(value: number, dtype: FloatType): boolean {
  const kept = rounded(value, dtype);
  return (kept === 0) === (value === 0) && Number.isFinite(kept) === Number.isFinite(value);
}

/** Why a setting cannot be held, as an error puts it; undefined where it can. */
export function refusal({ value, isShare }: Setting, dtype: FloatType): { expected: string; got: string } | undefined {
  const got = `${value}, which ${dtype} rounds to ${rounded(value, dtype)}`;
  if (!isHeld(value, dtype)) return { expected: held, got };
  if (isShare && value < 1 && rounded(value, dtype) === 1) return { expected: `at most ${1 - 2 ** -24} or 1`, got };
  return undefined;
}

/** Only f32 rounds. */
export const held = "0, or a size from 1.4e-45 to 3.4e38, as f32 holds it";

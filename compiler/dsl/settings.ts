/**
 * Checks of what a model file passes beside tensors: numbers and option names. Each records its error with the place of
 * the call and lets the build go on.
 *
 *   adam({ rate: -1 })    attribute/range  adam: rate is out of range
 */
import { badAttribute, recordOrThrow, unknownKey, wrongKey } from "../diagnostics.ts";
import { currentOrigin, type Origin } from "../graph/origin.ts";
import type { FloatType } from "../graph/types.ts";
import { currentBuild } from "./build.ts";
import { refusal, type Setting } from "./held.ts";

/** The call that settings belong to. */
export interface Call {
  readonly op: string;
  readonly inputs: readonly never[];
  readonly origin: Origin | undefined;
  /** Numbers that passed their check before the element type was known; what the call makes carries them to the build. */
  readonly settings: Setting[];
}

export const callOf = (op: string, origin: Origin | undefined = currentOrigin()): Call => ({
  op,
  inputs: [],
  origin,
  settings: [],
});

export function requireThat(holds: boolean, call: Call, name: string, expected: string, got: unknown): boolean {
  if (!holds) recordOrThrow(badAttribute(call, name, expected, got));
  return holds;
}

/** A number for which `holds`, and that the module's element type can hold. */
function requireNumber(call: Call, name: string, expected: string, value: unknown, holds: (value: number) => boolean) {
  const isNumber = typeof value === "number" && holds(value);
  return requireThat(isNumber, call, name, expected, value) && requireKept(call, name, value as number);
}

export const requirePositive = (call: Call, name: string, value: unknown): boolean =>
  requireNumber(call, name, "a finite number above 0", value, (v) => Number.isFinite(v) && v > 0);

export const requireNotNegative = (call: Call, name: string, value: unknown): boolean =>
  requireNumber(call, name, "a finite number, 0 or above", value, (v) => Number.isFinite(v) && v >= 0);

export const requireFinite = (call: Call, name: string, value: unknown): boolean =>
  requireNumber(call, name, "a finite number", value, Number.isFinite);

/** A decay rate: from 0 to 1, 1 excluded. */
export const requireDecay = (call: Call, name: string, value: unknown): boolean =>
  requireThat(
    typeof value === "number" && value >= 0 && value < 1,
    call,
    name,
    "a number from 0 to 1, 1 excluded",
    value,
  ) && requireKept(call, name, value as number, true);

/**
 * Checks a number against the element type: at once where a model is being built, else where what the call makes is used in one,
 * as a model file's optimiser is made before.
 */
export function requireKept(call: Call, name: string, value: number, isShare = false): boolean {
  const { op, origin } = call;
  const setting = { op, origin, name, value, isShare };
  const build = currentBuild();
  if (build !== undefined) return requireHeld([setting], build.dtype);
  call.settings.push(setting);
  return true;
}

/** Records an error for each setting that the element type cannot hold. */
export function requireHeld(settings: readonly Setting[] = [], dtype: FloatType): boolean {
  const refused = settings.map((setting) => ({ setting, why: refusal(setting, dtype) })).filter(({ why }) => why);
  for (const { setting, why } of refused) {
    recordOrThrow(badAttribute({ ...setting, inputs: [] }, setting.name, why!.expected, why!.got));
  }
  return refused.length === 0;
}

/** The same for numbers that stand beside tensors, and in formulas. */
export function requireNumbersHeld(op: string, numbers: readonly number[], dtype: FloatType): boolean {
  const origin = currentOrigin();
  return requireHeld(
    numbers.map((value) => ({ op, origin, name: "a number", value, isShare: false })),
    dtype,
  );
}

export const requireBoolean = (call: Call, name: string, value: unknown): boolean =>
  requireThat(typeof value === "boolean", call, name, "true or false", value);

export const isPositiveInteger = (value: unknown): value is number =>
  Number.isSafeInteger(value) && (value as number) > 0;

export const requirePositiveInteger = (call: Call, name: string, value: unknown): boolean =>
  requireThat(isPositiveInteger(value), call, name, "an integer above 0", value);

/** The shape of an example or of a parameter; [] is one number. */
export const isShape = (value: unknown): value is readonly number[] =>
  Array.isArray(value) && value.every(isPositiveInteger);

/** A misspelt option would silently leave its default in force, and so would a number in place of the options. */
export function requireKnownKeys(call: Call, given: object, known: readonly string[]): void {
  if (typeof given !== "object" || given === null || Array.isArray(given))
    throw wrongKey(call, "options", `an object, such as { ${known[0]}: ... }`, given);
  for (const key of Object.keys(given)) if (!known.includes(key)) recordOrThrow(unknownKey(call, key, known));
}

export const print = (value: unknown): string => (Array.isArray(value) ? `[${value.join(", ")}]` : String(value));

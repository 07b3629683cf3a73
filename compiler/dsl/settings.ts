/**
 * Checks of what a model file passes beside tensors: numbers and option names. Each records its error with the place of
 * the call and lets the build go on.
 *
 *   adam({ rate: -1 })    attribute/range  adam: rate is out of range
 */
import { badAttribute, recordOrThrow, unknownKey } from "../diagnostics.ts";
import { currentOrigin, type Origin } from "../graph/origin.ts";

/** The call that settings belong to. */
export interface Call {
  readonly op: string;
  readonly inputs: readonly never[];
  readonly origin: Origin | undefined;
}

export const callOf = (op: string, origin: Origin | undefined = currentOrigin()): Call => ({ op, inputs: [], origin });

export function requireThat(holds: boolean, call: Call, name: string, expected: string, got: unknown): boolean {
  if (!holds) recordOrThrow(badAttribute(call, name, expected, got));
  return holds;
}

export const requirePositive = (call: Call, name: string, value: unknown): boolean =>
  requireThat(
    typeof value === "number" && Number.isFinite(value) && value > 0,
    call,
    name,
    "a finite number above 0",
    value,
  );

export const requireNotNegative = (call: Call, name: string, value: unknown): boolean =>
  requireThat(
    typeof value === "number" && Number.isFinite(value) && value >= 0,
    call,
    name,
    "a finite number, 0 or above",
    value,
  );

export const requireFinite = (call: Call, name: string, value: unknown): boolean =>
  requireThat(Number.isFinite(value), call, name, "a finite number", value);

/** A decay rate: from 0 to 1, 1 excluded. */
export const requireDecay = (call: Call, name: string, value: unknown): boolean =>
  requireThat(
    typeof value === "number" && value >= 0 && value < 1,
    call,
    name,
    "a number from 0 to 1, 1 excluded",
    value,
  );

export const requireBoolean = (call: Call, name: string, value: unknown): boolean =>
  requireThat(typeof value === "boolean", call, name, "true or false", value);

export const isPositiveInteger = (value: unknown): value is number =>
  Number.isSafeInteger(value) && (value as number) > 0;

export const requirePositiveInteger = (call: Call, name: string, value: unknown): boolean =>
  requireThat(isPositiveInteger(value), call, name, "an integer above 0", value);

/** The shape of an example or of a parameter; [] is one number. */
export const isShape = (value: unknown): value is readonly number[] =>
  Array.isArray(value) && value.every(isPositiveInteger);

/** A misspelt option would silently leave its default in force. */
export function requireKnownKeys(call: Call, given: object, known: readonly string[]): void {
  for (const key of Object.keys(given)) if (!known.includes(key)) recordOrThrow(unknownKey(call, key, known));
}

export const print = (value: unknown): string => (Array.isArray(value) ? `[${value.join(", ")}]` : String(value));

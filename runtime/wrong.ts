/** Every refusal of the runtime reads: what, expected, got. */
export function wrong(what: string, expected: unknown, got: unknown, Kind: ErrorConstructor = RangeError): never {
  throw new Kind(`${what}: expected ${expected}, got ${got}`);
}

/** Throws a RangeError unless `value` is an integer from `low` to `high`. */
export function checkInteger(what: string, value: number, low: number, high: number, row = -1): void {
  if (!(value >= low && value <= high && Number.isInteger(value)))
    wrong(row < 0 ? what : `${what}, row ${row}`, `an integer from ${low} to ${high}`, value);
}

/** The largest seed and step number. */
export const MAX_U32 = 2 ** 32 - 1;

/** Every refusal of the runtime reads: what, expected, got; of what it got at most a line. */
export function wrong(what: string, expected: unknown, got: unknown, Kind: ErrorConstructor = RangeError): never {
  throw new Kind(`${what}: expected ${expected}, got ${String(got).slice(0, 99)}`);
}

/** Throws a RangeError unless `value` is an integer from `low` to `high`: the range of a u32, such as a seed, unless said. */
export function checkInteger(what: string, value: number, low = 0, high = 2 ** 32 - 1, row?: number): void {
  if (!(value >= low && value <= high && Number.isInteger(value)))
    wrong(row! + 1 ? `${what}, row ${row}` : what, `an integer from ${low} to ${high}`, value);
}

/** Errors in units in the last place: of the exact result, not of the one got. */

/** An exact number: mantissa * 2^exponent. */
export interface Exact {
  readonly mantissa: bigint;
  readonly exponent: number;
}

const word = new DataView(new ArrayBuffer(8));

/** The parts of a finite f64 number. */
export function partsOf(x: number): Exact {
  word.setFloat64(0, x);
  const bits = word.getBigUint64(0);
  const biased = Number((bits >> 52n) & 0x7ffn);
  const fraction = bits & 0xfffffffffffffn;
  const magnitude = biased === 0 ? fraction : fraction | 0x10000000000000n;
  return { mantissa: x < 0 ? -magnitude : magnitude, exponent: Math.max(biased, 1) - 1075 };
}

/** Of the f32 result `got`, given the result in f64. Infinity where only one is NaN, and for a zero of the wrong sign. */
export function ulpsInF32(got: number, exact: number): number {
  if (Object.is(got, exact)) return 0;
  const wrongZero = got === 0 && Math.fround(exact) === 0 && !Object.is(got, Math.fround(exact));
  return wrongZero || Number.isNaN(got) || Number.isNaN(exact) ? Infinity : errorInF32(got, exact);
}

/** An infinite result counts as 2^128, as when a number beyond the largest is rounded to it. */
function errorInF32(got: number, exact: number): number {
  const ends = (v: number) => Math.max(-(2 ** 128), Math.min(v, 2 ** 128));
  const reach = Math.abs(ends(exact));
  word.setFloat64(0, reach);
  const exponent = (word.getUint16(0) >> 4) - 1023;
  return Math.abs(ends(got) - ends(exact)) / 2 ** (Math.max(Math.min(exponent, 127), -126) - 23);
}

/** Of the finite f64 result `got`. */
export function ulpsInF64(got: number, exact: Exact): number {
  if (!Number.isFinite(got)) return Infinity;
  const own = partsOf(got);
  const magnitude = exact.mantissa < 0n ? -exact.mantissa : exact.mantissa;
  const ulp = Math.max(magnitude.toString(16).length * 4 - leadingZeros(magnitude) + exact.exponent - 53, -1074);
  const unit = Math.min(own.exponent, exact.exponent, ulp - 20);
  const scaled = ({ mantissa, exponent }: Exact) => mantissa << BigInt(exponent - unit);
  const error = (scaled(own) - scaled(exact)) >> BigInt(ulp - 20 - unit);
  return Math.abs(Number(error)) / 2 ** 20;
}

/** Zero bits before the first one in the leading hexadecimal digit. */
const leadingZeros = (magnitude: bigint): number => Math.clz32(Number.parseInt(magnitude.toString(16)[0]!, 16)) - 28;

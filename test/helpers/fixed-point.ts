/**
 * Functions to 256 bits after the point, in BigInt: the judge of the f64 helpers. All from Taylor series, which need only
 * the four operations; nothing here is shared with the helpers.
 *
 *   sinExact(1) -> { mantissa: 0.8414.. * 2^256, exponent: -256 }
 */
import { type Exact, partsOf } from "./ulps.ts";

export const bits = 256;
export const one = 1n << BigInt(bits);

/** mantissa * 2^exponent in units of 2^-bits, rounded down. */
const shifted = (mantissa: bigint, exponent: number): bigint =>
  exponent >= 0 ? mantissa << BigInt(exponent) : mantissa >> BigInt(-exponent);

const multiply = (a: bigint, b: bigint): bigint => (a * b) >> BigInt(bits);

export const fixed = (x: number): bigint => {
  const { mantissa, exponent } = partsOf(x);
  return shifted(mantissa, exponent + bits);
};

/** first + first r(1) + first r(1) r(2) + ..., until a term is 0. */
function series(first: bigint, next: (term: bigint, k: bigint) => bigint): bigint {
  let sum = 0n;
  for (let term = first, k = 1n; term !== 0n && term !== -1n; k++) {
    sum += term;
    term = next(term, k);
  }
  return sum;
}

/** sum of term(k) / (2k + 1), where term(k + 1) = next(term(k), k + 1). */
function oddSeries(first: bigint, next: (term: bigint, k: bigint) => bigint): bigint {
  let sum = 0n;
  for (let term = first, k = 0n; term !== 0n && term !== -1n; term = next(term, ++k)) sum += term / (2n * k + 1n);
  return sum;
}

/** Enough for the fraction of 2^1024 / pi to `bits` bits. */
const piBits = 1400;

/** Machin 1706: pi = 16 atan(1/5) - 4 atan(1/239); in units of 2^-piBits. */
function machin(): bigint {
  const atanOfInverse = (n: bigint) => oddSeries((1n << BigInt(piBits)) / n, (term) => -term / (n * n));
  return 16n * atanOfInverse(5n) - 4n * atanOfInverse(239n);
}

const longPi = machin();
const pi = longPi >> BigInt(piBits - bits);
const twoOverPi = (1n << BigInt(2 * piBits + 1)) / longPi;

/**
 * The n 2^exponent, n < 2^bitCount, that is nearest to a multiple of pi/2: n is the last denominator below 2^bitCount
 * among the convergents of 2^exponent 2/pi.
 */
export function nearestToMultiple(exponent: number, bitCount: number): number {
  let [a, b] = [twoOverPi << BigInt(exponent), 1n << BigInt(piBits)];
  let [before, n] = [1n, 0n];
  while (b !== 0n) {
    const next = (a / b) * n + before;
    if (next >> BigInt(bitCount) !== 0n) break;
    [before, n] = [n, next];
    [a, b] = [b, a % b];
  }
  return Number(n) * 2 ** exponent;
}

/** sin(x + quarters * pi/2), for finite x. */
function sinOfQuarters(x: number, quarters: bigint): Exact {
  const { mantissa, exponent } = partsOf(x);
  const turn = shifted(mantissa * twoOverPi, exponent - piBits + bits);
  const k = (turn + one / 2n) >> BigInt(bits);
  const r = multiply(turn - (k << BigInt(bits)), pi / 2n);
  const square = -multiply(r, r);
  const quarter = (((k + quarters) % 4n) + 4n) % 4n;
  const even = quarter % 2n === 0n ? 0n : -1n;
  const value = series(
    quarter % 2n === 0n ? r : one,
    (term, n) => multiply(term, square) / ((2n * n + even) * (2n * n + even + 1n)),
  );
  return { mantissa: quarter < 2n ? value : -value, exponent: -bits };
}

export const sinExact = (x: number): Exact => sinOfQuarters(x, 0n);
export const cosExact = (x: number): Exact => sinOfQuarters(x, 1n);

export const exp = (x: bigint): bigint => series(one, (term, k) => multiply(term, x) / k);

/** ln x = 2 atanh((x - 1) / (x + 1)). */
export function logarithm(x: bigint): bigint {
  const s = ((x - one) << BigInt(bits)) / (x + one);
  const square = multiply(s, s);
  return 2n * oddSeries(s, (term) => multiply(term, square));
}

export const ln2 = logarithm(2n * one);

/** x^y for finite x > 0 and finite y. */
export function powExact(x: number, y: number): Exact {
  const { mantissa, exponent } = partsOf(x);
  const length = mantissa.toString(2).length;
  const log = logarithm(shifted(mantissa, bits - length)) + BigInt(exponent + length) * ln2;
  const power = partsOf(y);
  const z = shifted(power.mantissa * log, power.exponent);
  const k = z / ln2;
  return { mantissa: exp(z - k * ln2), exponent: Number(k) - bits };
}

/** 2 / sqrt(pi), the root by Newton's iteration. */
function twoOverRootPi(): bigint {
  const square = pi << BigInt(bits);
  let root = 2n * one;
  for (let i = 0; i < 12; i++) root = (root + square / root) / 2n;
  return (2n << BigInt(2 * bits)) / root;
}

const scale = twoOverRootPi();

/** 2/sqrt(pi) times the sum of (-1)^k x^(2k+1) / (k! (2k+1)), for |x| < 8, where e^(x^2) costs 93 bits at most. */
export function erfExact(x: number): Exact {
  const argument = fixed(x);
  const square = -multiply(argument, argument);
  const sum = oddSeries(argument, (term, k) => multiply(term, square) / k);
  return { mantissa: multiply(sum, scale), exponent: -bits };
}

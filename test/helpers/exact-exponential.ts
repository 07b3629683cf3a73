/**
 * e^x, ln x and what is made of them, to 100 bits or more: the judge of the f64 helpers.
 *
 *   expExact(1) -> { mantissa: 1.359.. * 2^256, exponent: 1 - 256 }
 *
 * Inputs from 2^-60 to 720 in magnitude, above which f64 results overflow; smaller ones are tested as identities.
 */
import { bits, exp, fixed, ln2, logarithm, one } from "./fixed-point.ts";
import type { Exact } from "./ulps.ts";

const scale = BigInt(bits);

/** e^x, given and kept in units of 2^-bits; x need not be small. */
function power(x: bigint): bigint {
  const k = x / ln2;
  const rest = exp(x - k * ln2);
  return k >= 0n ? rest << k : rest >> -k;
}

/** ln of a positive number in units of 2^-bits. */
function log(x: bigint): bigint {
  const excess = x.toString(2).length - bits;
  const near = excess >= 0 ? x >> BigInt(excess) : x << BigInt(-excess);
  return logarithm(near) + BigInt(excess) * ln2;
}

const exact = (mantissa: bigint, exponent = -bits): Exact => ({ mantissa, exponent });

export function expExact(x: number): Exact {
  const k = fixed(x) / ln2;
  return exact(exp(fixed(x) - k * ln2), Number(k) - bits);
}

export const expm1Exact = (x: number): Exact => exact(power(fixed(x)) - one);

export const logExact = (x: number): Exact => exact(log(fixed(x)));

export const log1pExact = (x: number): Exact => exact(log(fixed(x) + one));

/** (e^2x - 1) / (e^2x + 1). */
export function tanhExact(x: number): Exact {
  const e = power(2n * fixed(x));
  return exact(((e - one) << scale) / (e + one));
}

/** 1 / (1 + e^-x), with 1100 bits more, as it may be as small as e^-720. */
export function sigmoidExact(x: number): Exact {
  const more = 1100;
  return exact((one << (scale + BigInt(more))) / (one + power(-fixed(x))), -bits - more);
}

/** ln(1 + e^x); by x^2 / 2 at most from e^x below -100, which is less than a bit of the 100. */
export const softplusExact = (x: number): Exact => (x < -100 ? expExact(x) : exact(log(one + power(fixed(x)))));

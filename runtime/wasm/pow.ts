/**
 * x^y = 2^(y log2 |x|), signed as Math.pow signs it.
 *
 *   |x| = 2^e m, m in [sqrt(1/2), sqrt(2)),  s = (m - 1) / (m + 1):   log2 |x| = e + 2/ln 2 atanh s
 *   f32: atanh s = s P(s^2), all in f64, to 4.3e-12; 2^z to 2e-9; one rounding to f32
 *   f64: log2 |x| and its product with y are sums of two f64, good to about 64 bits; see pow_f64x2
 *
 * P and R (below) are minimax with the error relative to log2 m, by our own Remez exchange in 60 digits, each
 * coefficient rounded to nearest.
 *
 * Largest error: f32 0.54 ulp, f64 1.5 ulp, over samples.
 * Special values: x^+-0 = 1 for every x, NaN too; (+-1)^+-Inf = NaN and x^NaN = NaN; a negative finite x with a y that
 * is no integer gives NaN; the result is negative where x has its sign bit and y is odd; 0 and Inf are limits.
 * Denormals are kept; results below the normal range are rounded once more.
 * Bytes, linked: f32 1.7 kB, f64 1.7 kB.
 */
import { exp2_coarse_f64x2, exp2_fraction_f64x2, integerOf, shiftedInteger } from "./exp2";
import { horner, signOf, splat } from "./lanes";

/** The bits of sqrt(1/2), where m begins. */
const sqrtHalf: i64 = 0x3fe6a09e667f3bcd;

export function pow_f32x4(x: v128, y: v128): v128 {
  const low = pow_half(f64x2.promote_low_f32x4(x), f64x2.promote_low_f32x4(y));
  const high = pow_half(
    f64x2.promote_low_f32x4(v128.shuffle<f32>(x, x, 2, 3, 2, 3)),
    f64x2.promote_low_f32x4(v128.shuffle<f32>(y, y, 2, 3, 2, 3)),
  );
  return v128.shuffle<i32>(f32x4.demote_f64x2_zero(low), f32x4.demote_f64x2_zero(high), 0, 1, 4, 5);
}

/** Two f32 numbers in f64. The result is cut at 2^-200 and 2^200, which round to 0 and Inf. */
function pow_half(x: v128, y: v128): v128 {
  const a = f64x2.abs(x);
  const e = exponent(a);
  const m = i64x2.sub(a, i64x2.shl(e, 52));
  const s = f64x2.div(f64x2.sub(m, splat<f64>(1)), f64x2.add(m, splat<f64>(1)));
  const u = f64x2.mul(s, s);
  let p = splat<f64>(0.34072799969593215);
  p = horner<f64>(p, u, 0.41167282545329237);
  p = horner<f64>(p, u, 0.5770835833461679);
  p = horner<f64>(p, u, 0.9617966733491277);
  p = horner<f64>(p, u, 2.8853900817900824);
  const log2 = logOfEnds(a, f64x2.add(f64x2.mul(p, s), float(e)));
  const z = f64x2.mul(y, log2);
  const cut = f64x2.max(f64x2.min(z, splat<f64>(200)), splat<f64>(-200));
  return specials(x, y, exp2_coarse_f64x2(cut));
}

/**
 * Numbers known to more than 53 bits are sums of two f64, named 1 and 2. A part named 1 has its low 27 bits cleared, so
 * that the product of two such parts is exact (Dekker 1971, "A floating-point technique for extending the available
 * precision"; its use for log2 is that of FreeBSD's e_pow.c).
 *
 *   t = 3 + s^2 + s^4 R(s^2) = 3 atanh(s) / s,   log2 |x| = e + c s t,   c = 2 / (3 ln 2)
 *
 * One long function, as a sum of two needs two results and functions of one result cannot be taken out.
 */
export function pow_f64x2(x: v128, y: v128): v128 {
  const magnitude = f64x2.abs(x);
  const isDenormal = f64x2.lt(magnitude, splat<f64>(2.2250738585072014e-308));
  const a = v128.bitselect(f64x2.mul(magnitude, splat<f64>(18014398509481984)), magnitude, isDenormal);
  const n = exponent(a);
  const m = i64x2.sub(a, i64x2.shl(n, 52));
  const e = f64x2.sub(float(n), v128.and(isDenormal, splat<f64>(54)));

  const above = f64x2.sub(m, splat<f64>(1));
  const sum = f64x2.add(m, splat<f64>(1));
  const inverse = f64x2.div(splat<f64>(1), sum);
  const s = f64x2.mul(above, inverse);
  const s1 = head(s);
  const sum1 = head(sum);
  const sum2 = f64x2.sub(m, f64x2.sub(sum1, splat<f64>(1)));
  const s2 = f64x2.mul(inverse, f64x2.sub(f64x2.sub(above, f64x2.mul(s1, sum1)), f64x2.mul(s1, sum2)));

  const u = f64x2.mul(s, s);
  let r = splat<f64>(0.1979434290698558);
  r = horner<f64>(r, u, 0.19885241461864192);
  r = horner<f64>(r, u, 0.23080135423453077);
  r = horner<f64>(r, u, 0.27272676561566755);
  r = horner<f64>(r, u, 0.33333333779780416);
  r = horner<f64>(r, u, 0.4285714285514981);
  r = horner<f64>(r, u, 0.6000000000000338);
  r = f64x2.add(f64x2.mul(f64x2.mul(u, u), r), f64x2.mul(s2, f64x2.add(s1, s)));

  const square = f64x2.mul(s1, s1);
  const t1 = head(f64x2.add(f64x2.add(splat<f64>(3), square), r));
  const t2 = f64x2.sub(r, f64x2.sub(f64x2.sub(t1, splat<f64>(3)), square));
  const st = f64x2.mul(s1, t1);
  const stRest = f64x2.add(f64x2.mul(s2, t1), f64x2.mul(t2, s));
  const p1 = head(f64x2.add(st, stRest));
  const p2 = f64x2.sub(stRest, f64x2.sub(p1, st));
  const cp = f64x2.mul(p1, splat<f64>(0.9617966860532761));
  const cpRest = f64x2.add(
    f64x2.mul(p1, splat<f64>(7.872699542894897e-9)),
    f64x2.mul(p2, splat<f64>(0.9617966939259756)),
  );
  const log1 = head(f64x2.add(f64x2.add(cp, cpRest), e));
  const log2 = f64x2.sub(cpRest, f64x2.sub(f64x2.sub(log1, e), cp));

  // Where this is beyond every f64 result, or NaN, it stands for the sum of z1 and z2, whose parts may overflow.
  const z = f64x2.mul(y, logOfEnds(magnitude, f64x2.add(log1, log2)));
  const cut = f64x2.max(f64x2.min(z, splat<f64>(1100)), splat<f64>(-1100));
  const isInside = f64x2.eq(z, cut);
  const y1 = head(y);
  const z1 = v128.bitselect(f64x2.mul(y1, log1), cut, isInside);
  const z2 = v128.and(f64x2.add(f64x2.mul(f64x2.sub(y, y1), log1), f64x2.mul(y, log2)), isInside);

  const shifted = shiftedInteger<f64>(f64x2.add(z1, z2));
  const k = integerOf<f64>(shifted);
  const fraction = exp2_fraction_f64x2(f64x2.add(f64x2.sub(z1, k), z2));
  // In two halves, as k may be beyond the exponents of normal numbers; only the second product rounds.
  const whole = i64x2.sub(shifted, i64x2.splat(0x4338000000000000));
  const half = i64x2.shr_s(whole, 1);
  const scaled = i64x2.add(fraction, i64x2.shl(half, 52));
  const rest = i64x2.shl(i64x2.add(i64x2.sub(whole, half), i64x2.splat(1023)), 52);
  return specials(x, y, f64x2.mul(scaled, rest));
}

/** e as i64, for normal a: a / 2^e is in [sqrt(1/2), sqrt(2)). */
function exponent(a: v128): v128 {
  return i64x2.shr_s(i64x2.sub(a, i64x2.splat(sqrtHalf)), 52);
}

/** Small i64 to f64: its bits are put below those of 1.5 * 2^52. */
function float(small: v128): v128 {
  return integerOf<f64>(i64x2.add(small, i64x2.splat(0x4338000000000000)));
}

/** The upper 26 bits. */
function head(a: v128): v128 {
  return v128.and(a, i64x2.splat(-134217728));
}

/** log2 a, given it for normal a: -Inf at 0, and Inf and NaN at themselves. */
function logOfEnds(a: v128, log: v128): v128 {
  const isFinite = f64x2.lt(a, splat<f64>(Infinity));
  const atZero = v128.bitselect(splat<f64>(-Infinity), log, f64x2.eq(a, splat<f64>(0)));
  return v128.bitselect(atZero, a, isFinite);
}

/**
 * The result from |x|^y, in which 1^Inf and NaN are NaN: negative where x has its sign bit and y is odd, NaN where x is
 * negative and finite and y is no integer, 1 where y is 0.
 */
function specials(x: v128, y: v128, power: v128): v128 {
  const half = f64x2.mul(y, splat<f64>(0.5));
  const isInteger = f64x2.eq(f64x2.nearest(y), y);
  const isOdd = v128.andnot(isInteger, f64x2.eq(f64x2.nearest(half), half));
  const sign = v128.and(v128.and(x, isOdd), splat<f64>(-0.0));
  const isNegative = v128.and(f64x2.lt(x, splat<f64>(0)), f64x2.gt(x, splat<f64>(-Infinity)));
  const isRefused = v128.andnot(isNegative, isInteger);
  const signed = v128.or(v128.or(power, sign), isRefused);
  return v128.bitselect(splat<f64>(1), signed, f64x2.eq(y, splat<f64>(0)));
}

/**
 * ln x.
 *
 *   x = 2^e m, m in [sqrt(1/2), sqrt(2))                      from the bits; denormals are first scaled up, exactly
 *   f = m - 1 (exact),  s = f / (2 + f):   ln m = 2 atanh s = f - s (f - R),   R = s^2 P(s^2)
 *   ln x = e high + (f - (s (f - R) - e low))                 ln 2 = high + low; e high is exact
 *
 * P is minimax for 2 (atanh s - s) / s^3 with the error relative to ln m (2^-30.2 with 3 terms in f32, 2^-59.5 with 7
 * in f64), by scripts/fit-coefficients.py. The division costs less than the longer polynomial in f would.
 *
 * Largest error: f32 0.96 ulp over all 2^32 inputs; f64 0.84 ulp over samples.
 * Special values: ln 0 and ln -0 are -Inf, ln Inf is Inf, x < 0 and NaN give NaN; denormals are exact inputs.
 */
import { addBits, fromExponentField, horner, splat, splatBits, subBits, toExponentField } from "./lanes";

export function log_f32x4(x: v128): v128 {
  return log<f32>(x);
}

export function log_f64x2(x: v128): v128 {
  return log<f64>(x);
}

// @ts-ignore: decorator
@inline
function log<T>(x: v128): v128 {
  const isDenormal = v128.lt<T>(x, splat<T>(sizeof<T>() == 4 ? 1.17549435e-38 : 2.2250738585072014e-308));
  const scaled = v128.mul<T>(x, splat<T>(sizeof<T>() == 4 ? 8388608 : 4503599627370496));
  const normal = v128.bitselect(scaled, x, isDenormal);
  const biased = biasedExponent<T>(normal);
  const e = v128.sub<T>(exponent<T>(biased), v128.and(isDenormal, splat<T>(sizeof<T>() == 4 ? 23 : 52)));
  const m = subBits<T>(normal, toExponentField<T>(unbiased<T>(biased)));
  return withEnds<T>(x, logOfParts<T>(e, v128.sub<T>(m, splat<T>(1))));
}

/** e + 127 (f32) or e + 1023 (f64), as integers: the exponent of x / sqrt(1/2). */
// @ts-ignore: decorator
@inline
export function biasedExponent<T>(x: v128): v128 {
  const shift = splatBits<T>(0x3f800000 - 0x3f3504f3, 0x3ff0000000000000 - 0x3fe6a09e667f3bcd);
  return fromExponentField<T>(addBits<T>(x, shift));
}

/** e, as integers. */
// @ts-ignore: decorator
@inline
export function unbiased<T>(biased: v128): v128 {
  return subBits<T>(biased, splatBits<T>(127, 1023));
}

/** e as a float: the biased exponent is put below the bits of 2^23 or 2^52, and both are taken off. */
// @ts-ignore: decorator
@inline
export function exponent<T>(biased: v128): v128 {
  const above = v128.or(biased, splatBits<T>(0x4b000000, 0x4330000000000000));
  return v128.sub<T>(above, splat<T>(sizeof<T>() == 4 ? 8388608.0 + 127 : 4503599627370496.0 + 1023));
}

/** e ln 2 + ln(1 + f), for 1 + f in [sqrt(1/2), sqrt(2)). */
// @ts-ignore: decorator
@inline
export function logOfParts<T>(e: v128, f: v128): v128 {
  const s = v128.div<T>(f, v128.add<T>(f, splat<T>(2)));
  const z = v128.mul<T>(s, s);
  const rest = v128.mul<T>(z, sizeof<T>() == 4 ? tail_f32(z) : tail_f64(z));
  const low = v128.mul<T>(e, splat<T>(sizeof<T>() == 4 ? 1.42860677e-6 : -1.7239444525614835e-13));
  const high = v128.mul<T>(e, splat<T>(sizeof<T>() == 4 ? 0.693145751953125 : 0.6931471805601177));
  const drop = v128.sub<T>(v128.mul<T>(s, v128.sub<T>(f, rest)), low);
  return v128.add<T>(high, v128.sub<T>(f, drop));
}

// @ts-ignore: decorator
@inline
function tail_f32(z: v128): v128 {
  let p = splat<f32>(0.2987123728);
  p = horner<f32>(p, z, 0.3997757435);
  return horner<f32>(p, z, 0.6666677594);
}

// @ts-ignore: decorator
@inline
function tail_f64(z: v128): v128 {
  let p = splat<f64>(0.14798618553054602);
  p = horner<f64>(p, z, 0.15313801594477522);
  p = horner<f64>(p, z, 0.1818357333016934);
  p = horner<f64>(p, z, 0.22222198414626557);
  p = horner<f64>(p, z, 0.28571428743781424);
  p = horner<f64>(p, z, 0.39999999999409136);
  return horner<f64>(p, z, 0.6666666666666735);
}

/** Puts right what the bits of 0, negative numbers, Inf and NaN made of a logarithm; all ones are a NaN. */
// @ts-ignore: decorator
@inline
export function withEnds<T>(x: v128, log: v128): v128 {
  const finite = v128.bitselect(log, x, v128.lt<T>(x, splat<T>(Infinity)));
  const real = v128.or(finite, v128.lt<T>(x, splat<T>(0)));
  return v128.bitselect(splat<T>(-Infinity), real, v128.eq<T>(x, splat<T>(0)));
}

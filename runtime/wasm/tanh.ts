/**
 * tanh x.
 *
 *   x = n ln(2)/2 + r, n the nearest integer, |r| <= ln(2)/4
 *   h = tanh r = r (1 + r^2 P(r^2)),  k = tanh(n ln(2)/2) = (2^n - 1) / (2^n + 1)
 *   tanh x = (k + h) / (1 + k h) = ((2^n + 1) h - (1 - 2^n)) / ((2^n + 1) - (1 - 2^n) h)
 *
 * P is minimax for the error relative to tanh r (2^-24 with 2 terms in f32, 2^-57.6 with 6 in f64), by
 * scripts/fit-coefficients.py. An error of r is multiplied by 1 - tanh^2 x, so that one product gives it well enough. Every
 * step is odd in x, or even, so that the result is odd to the bit; 1 - 2^n in place of 2^n - 1 keeps the sign of 0. |x| is
 * cut at 10 (f32) or 20 (f64), beyond which the result rounds to 1: no power of two leaves the normal range.
 *
 * Largest error: f32 2.62 ulp over all 2^32 inputs; f64 2.3 ulp over samples.
 * Special values: -0 gives -0, +-Inf give +-1, NaN gives NaN; denormals give themselves.
 */
import { powerOfTwo } from "./exp";
import { atLeast, atMost, horner, shifter, splat } from "./lanes";

export function tanh_f32x4(x: v128): v128 {
  return tanh<f32>(x);
}

export function tanh_f64x2(x: v128): v128 {
  return tanh<f64>(x);
}

// @ts-ignore: decorator
@inline
function tanh<T>(x: v128): v128 {
  const bound: f64 = sizeof<T>() == 4 ? 10 : 20;
  const bounded = atLeast<T>(atMost<T>(x, bound), -bound);
  const shifted = horner<T>(bounded, splat<T>(2.8853900817779268), shifter<T>());
  const n = v128.sub<T>(shifted, splat<T>(shifter<T>()));
  const r = v128.sub<T>(bounded, v128.mul<T>(n, splat<T>(0.34657359027997264)));
  const square = v128.mul<T>(r, r);
  const h = v128.mul<T>(r, horner<T>(sizeof<T>() == 4 ? tail_f32(square) : tail_f64(square), square, 1));
  const power = powerOfTwo<T>(shifted);
  const below = v128.sub<T>(splat<T>(1), power);
  const above = v128.add<T>(power, splat<T>(1));
  return v128.div<T>(v128.sub<T>(v128.mul<T>(above, h), below), v128.sub<T>(above, v128.mul<T>(below, h)));
}

// @ts-ignore: decorator
@inline
function tail_f32(z: v128): v128 {
  return horner<f32>(splat<f32>(0.1310631931), z, -0.3333119154);
}

// @ts-ignore: decorator
@inline
function tail_f64(z: v128): v128 {
  let p = splat<f64>(0.00344201393445994);
  p = horner<f64>(p, z, -0.008857077524844407);
  p = horner<f64>(p, z, 0.02186936373096853);
  p = horner<f64>(p, z, -0.053968252687297116);
  p = horner<f64>(p, z, 0.1333333333272846);
  return horner<f64>(p, z, -0.3333333333333238);
}

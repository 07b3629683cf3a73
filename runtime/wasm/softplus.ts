/**
 * ln(1 + e^x) = max(x, 0) + ln(1 + z), z = e^-|x| (see exp.ts): no overflow, no cancellation.
 *
 *   w = 2z / (2 + z):   ln(1 + z) = 2 atanh(w / 2) = w + w^3 P(w^2),   w in [0, 2/3]
 *
 * P is minimax with the error relative to ln(1 + z) (2^-27.7 with 4 terms in f32, 2^-59.4 with 10 in f64), by
 * scripts/fit-coefficients.py. 2z, unlike z / 2, is exact for denormals.
 *
 * Largest error: f32 2.87 ulp over all 2^32 inputs; f64 2.3 ulp over samples.
 * Special values: -Inf gives 0, Inf gives Inf, NaN gives NaN; results below the normal range are denormals.
 */
import { expBelowOverflow } from "./exp";
import { atLeast, horner, splat } from "./lanes";

export function softplus_f32x4(x: v128): v128 {
  return softplus<f32>(x);
}

export function softplus_f64x2(x: v128): v128 {
  return softplus<f64>(x);
}

// @ts-ignore: decorator
@inline
function softplus<T>(x: v128): v128 {
  const z = expBelowOverflow<T>(v128.neg<T>(v128.abs<T>(x)));
  const w = v128.div<T>(v128.add<T>(z, z), v128.add<T>(z, splat<T>(2)));
  const square = v128.mul<T>(w, w);
  const tail = v128.mul<T>(v128.mul<T>(w, square), sizeof<T>() == 4 ? tail_f32(square) : tail_f64(square));
  return v128.add<T>(atLeast<T>(x, 0), v128.add<T>(w, tail));
}

// @ts-ignore: decorator
@inline
function tail_f32(u: v128): v128 {
  let p = splat<f32>(0.000547009462);
  p = horner<f32>(p, u, 0.002187735634);
  p = horner<f32>(p, u, 0.01250669919);
  return horner<f32>(p, u, 0.08333302289);
}

// @ts-ignore: decorator
@inline
function tail_f64(u: v128): v128 {
  let p = splat<f64>(8.113466373042013e-8);
  p = horner<f64>(p, u, 1.591134598085531e-7);
  p = horner<f64>(p, u, 9.235822238097182e-7);
  p = horner<f64>(p, u, 4.059156495709541e-6);
  p = horner<f64>(p, u, 1.8782414648393746e-5);
  p = horner<f64>(p, u, 8.877804796182717e-5);
  p = horner<f64>(p, u, 0.000434027811730486);
  p = horner<f64>(p, u, 0.0022321428553134285);
  p = horner<f64>(p, u, 0.01250000000004872);
  return horner<f64>(p, u, 0.08333333333333288);
}

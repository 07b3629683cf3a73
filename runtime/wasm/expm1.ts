/**
 * e^x - 1, exact in relative terms near 0.
 *
 *   x = n ln 2 + r,  q = e^r - 1 (see exp.ts):   e^x - 1 = 2 (h q + (h - 1/2)),  h = 2^(n-1)
 *
 * h instead of 2^n, which would overflow at n = 128 (f32) or 1024 (f64).
 *
 * Largest error: f32 1.73 ulp over all 2^32 inputs; f64 1.92 ulp over samples.
 * Special values: -0 gives -0, -Inf gives -1, Inf gives Inf, NaN gives NaN; denormals give themselves.
 */
import { expm1Reduced, powerOfTwo, reduced, shiftedLog2 } from "./exp";
import { atLeast, atMost, splat } from "./lanes";

export function expm1_f32x4(x: v128): v128 {
  return expm1<f32>(x);
}

export function expm1_f64x2(x: v128): v128 {
  return expm1<f64>(x);
}

// @ts-ignore: decorator
@inline
function expm1<T>(x: v128): v128 {
  const bounded = atLeast<T>(atMost<T>(x, sizeof<T>() == 4 ? 89 : 710), sizeof<T>() == 4 ? -20 : -40);
  const shifted = shiftedLog2<T>(bounded);
  const q = expm1Reduced<T>(reduced<T>(bounded, shifted));
  const half = powerOfTwo<T>(v128.sub<T>(shifted, splat<T>(1)));
  const sum = v128.add<T>(v128.mul<T>(half, q), v128.sub<T>(half, splat<T>(0.5)));
  // Half of a denormal may round, and h - 1/2 is +0 beside -0.
  const isTiny = v128.lt<T>(v128.abs<T>(x), splat<T>(sizeof<T>() == 4 ? 1e-8 : 1e-17));
  return v128.bitselect(x, v128.add<T>(sum, sum), isTiny);
}

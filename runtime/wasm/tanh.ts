/**
 * tanh x.
 *
 *   t = e^(2|x|) - 1 = 2^n q + (2^n - 1)  (see exp.ts):   tanh |x| = t / (t + 2);  the sign is put back by its bit
 *
 * A relative error of t is divided by 1 + t/2 in the result, so that it matters less the larger t is. |x| is cut at 10
 * (f32) or 20 (f64), beyond which the result rounds to 1: no power of two leaves the normal range.
 *
 * Largest error: f32 2.61 ulp over all 2^32 inputs; f64 2.4 ulp over samples.
 * Special values: -0 gives -0, +-Inf give +-1, NaN gives NaN; denormals give themselves.
 */
import { expm1Reduced, powerOfTwo, reduced, shiftedLog2 } from "./exp";
import { atMost, splat } from "./lanes";

export function tanh_f32x4(x: v128): v128 {
  return tanh<f32>(x);
}

export function tanh_f64x2(x: v128): v128 {
  return tanh<f64>(x);
}

// @ts-ignore: decorator
@inline
function tanh<T>(x: v128): v128 {
  const magnitude = v128.abs<T>(x);
  const doubled = atMost<T>(v128.add<T>(magnitude, magnitude), sizeof<T>() == 4 ? 20 : 40);
  const shifted = shiftedLog2<T>(doubled);
  const q = expm1Reduced<T>(reduced<T>(doubled, shifted));
  const power = powerOfTwo<T>(shifted);
  const t = v128.add<T>(v128.mul<T>(power, q), v128.sub<T>(power, splat<T>(1)));
  const quotient = v128.div<T>(t, v128.add<T>(t, splat<T>(2)));
  // x xor |x| is the sign bit; a mask for it would take 18 bytes more.
  return v128.or(quotient, v128.xor(x, magnitude));
}

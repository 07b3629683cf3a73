/**
 * ln(1 + x), exact in relative terms near 0.
 *
 *   e from the bits of 1 + x as rounded,   f = 2^-e x + (2^-e - 1):   1 + x = 2^e (1 + f) but for one rounding of f
 *   ln(1 + x) = e ln 2 + ln(1 + f), as in log.ts
 *
 * f is x itself where e = 0, and else its rounding is small beside e ln 2: the rounding of 1 + x needs no correction.
 *
 * Largest error: f32 1.54 ulp over all 2^32 inputs; f64 1.4 ulp over samples.
 * Special values: -0 gives -0, -1 gives -Inf, x < -1 and NaN give NaN, Inf gives Inf; denormals give themselves.
 */
import { atLeast, splat, splatBits, subBits, toExponentField } from "./lanes";
import { biasedExponent, exponent, logOfParts, unbiased, withEnds } from "./log";

export function log1p_f32x4(x: v128): v128 {
  return log1p<f32>(x);
}

export function log1p_f64x2(x: v128): v128 {
  return log1p<f64>(x);
}

// @ts-ignore: decorator
@inline
function log1p<T>(x: v128): v128 {
  const sum = v128.add<T>(x, splat<T>(1));
  const biased = biasedExponent<T>(sum);
  const field = toExponentField<T>(unbiased<T>(biased));
  const scaled = subBits<T>(x, field);
  // For the greatest x, 2^-e is no normal number and its bits may be those of -Inf; 0 does as well beside their f.
  const scale = atLeast<T>(subBits<T>(splat<T>(1), field), 0);
  const f = v128.add<T>(scaled, v128.sub<T>(scale, splat<T>(1)));
  const log = withEnds<T>(sum, logOfParts<T>(exponent<T>(biased), f));
  const isTiny = v128.lt<T>(v128.abs<T>(x), splat<T>(sizeof<T>() == 4 ? 1e-8 : 1e-17));
  return v128.bitselect(x, log, isTiny);
}

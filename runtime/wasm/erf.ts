/**
 * erf x, the integral of 2/sqrt(pi) e^(-t^2) from 0 to x.
 *
 *   |x| < 1:  x P(x^2)                  P minimax for erf(x) / x, error relative
 *   else:     sign(x) (1 - 2^Q(|x|))    Q minimax for log2 erfc on [1, b], error relative to erf; |x| is cut at b
 *
 * log2 erfc is smooth and near a parabola, and the error of 2^Q counts only by erfc <= 0.16, so Q needs few terms and no
 * care in rounding. Beyond b erf rounds to 1: b = 4 in f32, 5.95 in f64. All coefficients by our own Remez exchange in 60
 * digits, each rounded to nearest.
 *
 * Special values: erf(-0) = -0, erf(+-Inf) = +-1, NaN gives NaN; denormals are kept.
 */
import { exp2_f32x4, exp2_f64x2 } from "./exp2";

export function erf_f32x4(x: v128): v128 {
  const a = f32x4.abs(x);
  const u = f32x4.mul(x, x);
  let p = f32x4.splat(7.853845e-5);
  p = f32x4.add(f32x4.mul(p, u), f32x4.splat(-8.010189e-4));
  p = f32x4.add(f32x4.mul(p, u), f32x4.splat(5.1883273e-3));
  p = f32x4.add(f32x4.mul(p, u), f32x4.splat(-2.6853811e-2));
  p = f32x4.add(f32x4.mul(p, u), f32x4.splat(0.112835854));
  p = f32x4.add(f32x4.mul(p, u), f32x4.splat(-0.37612626));
  p = f32x4.add(f32x4.mul(p, u), f32x4.splat(1.1283791));

  const c = f32x4.pmin(f32x4.splat(4), a);
  let q = f32x4.splat(2.6887393e-4);
  q = f32x4.add(f32x4.mul(q, c), f32x4.splat(-4.2524287e-3));
  q = f32x4.add(f32x4.mul(q, c), f32x4.splat(3.150509e-2));
  q = f32x4.add(f32x4.mul(q, c), f32x4.splat(-0.1487504));
  q = f32x4.add(f32x4.mul(q, c), f32x4.splat(-0.92064977));
  q = f32x4.add(f32x4.mul(q, c), f32x4.splat(-1.6260451));
  q = f32x4.add(f32x4.mul(q, c), f32x4.splat(-4.929139e-4));
  const tail = f32x4.sub(f32x4.splat(1), exp2_f32x4(q));

  const signed = v128.or(tail, v128.and(x, f32x4.splat(-0.0)));
  return v128.bitselect(signed, f32x4.mul(x, p), f32x4.ge(a, f32x4.splat(1)));
}

export function erf_f64x2(x: v128): v128 {
  const a = f64x2.abs(x);
  const u = f64x2.mul(x, x);
  let p = f64x2.splat(5.945265689723142e-11);
  p = f64x2.add(f64x2.mul(p, u), f64x2.splat(-1.1365668142817358e-9));
  p = f64x2.add(f64x2.mul(p, u), f64x2.splat(1.4657880354818473e-8));
  p = f64x2.add(f64x2.mul(p, u), f64x2.splat(-1.635002528897638e-7));
  p = f64x2.add(f64x2.mul(p, u), f64x2.splat(1.6460972822124156e-6));
  p = f64x2.add(f64x2.mul(p, u), f64x2.splat(-1.4925593507121904e-5));
  p = f64x2.add(f64x2.mul(p, u), f64x2.splat(0.00012055331036905151));
  p = f64x2.add(f64x2.mul(p, u), f64x2.splat(-0.0008548326978742234));
  p = f64x2.add(f64x2.mul(p, u), f64x2.splat(0.005223977624780865));
  p = f64x2.add(f64x2.mul(p, u), f64x2.splat(-0.026866170645072896));
  p = f64x2.add(f64x2.mul(p, u), f64x2.splat(0.11283791670954857));
  p = f64x2.add(f64x2.mul(p, u), f64x2.splat(-0.3761263890318375));
  p = f64x2.add(f64x2.mul(p, u), f64x2.splat(1.1283791670955126));

  const c = f64x2.pmin(f64x2.splat(5.95), a);
  let q = f64x2.splat(2.5541995615637996e-11);
  q = f64x2.add(f64x2.mul(q, c), f64x2.splat(-9.403751870442815e-10));
  q = f64x2.add(f64x2.mul(q, c), f64x2.splat(1.5730275384021866e-8));
  q = f64x2.add(f64x2.mul(q, c), f64x2.splat(-1.561306102172815e-7));
  q = f64x2.add(f64x2.mul(q, c), f64x2.splat(9.922249326136892e-7));
  q = f64x2.add(f64x2.mul(q, c), f64x2.splat(-3.856387765066658e-6));
  q = f64x2.add(f64x2.mul(q, c), f64x2.splat(5.210199970221638e-6));
  q = f64x2.add(f64x2.mul(q, c), f64x2.splat(4.038860042461712e-5));
  q = f64x2.add(f64x2.mul(q, c), f64x2.splat(-0.00033273979690011515));
  q = f64x2.add(f64x2.mul(q, c), f64x2.splat(0.001327162728283248));
  q = f64x2.add(f64x2.mul(q, c), f64x2.splat(-0.0030278365538888487));
  q = f64x2.add(f64x2.mul(q, c), f64x2.splat(0.0008425631329924094));
  q = f64x2.add(f64x2.mul(q, c), f64x2.splat(0.027217047415758144));
  q = f64x2.add(f64x2.mul(q, c), f64x2.splat(-0.14807485755230143));
  q = f64x2.add(f64x2.mul(q, c), f64x2.splat(-0.918517147256257));
  q = f64x2.add(f64x2.mul(q, c), f64x2.splat(-1.6278919480778142));
  q = f64x2.add(f64x2.mul(q, c), f64x2.splat(-1.5341438663365486e-6));
  const tail = f64x2.sub(f64x2.splat(1), exp2_f64x2(q));

  const signed = v128.or(tail, v128.and(x, f64x2.splat(-0.0)));
  return v128.bitselect(signed, f64x2.mul(x, p), f64x2.ge(a, f64x2.splat(1)));
}

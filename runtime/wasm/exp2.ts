/**
 * 2^z for results that need no scaling beyond the normal range; the inner half of erf and pow.
 *
 *   z = k + r, k the nearest integer, |r| <= 1/2:   2^z = 2^k (1 + r P(r))
 *
 * k is read from the low bits of z + 1.5 * 2^52 (f64) or z + 1.5 * 2^23 (f32), whose other low bits are 0, and is added
 * to the exponent. P is the minimax polynomial of (2^r - 1) / r on [-1/2, 1/2] for the error relative to 2^r, by our own
 * Remez exchange in 60 digits, each coefficient rounded to nearest. NaN gives NaN.
 */

/** 1.5 * 2^52: adding it rounds to the nearest integer, which the low bits then hold in two's complement. */
export const round_f64: f64 = 6755399441055744.0;
/** 1.5 * 2^23. */
const round_f32: f32 = 12582912.0;

/** For z in [-126, 127]. Polynomial 9.1e-8; 1.6 ulp in all. */
export function exp2_f32x4(z: v128): v128 {
  const shifted = f32x4.add(z, f32x4.splat(round_f32));
  const r = f32x4.sub(z, f32x4.sub(shifted, f32x4.splat(round_f32)));
  let p = f32x4.splat(0.0013264962029095385);
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(0.009671511694781728));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(0.05550732898410305));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(0.24022242095847054));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(0.693146978239441));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1));
  return i32x4.add(p, i32x4.shl(shifted, 23));
}

/** For z in [-1022, 1023], to 2e-9 relative: for results that are rounded to f32. */
export function exp2_coarse_f64x2(z: v128): v128 {
  const shifted = f64x2.add(z, f64x2.splat(round_f64));
  const r = f64x2.sub(z, f64x2.sub(shifted, f64x2.splat(round_f64)));
  let p = f64x2.splat(0.00015353397704518794);
  p = f64x2.add(f64x2.mul(p, r), f64x2.splat(0.0013398873166630136));
  p = f64x2.add(f64x2.mul(p, r), f64x2.splat(0.009618437212880531));
  p = f64x2.add(f64x2.mul(p, r), f64x2.splat(0.055503324724076174));
  p = f64x2.add(f64x2.mul(p, r), f64x2.splat(0.24022647914922));
  p = f64x2.add(f64x2.mul(p, r), f64x2.splat(0.6931472028572723));
  p = f64x2.add(f64x2.mul(p, r), f64x2.splat(1));
  return i64x2.add(p, i64x2.shl(shifted, 52));
}

/** 2^r for |r| <= 1/2, to 3.4e-18 relative before rounding. */
export function exp2_fraction_f64x2(r: v128): v128 {
  let p = f64x2.splat(4.4347888509966373e-10);
  p = f64x2.add(f64x2.mul(p, r), f64x2.splat(7.073783660915138e-9));
  p = f64x2.add(f64x2.mul(p, r), f64x2.splat(1.017819944266042e-7));
  p = f64x2.add(f64x2.mul(p, r), f64x2.splat(1.3215435279276233e-6));
  p = f64x2.add(f64x2.mul(p, r), f64x2.splat(1.525273349348748e-5));
  p = f64x2.add(f64x2.mul(p, r), f64x2.splat(0.00015403530457120125));
  p = f64x2.add(f64x2.mul(p, r), f64x2.splat(0.0013333558146774141));
  p = f64x2.add(f64x2.mul(p, r), f64x2.splat(0.009618129107594112));
  p = f64x2.add(f64x2.mul(p, r), f64x2.splat(0.055504108664820084));
  p = f64x2.add(f64x2.mul(p, r), f64x2.splat(0.2402265069591013));
  p = f64x2.add(f64x2.mul(p, r), f64x2.splat(0.6931471805599453));
  return f64x2.add(f64x2.mul(p, r), f64x2.splat(1));
}

/** For z in [-1022, 1023]. */
export function exp2_f64x2(z: v128): v128 {
  const shifted = f64x2.add(z, f64x2.splat(round_f64));
  const r = f64x2.sub(z, f64x2.sub(shifted, f64x2.splat(round_f64)));
  return i64x2.add(exp2_fraction_f64x2(r), i64x2.shl(shifted, 52));
}

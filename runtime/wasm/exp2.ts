/**
 * 2^z where no result is denormal or infinite; the inner half of erf and pow.
 *
 *   z = k + r, k the nearest integer, |r| <= 1/2:   2^z = 2^k (1 + r P(r))
 *
 * k is added to the exponent field. P is minimax for (2^r - 1) / r on [-1/2, 1/2] with the error relative to 2^r, by
 * our own Remez exchange in 60 digits, each coefficient rounded to nearest.
 *
 * Special values: NaN gives NaN.
 */
import { addBits, horner, shifter, splat, toExponentField } from "./lanes";

/** k in the low bits; see shifter. */
// @ts-ignore: decorator
@inline
export function shiftedInteger<T>(z: v128): v128 {
  return v128.add<T>(z, splat<T>(shifter<T>()));
}

/** k as a float. */
// @ts-ignore: decorator
@inline
export function integerOf<T>(shifted: v128): v128 {
  return v128.sub<T>(shifted, splat<T>(shifter<T>()));
}

/** For z in [-126, 127]; P to 9.2e-8. */
export function exp2_f32x4(z: v128): v128 {
  const shifted = shiftedInteger<f32>(z);
  const r = f32x4.sub(z, integerOf<f32>(shifted));
  let p = splat<f32>(0.0013264962);
  p = horner<f32>(p, r, 0.00967151169);
  p = horner<f32>(p, r, 0.0555073293);
  p = horner<f32>(p, r, 0.240222421);
  p = horner<f32>(p, r, 0.693146978);
  return addBits<f32>(horner<f32>(p, r, 1), toExponentField<f32>(shifted));
}

/** For z in [-1022, 1023], to 2e-9: for results that are rounded to f32. */
export function exp2_coarse_f64x2(z: v128): v128 {
  const shifted = shiftedInteger<f64>(z);
  const r = f64x2.sub(z, integerOf<f64>(shifted));
  let p = splat<f64>(0.00015353397704518794);
  p = horner<f64>(p, r, 0.0013398873166630136);
  p = horner<f64>(p, r, 0.009618437212880531);
  p = horner<f64>(p, r, 0.055503324724076174);
  p = horner<f64>(p, r, 0.24022647914922);
  p = horner<f64>(p, r, 0.6931472028572723);
  return addBits<f64>(horner<f64>(p, r, 1), toExponentField<f64>(shifted));
}

/** For z in [-1022, 1023]; P to 3.4e-18. */
export function exp2_f64x2(z: v128): v128 {
  const shifted = shiftedInteger<f64>(z);
  const r = f64x2.sub(z, integerOf<f64>(shifted));
  return addBits<f64>(exp2_fraction_f64x2(r), toExponentField<f64>(shifted));
}

/** 1 + r P(r). Even and odd terms apart: the chain of steps that wait for each other is half as long. */
export function exp2_fraction_f64x2(r: v128): v128 {
  const rr = f64x2.mul(r, r);
  let p0 = splat<f64>(4.4347888509966373e-10);
  p0 = horner<f64>(p0, rr, 1.017819944266042e-7);
  p0 = horner<f64>(p0, rr, 1.525273349348748e-5);
  p0 = horner<f64>(p0, rr, 0.0013333558146774141);
  p0 = horner<f64>(p0, rr, 0.055504108664820084);
  p0 = horner<f64>(p0, rr, 0.6931471805599453);
  let p1 = splat<f64>(7.073783660915138e-9);
  p1 = horner<f64>(p1, rr, 1.3215435279276233e-6);
  p1 = horner<f64>(p1, rr, 0.00015403530457120125);
  p1 = horner<f64>(p1, rr, 0.009618129107594112);
  p1 = horner<f64>(p1, rr, 0.2402265069591013);
  return horner<f64>(f64x2.add(p0, f64x2.mul(p1, r)), r, 1);
}

/**
 * e^x.
 *
 *   x = n ln 2 + r, n the nearest integer, |r| <= ln(2)/2     ln 2 = high + low; n high is exact (Cody and Waite 1980)
 *   e^r - 1 = r + r^2 Q(r)                                    Q of degree 4 in f32, 10 in f64
 *   e^x = (1 + (e^r - 1)) 2^n                                 2^n as two factors: only the last product can round
 *
 * Q is minimax for the error relative to e^r - 1 (2^-25.8, 2^-60), by scripts/fit-coefficients.py.
 *
 * Largest error: f32 1.03 ulp over all 2^32 inputs; f64 0.92 ulp over samples.
 * Special values: e^-Inf = 0, e^Inf = Inf, NaN gives NaN. Results below the normal range are denormals, rounded once
 * more; above 88.722839 (f32) or 709.782712893384 (f64) the result is Inf.
 */
import {
  addBits,
  atLeast,
  atMost,
  horner,
  shifter,
  splat,
  splatBits,
  subBits,
  toExponentField,
} from "./lanes";

export function exp_f32x4(x: v128): v128 {
  return exp<f32>(x);
}

export function exp_f64x2(x: v128): v128 {
  return exp<f64>(x);
}

// @ts-ignore: decorator
@inline
function exp<T>(x: v128): v128 {
  return expBelowOverflow<T>(atMost<T>(x, sizeof<T>() == 4 ? 89 : 710));
}

/**
 * e^x for x to 89 (f32) or 710 (f64). Below -104 or -746 it is less than half of the least denormal: there the power is 0 before
 * it is scaled, since a product that vanishes takes Intel some 150 cycles.
 */
// @ts-ignore: decorator
@inline
export function expBelowOverflow<T>(x: v128): v128 {
  const least: f64 = sizeof<T>() == 4 ? -104 : -746;
  const bounded = atLeast<T>(x, least);
  const shifted = shiftedLog2<T>(bounded);
  const power = v128.add<T>(splat<T>(1), expm1Reduced<T>(reduced<T>(bounded, shifted)));
  return timesPowerOfTwo<T>(v128.andnot(power, v128.lt<T>(x, splat<T>(least))), shifted);
}

/** n in the low bits; see shifter. */
// @ts-ignore: decorator
@inline
export function shiftedLog2<T>(x: v128): v128 {
  return horner<T>(x, splat<T>(1.4426950408889634), shifter<T>());
}

/** r = x - n ln 2. */
// @ts-ignore: decorator
@inline
export function reduced<T>(x: v128, shifted: v128): v128 {
  const n = v128.sub<T>(shifted, splat<T>(shifter<T>()));
  const high = v128.mul<T>(n, splat<T>(sizeof<T>() == 4 ? 0.693145751953125 : 0.6931471805601177));
  const low = v128.mul<T>(n, splat<T>(sizeof<T>() == 4 ? 1.42860677e-6 : -1.7239444525614835e-13));
  return v128.sub<T>(v128.sub<T>(x, high), low);
}

/** e^r - 1 for |r| <= ln(2)/2; relative to its size exact at 0. */
// @ts-ignore: decorator
@inline
export function expm1Reduced<T>(r: v128): v128 {
  const square = v128.mul<T>(r, r);
  return v128.add<T>(v128.mul<T>(square, sizeof<T>() == 4 ? tail_f32(r) : tail_f64(r)), r);
}

// @ts-ignore: decorator
@inline
function tail_f32(r: v128): v128 {
  let q = splat<f32>(0.001388251781);
  q = horner<f32>(q, r, 0.008366547525);
  q = horner<f32>(q, r, 0.04166720062);
  q = horner<f32>(q, r, 0.1666654348);
  return horner<f32>(q, r, 0.4999999702);
}

// @ts-ignore: decorator
@inline
function tail_f64(r: v128): v128 {
  let q = splat<f64>(2.08753323658882e-9);
  q = horner<f64>(q, r, 2.5109024536362376e-8);
  q = horner<f64>(q, r, 2.7557402764520127e-7);
  q = horner<f64>(q, r, 2.7557244253975716e-6);
  q = horner<f64>(q, r, 2.4801587172243182e-5);
  q = horner<f64>(q, r, 0.00019841269886073677);
  q = horner<f64>(q, r, 0.0013888888888962446);
  q = horner<f64>(q, r, 0.008333333333321652);
  q = horner<f64>(q, r, 0.04166666666666651);
  q = horner<f64>(q, r, 0.16666666666666677);
  return horner<f64>(q, r, 0.5);
}

/** 2^n as a float, for n whose 2^n is normal; the bits of 1, and those of the shifter above n drop out. */
// @ts-ignore: decorator
@inline
export function powerOfTwo<T>(shifted: v128): v128 {
  return addBits<T>(toExponentField<T>(shifted), splat<T>(1));
}

/** p 2^n in two products: twice the bias makes n positive, so that a plain shift halves it. */
// @ts-ignore: decorator
@inline
function timesPowerOfTwo<T>(p: v128, shifted: v128): v128 {
  const biasedTwice = subBits<T>(shifted, splatBits<T>(0x4b400000 - 2 * 127, 0x4338000000000000 - 2 * 1023));
  const half = sizeof<T>() == 4 ? i32x4.shr_u(biasedTwice, 1) : i64x2.shr_u(biasedTwice, 1);
  const rest = subBits<T>(biasedTwice, half);
  return v128.mul<T>(v128.mul<T>(p, toExponentField<T>(half)), toExponentField<T>(rest));
}

/**
 * sin x and cos x for every finite x.
 *
 *   |x| = k pi/2 + r, |r| <= pi/4            in reduce-f32.ts and reduce-f64.ts
 *   sin |x| = sin r, cos r, -sin r, -cos r   for k mod 4 = 0, 1, 2, 3; cos |x| has k + 1
 *   sin r = r + r^3 S(r^2)                   S of degree 2 in f32, 5 in f64
 *   cos r = 1 - r^2/2 + r^4 C(r^2)           C of the same degrees
 *
 * S and C are minimax on [0, (pi/4)^2] with the error relative to the result (f32 2^-28, 2^-33; f64 2^-58, 2^-64), by
 * our own Remez exchange in 60 digits, each coefficient rounded to nearest. For f32 the reduction is worked in f64, the
 * polynomials in f32.
 *
 * Largest error: f32 1.57 ulp over all inputs; f64 2.5 ulp over samples, the hardest number of every exponent included.
 * Special values: sin(-0) = -0, denormals are kept, +-Inf and NaN give NaN.
 * Bytes, linked: 1.6 kB each, half of it the path of large numbers, which a vector without any skips.
 */
import { horner, signOf, splat } from "./lanes";
import { large_f32, quartersOf, remainder_f32, remainderOf, shiftedQuarters, turnOf } from "./reduce-f32";
import { large_f64, reduceLarge, remainder_f64 } from "./reduce-f64";

export function sin_f32x4(x: v128): v128 {
  return v128.xor(sinAfter_f32x4(x, 0), signOf<f32>(x));
}

export function cos_f32x4(x: v128): v128 {
  return sinAfter_f32x4(x, 1);
}

export function sin_f64x2(x: v128): v128 {
  return v128.xor(sinAfter_f64x2(x, 0), signOf<f64>(x));
}

export function cos_f64x2(x: v128): v128 {
  return sinAfter_f64x2(x, 1);
}

/** sin(|x| + quarters * pi/2). */
function sinAfter_f32x4(x: v128, quarters: i32): v128 {
  const a = f32x4.abs(x);
  const low = f64x2.promote_low_f32x4(a);
  const high = f64x2.promote_low_f32x4(v128.shuffle<f32>(a, a, 2, 3, 2, 3));
  let kLow = shiftedQuarters(low);
  let kHigh = shiftedQuarters(high);
  let rLow = remainder_f32(low, kLow);
  let rHigh = remainder_f32(high, kHigh);
  if (v128.any_true(f32x4.ge(a, splat<f32>(large_f32)))) {
    const turnLow = turnOf(low);
    const turnHigh = turnOf(high);
    const isLow = f64x2.ge(low, splat<f64>(large_f32));
    const isHigh = f64x2.ge(high, splat<f64>(large_f32));
    kLow = v128.bitselect(quartersOf(turnLow), kLow, isLow);
    kHigh = v128.bitselect(quartersOf(turnHigh), kHigh, isHigh);
    rLow = v128.bitselect(remainderOf(turnLow, low), rLow, isLow);
    rHigh = v128.bitselect(remainderOf(turnHigh, high), rHigh, isHigh);
  }
  const k = i32x4.add(v128.shuffle<i32>(kLow, kHigh, 0, 2, 4, 6), i32x4.splat(quarters));
  const r = v128.shuffle<i32>(f32x4.demote_f64x2_zero(rLow), f32x4.demote_f64x2_zero(rHigh), 0, 1, 4, 5);
  const isOdd = i32x4.neg(v128.and(k, i32x4.splat(1)));
  const sign = i32x4.shl(v128.and(k, i32x4.splat(2)), 30);
  return v128.xor(v128.bitselect(cosNear_f32x4(r), sinNear_f32x4(r), isOdd), sign);
}

function sinNear_f32x4(r: v128): v128 {
  const u = f32x4.mul(r, r);
  let s = splat<f32>(-1.951698e-4);
  s = horner<f32>(s, u, 8.332176e-3);
  s = horner<f32>(s, u, -0.16666655);
  return f32x4.add(r, f32x4.mul(r, f32x4.mul(u, s)));
}

function cosNear_f32x4(r: v128): v128 {
  const u = f32x4.mul(r, r);
  let c = splat<f32>(2.4432833e-5);
  c = horner<f32>(c, u, -1.3887314e-3);
  c = horner<f32>(c, u, 4.1666646e-2);
  c = horner<f32>(c, u, -0.5);
  return horner<f32>(c, u, 1);
}

/** sin(|x| + quarters * pi/2). */
function sinAfter_f64x2(x: v128, quarters: i64): v128 {
  const a = f64x2.abs(x);
  let k = shiftedQuarters(a);
  let r = remainder_f64(a, k);
  const isLarge = f64x2.ge(a, splat<f64>(large_f64));
  if (v128.any_true(isLarge)) {
    for (let lane = 0; lane < 2; lane++) {
      const isHere = v128.and(isLarge, lane == 0 ? i64x2(-1, 0) : i64x2(0, -1));
      const both = reduceLarge(lane == 0 ? f64x2.extract_lane(a, 0) : f64x2.extract_lane(a, 1));
      r = v128.bitselect(v128.shuffle<i64>(both, both, 0, 0), r, isHere);
      k = v128.bitselect(v128.shuffle<i64>(both, both, 1, 1), k, isHere);
    }
  }
  k = i64x2.add(k, i64x2.splat(quarters));
  const isOdd = i64x2.neg(v128.and(k, i64x2.splat(1)));
  const sign = i64x2.shl(v128.and(k, i64x2.splat(2)), 62);
  return v128.xor(v128.bitselect(cosNear_f64x2(r), sinNear_f64x2(r), isOdd), sign);
}

function sinNear_f64x2(r: v128): v128 {
  const u = f64x2.mul(r, r);
  let s = splat<f64>(1.589666909788622e-10);
  s = horner<f64>(s, u, -2.505075600667671e-8);
  s = horner<f64>(s, u, 2.7557313678953364e-6);
  s = horner<f64>(s, u, -0.0001984126982977196);
  s = horner<f64>(s, u, 0.008333333333322372);
  s = horner<f64>(s, u, -0.16666666666666632);
  return f64x2.add(r, f64x2.mul(r, f64x2.mul(u, s)));
}

function cosNear_f64x2(r: v128): v128 {
  const u = f64x2.mul(r, r);
  let c = splat<f64>(-1.135842498902132e-11);
  c = horner<f64>(c, u, 2.0875698736172605e-9);
  c = horner<f64>(c, u, -2.755731416417313e-7);
  c = horner<f64>(c, u, 2.480158728880068e-5);
  c = horner<f64>(c, u, -0.0013888888888872978);
  c = horner<f64>(c, u, 0.041666666666666595);
  c = horner<f64>(c, u, -0.5);
  return horner<f64>(c, u, 1);
}

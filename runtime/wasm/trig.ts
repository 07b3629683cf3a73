/**
 * sin x and cos x for every finite x.
 *
 *   |x| = k pi/2 + r, |r| <= pi/4:   sin |x| is sin r, cos r, -sin r, -cos r for k mod 4 = 0, 1, 2, 3; cos has k + 1
 *   sin r = r + r^3 S(r^2)           cos r = 1 - r^2/2 + r^4 C(r^2)
 *
 * reduce-f32.ts and reduce-f64.ts give k and r. S and C are minimax polynomials on [0, (pi/4)^2], by our own Remez exchange
 * in 60 digits, each coefficient rounded to nearest.
 *
 * Special values: sin(-0) = -0, denormals are kept, +-Inf and NaN give NaN.
 */
import { large_f32, quartersOf, remainder_f32, remainderOf, shiftedQuarters, turn_f64x2 } from "./reduce-f32";
import { large_f64, reduceLarge, remainder_f64 } from "./reduce-f64";

export function sin_f32x4(x: v128): v128 {
  return v128.xor(quarter_f32x4(x, 0), v128.and(x, f32x4.splat(-0.0)));
}

export function cos_f32x4(x: v128): v128 {
  return quarter_f32x4(x, 1);
}

export function sin_f64x2(x: v128): v128 {
  return v128.xor(quarter_f64x2(x, 0), v128.and(x, f64x2.splat(-0.0)));
}

export function cos_f64x2(x: v128): v128 {
  return quarter_f64x2(x, 1);
}

/** sin(|x| + quarters * pi/2). The reduction is in f64, the polynomials in f32. */
function quarter_f32x4(x: v128, quarters: i32): v128 {
  const a = f32x4.abs(x);
  const low = f64x2.promote_low_f32x4(a);
  const high = f64x2.promote_low_f32x4(v128.shuffle<f32>(a, a, 2, 3, 2, 3));
  let kLow = shiftedQuarters(low);
  let kHigh = shiftedQuarters(high);
  let rLow = remainder_f32(low, kLow);
  let rHigh = remainder_f32(high, kHigh);
  if (v128.any_true(f32x4.ge(a, f32x4.splat(<f32>large_f32)))) {
    const turnLow = turn_f64x2(low);
    const turnHigh = turn_f64x2(high);
    const isLow = f64x2.ge(low, f64x2.splat(large_f32));
    const isHigh = f64x2.ge(high, f64x2.splat(large_f32));
    kLow = v128.bitselect(quartersOf(turnLow), kLow, isLow);
    kHigh = v128.bitselect(quartersOf(turnHigh), kHigh, isHigh);
    rLow = v128.bitselect(remainderOf(turnLow, low), rLow, isLow);
    rHigh = v128.bitselect(remainderOf(turnHigh, high), rHigh, isHigh);
  }
  const k = i32x4.add(v128.shuffle<i32>(kLow, kHigh, 0, 2, 4, 6), i32x4.splat(quarters));
  const r = v128.shuffle<i32>(f32x4.demote_f64x2_zero(rLow), f32x4.demote_f64x2_zero(rHigh), 0, 1, 4, 5);

  const u = f32x4.mul(r, r);
  let s = f32x4.splat(-1.951698e-4);
  s = f32x4.add(f32x4.mul(s, u), f32x4.splat(8.332176e-3));
  s = f32x4.add(f32x4.mul(s, u), f32x4.splat(-0.16666655));
  s = f32x4.add(r, f32x4.mul(r, f32x4.mul(u, s)));
  let c = f32x4.splat(2.4432833e-5);
  c = f32x4.add(f32x4.mul(c, u), f32x4.splat(-1.3887314e-3));
  c = f32x4.add(f32x4.mul(c, u), f32x4.splat(4.1666646e-2));
  c = f32x4.add(f32x4.mul(c, u), f32x4.splat(-0.5));
  c = f32x4.add(f32x4.mul(c, u), f32x4.splat(1));

  const odd = i32x4.neg(v128.and(k, i32x4.splat(1)));
  const sign = i32x4.shl(v128.and(k, i32x4.splat(2)), 30);
  return v128.xor(v128.bitselect(c, s, odd), sign);
}

/** sin(|x| + quarters * pi/2). */
function quarter_f64x2(x: v128, quarters: i64): v128 {
  const a = f64x2.abs(x);
  let k = shiftedQuarters(a);
  let r = remainder_f64(a, k);
  const isLarge = f64x2.ge(a, f64x2.splat(large_f64));
  if (v128.any_true(isLarge)) {
    for (let lane = 0; lane < 2; lane++) {
      const first = lane == 0;
      if (first ? i64x2.extract_lane(isLarge, 0) : i64x2.extract_lane(isLarge, 1)) {
        const both = reduceLarge(first ? f64x2.extract_lane(a, 0) : f64x2.extract_lane(a, 1));
        const at = first ? i64x2(-1, 0) : i64x2(0, -1);
        r = v128.bitselect(v128.shuffle<i64>(both, both, 0, 0), r, at);
        k = v128.bitselect(v128.shuffle<i64>(both, both, 1, 1), k, at);
      }
    }
  }
  k = i64x2.add(k, i64x2.splat(quarters));

  const u = f64x2.mul(r, r);
  let s = f64x2.splat(1.589666909788622e-10);
  s = f64x2.add(f64x2.mul(s, u), f64x2.splat(-2.505075600667671e-8));
  s = f64x2.add(f64x2.mul(s, u), f64x2.splat(2.7557313678953364e-6));
  s = f64x2.add(f64x2.mul(s, u), f64x2.splat(-0.0001984126982977196));
  s = f64x2.add(f64x2.mul(s, u), f64x2.splat(0.008333333333322372));
  s = f64x2.add(f64x2.mul(s, u), f64x2.splat(-0.16666666666666632));
  s = f64x2.add(r, f64x2.mul(r, f64x2.mul(u, s)));
  let c = f64x2.splat(-1.135842498902132e-11);
  c = f64x2.add(f64x2.mul(c, u), f64x2.splat(2.0875698736172605e-9));
  c = f64x2.add(f64x2.mul(c, u), f64x2.splat(-2.755731416417313e-7));
  c = f64x2.add(f64x2.mul(c, u), f64x2.splat(2.480158728880068e-5));
  c = f64x2.add(f64x2.mul(c, u), f64x2.splat(-0.0013888888888872978));
  c = f64x2.add(f64x2.mul(c, u), f64x2.splat(0.041666666666666595));
  c = f64x2.add(f64x2.mul(c, u), f64x2.splat(-0.5));
  c = f64x2.add(f64x2.mul(c, u), f64x2.splat(1));

  const odd = i64x2.neg(v128.and(k, i64x2.splat(1)));
  const sign = i64x2.shl(v128.and(k, i64x2.splat(2)), 62);
  return v128.xor(v128.bitselect(c, s, odd), sign);
}

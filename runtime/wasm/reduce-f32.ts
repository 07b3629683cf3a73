/**
 * a = k pi/2 + r, |r| <= pi/4, for f32 numbers a >= 0, worked in f64, two at a time.
 *
 * a < 2^23: pi/2 = h1 + h2, h1 of 30 bits, so that k h1 is exact (Cody and Waite 1980, "Software Manual for the
 * Elementary Functions"). Besides its rounding, r is wrong by less than 2^-59; no f32 number but 0 is nearer than 2^-30
 * to a multiple of pi/2.
 *
 * Larger: a = m 2^(8 j), m < 2^31 an integer, and bytes j to j + 11 of 2/pi are all that a 2/pi mod 4 needs (Payne and
 * Hanek 1983, "Radian reduction for trigonometric functions"). They are picked from two constant vectors by a swizzle,
 * which gives 0 for an index above 15; a table would need memory.
 */
import { integerOf, shiftedInteger } from "./exp2";
import { splat } from "./lanes";

/** From here on, a is an integer; see turnOf. */
export const large_f32: f64 = 8388608.0;

/** k in the low bits; see shifter. For a < 2^50. */
export function shiftedQuarters(a: v128): v128 {
  return shiftedInteger<f64>(f64x2.mul(a, splat<f64>(0.6366197723675814)));
}

export function remainder_f32(a: v128, shifted: v128): v128 {
  const k = integerOf<f64>(shifted);
  const near = f64x2.sub(a, f64x2.mul(k, splat<f64>(1.570796325802803)));
  return f64x2.sub(near, f64x2.mul(k, splat<f64>(9.920935796805404e-10)));
}

/** a 2/pi mod 4 in units of 2^-62, to 2 units, for large a; other a give anything. */
export function turnOf(a: v128): v128 {
  const j = i64x2.shr_u(i64x2.sub(i64x2.shr_u(a, 52), i64x2.splat(1023 + 23)), 3);
  const scale = i64x2.shl(i64x2.sub(i64x2.splat(1023), i64x2.shl(j, 3)), 52);
  const m = i64x2.extend_low_i32x4_u(i32x4.trunc_sat_f64x2_u_zero(f64x2.mul(a, scale)));
  const from = i8x16.swizzle(i64x2.sub(i64x2.splat(24), j), i8x16(0, 0, 0, 0, 0, 0, 0, 0, 8, 8, 8, 8, 8, 8, 8, 8));
  const head = bytesOfTwoOverPi(i8x16.add(from, i8x16(0, 1, 2, 3, 4, 5, 6, 7, 0, 1, 2, 3, 4, 5, 6, 7)));
  const next = bytesOfTwoOverPi(
    i8x16.add(from, i8x16(-4, -3, -2, -1, -128, -128, -128, -128, -4, -3, -2, -1, -128, -128, -128, -128)),
  );
  return i64x2.add(i64x2.mul(m, head), i64x2.shr_u(i64x2.mul(m, next), 32));
}

/** k in the low two bits. */
export function quartersOf(turn: v128): v128 {
  return i64x2.shr_u(i64x2.add(turn, i64x2.splat(1 << 61)), 62);
}

/** r: the turn without its two whole bits, as a signed number, times pi/2 2^-64. NaN where a is Inf. */
export function remainderOf(turn: v128, a: v128): v128 {
  const rest = i64x2.shl(turn, 2);
  const r = f64x2(<f64>i64x2.extract_lane(rest, 0), <f64>i64x2.extract_lane(rest, 1));
  return f64x2.add(f64x2.mul(r, splat<f64>(8.515303950216386e-20)), f64x2.sub(a, a));
}

/** Byte 31 has the bits of 2/pi of weight 2 to 2^-6, byte 30 the next eight, and so on; beyond 31 all are 0. */
function bytesOfTwoOverPi(index: v128): v128 {
  return v128.or(
    i8x16.swizzle(i64x2(0x7f9458eaf7aef158, 0x36d8a5664f10e410), index),
    i8x16.swizzle(i64x2(0x7f09d5f47d4d3770, 0x28be60db9391054a), i8x16.sub(index, i8x16.splat(16))),
  );
}

/**
 * a = k pi/2 + r, |r| <= pi/4, for f64 numbers a >= 0; r to about an ulp.
 *
 * a < 2^20: pi/2 = h1 + h2 + h3, h1 and h2 of 33 bits, so that k h1 and k h2 are exact (Cody and Waite 1980, "Software
 * Manual for the Elementary Functions").
 *
 * Larger, and rare, so one lane at a time: a = m 2^s, m < 2^53 an integer; m times 192 bits of 2/pi from bit s on gives
 * a 2/pi mod 4 to 126 bits after the point (Payne and Hanek 1983, "Radian reduction for trigonometric functions"). No
 * f64 number is nearer to a multiple of pi/2 than 2^-61, so 64 good bits are left.
 */
import { integerOf } from "./exp2";
import { splat } from "./lanes";

export const large_f64: f64 = 1048576.0;

export function remainder_f64(a: v128, shifted: v128): v128 {
  const k = integerOf<f64>(shifted);
  let r = f64x2.sub(a, f64x2.mul(k, splat<f64>(1.5707963267341256)));
  r = f64x2.sub(r, f64x2.mul(k, splat<f64>(6.077100506303966e-11)));
  return f64x2.sub(r, f64x2.mul(k, splat<f64>(2.0222662487959506e-21)));
}

/** Lane 0: r, NaN where a is Inf. Lane 1: k in the low two bits. */
export function reduceLarge(a: f64): v128 {
  const bits = reinterpret<u64>(a);
  const m = (bits & 0x000fffffffffffff) | 0x0010000000000000;
  /** 64 more than s, as words() starts with 64 zero bits. */
  const from = <u32>(bits >> 52) - (1023 + 52 - 64);
  const shift = <u64>(from & 63);

  let w0: u64 = 0;
  let w1: u64 = 0;
  let w2: u64 = 0;
  let last: u64 = 0;
  for (let i: u32 = 0; i < 4; i++) {
    const word = wordOfTwoOverPi((from >> 6) + i);
    w0 = w1;
    w1 = w2;
    // Twice, as a shift by 64 is a shift by 0.
    w2 = (last << shift) | ((word >> 1) >> (63 - shift));
    last = word;
  }

  const middle = m * w1;
  const low = middle + highProduct(m, w2);
  const high = m * w0 + highProduct(m, w1) + <u64>(low < middle);

  const k = (high + (1 << 61)) >> 62;
  let restHigh = (high << 2) | (low >> 62);
  let restLow = low << 2;
  const negative = <i64>restHigh < 0;
  if (negative) {
    restLow = -restLow;
    restHigh = ~restHigh + <u64>(restLow == 0);
  }
  const angle = (<f64>restHigh + <f64>restLow * 5.421010862427522e-20) * 8.515303950216386e-20 + (a - a);
  return i64x2.replace_lane(splat<f64>(negative ? -angle : angle), 1, k);
}

/** The upper 64 of the 128 bits of the product. */
function highProduct(a: u64, b: u64): u64 {
  const a1 = a >> 32;
  const a0 = a & 0xffffffff;
  const b1 = b >> 32;
  const b0 = b & 0xffffffff;
  const middle = a1 * b0 + ((a0 * b0) >> 32);
  const other = a0 * b1 + (middle & 0xffffffff);
  return a1 * b1 + (middle >> 32) + (other >> 32);
}

/** Word 1 has the bits of 2/pi of weight 2 to 2^-62, word 0 those before them; the largest a needs words 16 to 19. */
function wordOfTwoOverPi(index: u32): u64 {
  switch (index) {
    case 1: return 0x28be60db9391054a;
    case 2: return 0x7f09d5f47d4d3770;
    case 3: return 0x36d8a5664f10e410;
    case 4: return 0x7f9458eaf7aef158;
    case 5: return 0x6dc91b8e909374b8;
    case 6: return 0x01924bba82746487;
    case 7: return 0x3f877ac72c4a69cf;
    case 8: return 0xba208d7d4baed121;
    case 9: return 0x3a671c09ad17df90;
    case 10: return 0x4e64758e60d4ce7d;
    case 11: return 0x272117e2ef7e4a0e;
    case 12: return 0xc7fe25fff7816603;
    case 13: return 0xfbcbc462d6829b47;
    case 14: return 0xdb4d9fb3c9f2c26d;
    case 15: return 0xd3d18fd9a797fa8b;
    case 16: return 0x5d49eeb1faf97c5e;
    case 17: return 0xcf41ce7de294a4ba;
    case 18: return 0x9afed7ec47e35742;
    case 19: return 0x1580cc11bf1edaea;
    default: return 0;
  }
}

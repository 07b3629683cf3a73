/**
 * Random numbers by counter: Threefry-2x32 with 20 rounds (Salmon, Moraes, Dror, Shaw 2011, "Parallel random numbers:
 * as easy as 1, 2, 3"). The number at (key, stream, index) depends on nothing else, so it can be drawn again at any time.
 *
 *   x0, x1 = counter + key;  a round: x0 += x1, x1 = rotate(x1) ^ x0;  after each fourth round the next keys are added
 *
 * All lanes take the same steps on counters (index + lane, stream); integers wrap.
 */

/** Both words: the first in the low 32 bits, the second in the high ones. */
export function threefry2x32(k0: i32, k1: i32, c0: i32, c1: i32): i64 {
  const first = i32x4.extract_lane(threefry(k0, k1, i32x4.splat(c0), c1, 0), 0);
  const second = i32x4.extract_lane(threefry(k0, k1, i32x4.splat(c0), c1, 1), 0);
  return <i64>(<u32>first) | ((<i64>second) << 32);
}

/** Numbers in [0, 1) for counters index to index + 3: the top 24 bits of the first word, times 2^-24; exact. */
export function uniform_f32x4(k0: i32, k1: i32, stream: i32, index: i32): v128 {
  const bits = top24(k0, k1, stream, index);
  return f32x4.mul(f32x4.convert_i32x4_s(bits), f32x4.splat(5.960464477539063e-8));
}

/** The same numbers as lanes 0 and 1 of uniform_f32x4, as f64. */
export function uniform_f64x2(k0: i32, k1: i32, stream: i32, index: i32): v128 {
  const bits = top24(k0, k1, stream, index);
  return f64x2.mul(f64x2.convert_low_i32x4_s(bits), f64x2.splat(5.960464477539063e-8));
}

// @ts-ignore: decorator
@inline
function top24(k0: i32, k1: i32, stream: i32, index: i32): v128 {
  const indices = i32x4.add(i32x4.splat(index), i32x4(0, 1, 2, 3));
  return i32x4.shr_u(threefry(k0, k1, indices, stream, 0), 8);
}

/** The wanted word, 0 or 1, of every lane. Written out, as the amounts of the turns must be constants to be fast. */
// @ts-ignore: decorator
@inline
function threefry(k0: i32, k1: i32, c0: v128, c1: i32, word: i32): v128 {
  const key0 = i32x4.splat(k0);
  const key1 = i32x4.splat(k1);
  const key2 = i32x4.splat(k0 ^ k1 ^ 0x1bd11bda);
  let x0 = i32x4.add(c0, key0);
  let x1 = i32x4.add(i32x4.splat(c1), key1);

  x0 = i32x4.add(x0, x1);
  x1 = turned(x1, 13, x0);
  x0 = i32x4.add(x0, x1);
  x1 = turned(x1, 15, x0);
  x0 = i32x4.add(x0, x1);
  x1 = turned(x1, 26, x0);
  x0 = i32x4.add(x0, x1);
  x1 = turned(x1, 6, x0);
  x0 = i32x4.add(x0, key1);
  x1 = i32x4.add(x1, i32x4.add(key2, i32x4.splat(1)));

  x0 = i32x4.add(x0, x1);
  x1 = turned(x1, 17, x0);
  x0 = i32x4.add(x0, x1);
  x1 = turned(x1, 29, x0);
  x0 = i32x4.add(x0, x1);
  x1 = turned(x1, 16, x0);
  x0 = i32x4.add(x0, x1);
  x1 = turned(x1, 24, x0);
  x0 = i32x4.add(x0, key2);
  x1 = i32x4.add(x1, i32x4.add(key0, i32x4.splat(2)));

  x0 = i32x4.add(x0, x1);
  x1 = turned(x1, 13, x0);
  x0 = i32x4.add(x0, x1);
  x1 = turned(x1, 15, x0);
  x0 = i32x4.add(x0, x1);
  x1 = turned(x1, 26, x0);
  x0 = i32x4.add(x0, x1);
  x1 = turned(x1, 6, x0);
  x0 = i32x4.add(x0, key0);
  x1 = i32x4.add(x1, i32x4.add(key1, i32x4.splat(3)));

  x0 = i32x4.add(x0, x1);
  x1 = turned(x1, 17, x0);
  x0 = i32x4.add(x0, x1);
  x1 = turned(x1, 29, x0);
  x0 = i32x4.add(x0, x1);
  x1 = turned(x1, 16, x0);
  x0 = i32x4.add(x0, x1);
  x1 = turned(x1, 24, x0);
  x0 = i32x4.add(x0, key1);
  x1 = i32x4.add(x1, i32x4.add(key2, i32x4.splat(4)));

  x0 = i32x4.add(x0, x1);
  x1 = turned(x1, 13, x0);
  x0 = i32x4.add(x0, x1);
  x1 = turned(x1, 15, x0);
  x0 = i32x4.add(x0, x1);
  x1 = turned(x1, 26, x0);
  x0 = i32x4.add(x0, x1);
  x1 = turned(x1, 6, x0);
  x0 = i32x4.add(x0, key2);
  x1 = i32x4.add(x1, i32x4.add(key0, i32x4.splat(5)));
  return word == 0 ? x0 : x1;
}

/** The half of a round that turns x1. */
// @ts-ignore: decorator
@inline
function turned(x1: v128, bits: i32, x0: v128): v128 {
  return v128.xor(v128.or(i32x4.shl(x1, bits), i32x4.shr_u(x1, 32 - bits)), x0);
}

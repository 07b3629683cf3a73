/**
 * Words the helpers share, over the lane type T: f32 (4 lanes) or f64 (2 lanes). All of it is inlined.
 *
 *   horner<f32>(q, x, 0.5)   ->   f32x4.add(f32x4.mul(q, x), f32x4.splat(0.5))
 *
 * Bits of a lane: f32 has 23 bits of fraction and exponents biased by 127, f64 has 52 and 1023.
 */

/** One number in every lane; a coefficient of f32 is written to nine digits, which name one f32 number. */
// @ts-ignore: decorator
@inline
export function splat<T>(value: f64): v128 {
  return v128.splat<T>(<T>value);
}

/** q x + c, each step rounded. */
// @ts-ignore: decorator
@inline
export function horner<T>(q: v128, x: v128, c: f64): v128 {
  return v128.add<T>(v128.mul<T>(q, x), splat<T>(c));
}

/** Both bounds keep NaN: pmin and pmax give their first operand where the comparison is false. */
// @ts-ignore: decorator
@inline
export function atMost<T>(x: v128, bound: f64): v128 {
  return v128.pmin<T>(x, splat<T>(bound));
}

// @ts-ignore: decorator
@inline
export function atLeast<T>(x: v128, bound: f64): v128 {
  return v128.pmax<T>(x, splat<T>(bound));
}

// @ts-ignore: decorator
@inline
export function addBits<T>(a: v128, b: v128): v128 {
  return sizeof<T>() == 4 ? i32x4.add(a, b) : i64x2.add(a, b);
}

// @ts-ignore: decorator
@inline
export function subBits<T>(a: v128, b: v128): v128 {
  return sizeof<T>() == 4 ? i32x4.sub(a, b) : i64x2.sub(a, b);
}

// @ts-ignore: decorator
@inline
export function splatBits<T>(bits32: i32, bits64: i64): v128 {
  return sizeof<T>() == 4 ? i32x4.splat(bits32) : i64x2.splat(bits64);
}

/** From integer lanes to the exponent field; the integer itself is the biased exponent. */
// @ts-ignore: decorator
@inline
export function toExponentField<T>(integers: v128): v128 {
  return sizeof<T>() == 4 ? i32x4.shl(integers, 23) : i64x2.shl(integers, 52);
}

/** The biased exponent, for lanes whose sign bit is 0. */
// @ts-ignore: decorator
@inline
export function fromExponentField<T>(bits: v128): v128 {
  return sizeof<T>() == 4 ? i32x4.shr_u(bits, 23) : i64x2.shr_u(bits, 52);
}

/** The sign bit of every lane. */
// @ts-ignore: decorator
@inline
export function signOf<T>(x: v128): v128 {
  return v128.and(x, splat<T>(-0.0));
}

/**
 * 1.5 * 2^23 or 1.5 * 2^52. Adding it rounds a small number to the nearest integer n, ties to even; the low bits of the
 * sum then hold n in two's complement, and subtracting it again gives n as a float.
 */
// @ts-ignore: decorator
@inline
export function shifter<T>(): f64 {
  return sizeof<T>() == 4 ? 12582912.0 : 6755399441055744.0;
}

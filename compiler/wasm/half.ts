/**
 * IEEE 754 half precision: a sign, 5 bits of exponent, 10 of fraction. Weights may travel so, in half the bytes.
 *
 *   toHalf(0.1)   -> 0x2e66, which is 0.0999755859375
 */
import binaryen from "binaryen";
import type { Module, Ref } from "./int.ts";

/** Larger magnitudes round to infinity. */
export const largestHalf = 65504;

/** The 16 bits of the half nearest to a finite x, ties to even; infinity from 65520 on. */
export function toHalf(x: number): number {
  const sign = x < 0 || Object.is(x, -0) ? 0x8000 : 0;
  const magnitude = Math.abs(x);
  if (magnitude >= 65520) return sign | 0x7c00;
  // Below 2^-14 halves are multiples of 2^-24; above, of 2^-10 of their power of two. All of this is exact but the rounding.
  const exponent = Math.max(-14, magnitude === 0 ? -14 : Math.floor(Math.log2(magnitude)));
  const unit = 2 ** (exponent - 10);
  const rounded = roundToEven(magnitude / unit);
  // A carry into the next power of two is a carry into the exponent's bits.
  return sign | (exponent === -14 ? rounded : rounded + ((exponent + 14) << 10));
}

function roundToEven(x: number): number {
  const floor = Math.floor(x);
  const rest = x - floor;
  return floor + Number(rest > 0.5 || (rest === 0.5 && floor % 2 === 1));
}

/** The number that 16 bits stand for. */
export function fromHalf(bits: number): number {
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  const magnitude = exponent === 0 ? fraction * 2 ** -24 : (1024 + fraction) * 2 ** (exponent - 25);
  return bits & 0x8000 ? -magnitude : magnitude;
}

/** A range of floats that arrives as halves, in the upper half of its own bytes. */
export interface HalfRange {
  /** Bytes from the start of the memory. */
  readonly byteOffset: number;
  /** Floats. */
  readonly elementCount: number;
}

/**
 * The module's start function: widens the range in place, from the front; float i is written where half i or one before it
 * lay. A half's bits, moved up 13, are a float too small by 2^112, subnormals included; the product is exact.
 */
export function addWidening(module: Module, { byteOffset, elementCount }: HalfRange): void {
  const { i32, f32 } = module;
  const at = () => module.local.get(0, binaryen.i32);
  const half = () => module.local.get(1, binaryen.i32);
  const from = i32.add(i32.const(byteOffset + 2 * elementCount), i32.shl(at(), i32.const(1)));
  const magnitude = f32.reinterpret(i32.shl(i32.and(half(), i32.const(0x7fff)), i32.const(13)));
  const sign = i32.shl(i32.and(half(), i32.const(0x8000)), i32.const(16));
  const bits: Ref = i32.or(i32.reinterpret(f32.mul(magnitude, f32.const(2 ** 112))), sign);
  const body = module.loop(
    "next",
    module.block(null, [
      module.local.set(1, i32.load16_u(0, 2, from)),
      i32.store(byteOffset, 4, i32.shl(at(), i32.const(2)), bits),
      module.local.set(0, i32.add(at(), i32.const(1))),
      module.br("next", i32.lt_u(at(), i32.const(elementCount))),
    ]),
  );
  module.setStart(module.addFunction("widen", binaryen.none, binaryen.none, [binaryen.i32, binaryen.i32], body));
}

/**
 * Instructions for vectors in memory, by element bytes (4 or 8) and count. Only the elements named are touched, so an
 * access at the end of a buffer, or of the memory, is safe.
 *
 *   3 elements of 4 bytes    ->    v128.load32_lane offset=8 2 (v128.load64_zero)
 */
import type { FloatType } from "../graph/types.ts";
import type { Module, Ref } from "./int.ts";

/** Where the first element is: an address and a constant to add to it, both in bytes. */
export interface Address {
  pointer(): Ref;
  readonly byteOffset: number;
}

const vectorBytes = 16;

/** `count` elements in a row; the other lanes are 0. Alignment immediates are hints, here the element's bytes. */
export function loadRow(module: Module, { pointer, byteOffset }: Address, bytes: number, count: number): Ref {
  switch (bytes * count) {
    case 4:
      return module.v128.load32_zero(byteOffset, bytes, pointer());
    case 8:
      return module.v128.load64_zero(byteOffset, bytes, pointer());
    case 12: {
      const two = module.v128.load64_zero(byteOffset, bytes, pointer());
      return module.v128.load32_lane(byteOffset + 8, bytes, 2, pointer(), two);
    }
    default:
      return module.v128.load(byteOffset, bytes, pointer());
  }
}

/** `count` elements `byteStride` apart; the other lanes are 0. */
export function loadStrided(module: Module, place: Address, bytes: number, byteStride: number, count: number): Ref {
  let vector = loadRow(module, place, bytes, 1);
  for (let lane = 1; lane < count; lane++) {
    const byteOffset = place.byteOffset + lane * byteStride;
    vector =
      bytes === 4
        ? module.v128.load32_lane(byteOffset, bytes, lane, place.pointer(), vector)
        : module.v128.load64_lane(byteOffset, bytes, lane, place.pointer(), vector);
  }
  return vector;
}

/** One element in every lane. */
export const loadSplat = (module: Module, { pointer, byteOffset }: Address, bytes: number): Ref =>
  bytes === 4
    ? module.v128.load32_splat(byteOffset, bytes, pointer())
    : module.v128.load64_splat(byteOffset, bytes, pointer());

/** The first lanes of i32 as floats. */
export const toFloat = (module: Module, vector: Ref, to: FloatType): Ref =>
  to === "f32" ? module.f32x4.convert_i32x4_s(vector) : module.f64x2.convert_low_i32x4_s(vector);

/** Floats as i32 in the first lanes. */
export const toInteger = (module: Module, vector: Ref, from: FloatType): Ref =>
  from === "f32" ? module.i32x4.trunc_sat_f32x4_s(vector) : module.i32x4.trunc_sat_f64x2_s_zero(vector);

/** A mask of the first lanes of i32, as wide as the lanes of floats are. */
export const wideMask = (module: Module, mask: Ref, to: FloatType): Ref =>
  to === "f32" ? mask : module.i64x2.extend_low_i32x4_s(mask);

/** A mask of floats for as many lanes of i32. */
export const narrowMask = (module: Module, mask: () => Ref, from: FloatType): Ref =>
  from === "f32" ? mask() : permute(module, mask, [0, 2, 0, 2]);

/** Stores the first `count` lanes; `value` gives a fresh copy of the vector at every call, as three lanes take two. */
export function storeRow(module: Module, place: Address, bytes: number, count: number, value: () => Ref): Ref[] {
  const { pointer, byteOffset } = place;
  switch (bytes * count) {
    case 4:
      return [module.v128.store32_lane(byteOffset, bytes, 0, pointer(), value())];
    case 8:
      return [module.v128.store64_lane(byteOffset, bytes, 0, pointer(), value())];
    case 12:
      return [
        module.v128.store64_lane(byteOffset, bytes, 0, pointer(), value()),
        module.v128.store32_lane(byteOffset + 8, bytes, 2, pointer(), value()),
      ];
    default:
      return [module.v128.store(byteOffset, bytes, pointer(), value())];
  }
}

/** The vector whose lane l is lane order[l] of `vector`. */
export function permute(module: Module, vector: () => Ref, order: readonly number[]): Ref {
  const bytes = vectorBytes / order.length;
  const mask = order.flatMap((lane) => Array.from({ length: bytes }, (_, byte) => lane * bytes + byte));
  return module.i8x16.shuffle(vector(), vector(), mask);
}

/** The 16 bytes of a vector of these floats. */
export function floatBytes(values: readonly number[], dtype: FloatType): Uint8Array {
  const lanes = dtype === "f32" ? Float32Array.from(values) : Float64Array.from(values);
  return new Uint8Array(lanes.buffer);
}

export const integerBytes = (values: readonly number[]): Uint8Array =>
  new Uint8Array(Int32Array.from({ length: vectorBytes / 4 }, (_, lane) => values[lane] ?? 0).buffer);

/**
 * Packed numbers in a file -> a typed array; shared by IDX, NPY and safetensors.
 *
 * 00 01 ff fe as i16, big endian -> 1, -2
 */

export type ElementType =
  | "bool"
  | "u8"
  | "i8"
  | "u16"
  | "i16"
  | "u32"
  | "i32"
  | "u64"
  | "i64"
  | "f16"
  | "bf16"
  | "f32"
  | "f64";

interface Codec {
  readonly bytes: number;
  readonly read: (view: DataView, byteOffset: number, little: boolean) => number;
  /** The smallest array that holds every value exactly; 64-bit integers are exact to 2^53. */
  readonly exactIn: "i32" | "f32" | "f64";
}

const codecs: Readonly<Record<ElementType, Codec>> = {
  bool: { bytes: 1, exactIn: "i32", read: (view, at) => (view.getUint8(at) === 0 ? 0 : 1) },
  u8: { bytes: 1, exactIn: "i32", read: (view, at) => view.getUint8(at) },
  i8: { bytes: 1, exactIn: "i32", read: (view, at) => view.getInt8(at) },
  u16: { bytes: 2, exactIn: "i32", read: (view, at, little) => view.getUint16(at, little) },
  i16: { bytes: 2, exactIn: "i32", read: (view, at, little) => view.getInt16(at, little) },
  u32: { bytes: 4, exactIn: "f64", read: (view, at, little) => view.getUint32(at, little) },
  i32: { bytes: 4, exactIn: "i32", read: (view, at, little) => view.getInt32(at, little) },
  u64: { bytes: 8, exactIn: "f64", read: (view, at, little) => Number(view.getBigUint64(at, little)) },
  i64: { bytes: 8, exactIn: "f64", read: (view, at, little) => Number(view.getBigInt64(at, little)) },
  f16: { bytes: 2, exactIn: "f32", read: (view, at, little) => halfToNumber(view.getUint16(at, little)) },
  bf16: { bytes: 2, exactIn: "f32", read: (view, at, little) => brainToNumber(view.getUint16(at, little)) },
  f32: { bytes: 4, exactIn: "f32", read: (view, at, little) => view.getFloat32(at, little) },
  f64: { bytes: 8, exactIn: "f64", read: (view, at, little) => view.getFloat64(at, little) },
};

export const bytesPerElement = (type: ElementType): number => codecs[type].bytes;

export type NumberArray = Float32Array | Float64Array | Int32Array;

/** Every whole element of `bytes`, each exact but for 64-bit integers beyond 2^53, which round to float64. */
export function decodeElements(bytes: Uint8Array, type: ElementType, little: boolean): NumberArray {
  const { read, bytes: stride, exactIn } = codecs[type];
  const count = Math.floor(bytes.byteLength / stride);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const values = newArray(exactIn, count);
  for (let i = 0; i < count; i++) values[i] = read(view, i * stride, little);
  return values;
}

function newArray(type: Codec["exactIn"], count: number): NumberArray {
  if (type === "i32") return new Int32Array(count);
  return type === "f32" ? new Float32Array(count) : new Float64Array(count);
}

/** IEEE 754 binary16: 1 sign, 5 exponent (bias 15), 10 fraction bits. */
function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

const word = new DataView(new ArrayBuffer(4));

/** bfloat16 is the upper half of a float32. */
function brainToNumber(bits: number): number {
  word.setUint32(0, bits << 16);
  return word.getFloat32(0);
}

/** The product of the extents times `bytes`, or undefined where it is not a safe integer: a size no file has. */
export function safeByteCount(dims: readonly number[], bytes: number): number | undefined {
  let product = bytes;
  for (const extent of dims) {
    product *= extent;
    if (!Number.isSafeInteger(product)) return undefined;
  }
  return product;
}

/**
 * IDX, the format of MNIST: two zero bytes, a type, the number of axes, each extent as u32, the elements; big endian.
 *
 * 00 00 08 01 00 00 00 02 07 09 -> [2] u8: 7, 9
 *
 * Source: Y. LeCun, C. Cortes, C. J. C. Burges, "The MNIST database of handwritten digits".
 */
import type { ElementType } from "./elements.ts";
import { DataError } from "./errors.ts";
import { decodeTensor, type Tensor } from "./tensor.ts";

const types: ReadonlyMap<number, ElementType> = new Map([
  [0x08, "u8"],
  [0x09, "i8"],
  [0x0b, "i16"],
  [0x0c, "i32"],
  [0x0d, "f32"],
  [0x0e, "f64"],
]);

const prefixBytes = 4;
const extentBytes = 4;

export const isIdx = (bytes: Uint8Array): boolean =>
  bytes.length >= prefixBytes && bytes[0] === 0 && bytes[1] === 0 && types.has(bytes[2]!) && bytes[3] !== 0;

/** Throws data/bad-magic, data/truncated, data/trailing-bytes, data/shape. */
export function decodeIdx(bytes: Uint8Array, file: string): Tensor {
  if (!isIdx(bytes)) throw badMagic(bytes, file);
  const rank = bytes[3]!;
  const headerBytes = prefixBytes + rank * extentBytes;
  if (bytes.length < headerBytes) {
    throw new DataError({
      code: "data/truncated",
      file,
      expected: `a header of ${headerBytes} bytes, as it has ${rank} axes`,
      got: `${bytes.length} bytes in all`,
    });
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, headerBytes);
  const dims = Array.from({ length: rank }, (_, axis) => view.getUint32(prefixBytes + axis * extentBytes));
  return decodeTensor(file, dims, types.get(bytes[2]!)!, false, bytes.subarray(headerBytes));
}

function badMagic(bytes: Uint8Array, file: string): DataError {
  const start = [...bytes.subarray(0, prefixBytes)].map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
  return new DataError({
    code: "data/bad-magic",
    file,
    expected: "IDX: 00 00, a type (08 09 0b 0c 0d 0e), the number of axes",
    got: start || "an empty file",
  });
}

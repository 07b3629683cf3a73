/**
 * The digits that the build packed (build/digits.ts), as rows to learn from and rows to judge by.
 *
 *   0x07, 0xf0   ->   0, 7/15, 1, 0
 */
import type { Lesson, Rows } from "./protocol.ts";
import { gunzip } from "./unpack.ts";

const TEST_SHARE = 0.2;
/** Of one digit's pixels. */
const BYTES = 392;

export async function fetchDigits(url: string): Promise<Lesson> {
  const bytes = await gunzip(url);
  const count = bytes.length / (1 + BYTES);
  const split = Math.round(count * (1 - TEST_SHARE));
  const part = (from: number, to: number): Rows => ({
    inputs: { pixels: greys(bytes.subarray(count + BYTES * from, count + BYTES * to)) },
    targets: { digit: Int32Array.from(bytes.subarray(from, to)) },
    count: to - from,
  });
  return { train: part(0, split), test: part(split, count) };
}

function greys(packed: Uint8Array): Float32Array {
  const pixels = new Float32Array(2 * packed.length);
  packed.forEach((byte, i) => {
    pixels[2 * i] = (byte >> 4) / 15;
    pixels[2 * i + 1] = (byte & 15) / 15;
  });
  return pixels;
}

/**
 * MNIST's IDX files as one short asset: a byte of label and 392 bytes of pixels a digit, two pixels of 16 greys in each byte.
 *
 *   784 bytes a digit, 7.8 MB for 10,000   ->   0.6 MB for 5,000, gzipped
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { readDataset } from "nabla/compiler";

/** Enough for 95 % right, and quick to download. */
const COUNT = 5000;

const files = ["t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz"] as const;

/** Undefined where `folder` has not got the two files. */
export async function readDigits(folder: string): Promise<Uint8Array | undefined> {
  const [images, labels] = files.map((name) => join(folder, name));
  if (!existsSync(images!) || !existsSync(labels!)) return undefined;
  const { fields } = await readDataset({
    files: [`pixels=${images}`, `digit=${labels}`],
    fields: [
      { name: "pixels", kind: "input", dims: [784], dtype: "float" },
      { name: "digit", kind: "target", dims: [], classes: 10, dtype: "int" },
    ],
  });
  const half = (at: number) => Math.round(fields.pixels!.data[at]! / 17);
  const packed = Uint8Array.from({ length: 392 * COUNT }, (_, i) => 16 * half(2 * i) + half(2 * i + 1));
  return gzipSync(Buffer.concat([Uint8Array.from(fields.digit!.data.subarray(0, COUNT)), packed]), { level: 9 });
}

export const missingDigits = (folder: string): string =>
  `no digits in ${folder}: expected ${files.join(" and ")}\n` +
  "  The page is built without them, and its part in two dimensions works. Name their folder in NABLA_DIGITS.";

/**
 * A path -> the bytes of the file, unzipped where it begins as gzip does, and their format.
 *
 * "t10k-labels-idx1-ubyte.gz" -> 10,008 bytes, "idx"
 */
import { isUtf8 } from "node:buffer";
import { readFile } from "node:fs/promises";
import { gunzipSync } from "node:zlib";
import { DataError } from "./errors.ts";
import { isIdx } from "./idx.ts";
import { isNpy } from "./npy.ts";
import { knownKind } from "./signature.ts";

export type Format = "csv" | "idx" | "npy";

/** Throws data/no-file, data/bad-gzip, data/not-a-table. */
export async function openDataFile(path: string): Promise<{ bytes: Uint8Array; format: Format }> {
  const raw = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    throw new DataError({ code: "data/no-file", file: path, expected: "a file that can be read", got: error.message });
  });
  const bytes = isGzip(raw) ? unzip(raw, path) : raw;
  const format = formatOf(bytes, path);
  if (format === "csv") refuseOther(bytes, path);
  return { bytes, format };
}

/** A file of another kind would be blamed for its header, or for its encoding. */
function refuseOther(bytes: Uint8Array, path: string): void {
  const isWide = bytes[0] === 0xff && bytes[1] === 0xfe;
  const hasZeros = !isWide && bytes.subarray(0, 1024).includes(0);
  if (isWide || (isUtf8(bytes) && !hasZeros)) return;
  const got = knownKind(bytes, path.replace(/\.gz$/i, "")) ?? (hasZeros ? "zero bytes, which no text has" : undefined);
  if (got === undefined) return;
  const hint = "Save the table as CSV in UTF-8, or give IDX or NPY files.";
  throw new DataError({ code: "data/not-a-table", file: path, expected: "a CSV, IDX or NPY file", got, hint });
}

const isGzip = (bytes: Uint8Array): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b;

function unzip(bytes: Uint8Array, file: string): Uint8Array {
  try {
    return gunzipSync(bytes);
  } catch (error) {
    const got = (error as Error).message;
    const hint = "The file is damaged or cut short: fetch or write it again.";
    throw new DataError({ code: "data/bad-gzip", file, expected: "a whole gzip stream", got, hint });
  }
}

/** By the first bytes; by the name only where they say nothing, so that a damaged IDX file is not taken for a table. */
function formatOf(bytes: Uint8Array, path: string): Format {
  if (isNpy(bytes)) return "npy";
  if (isIdx(bytes)) return "idx";
  const name = path.replace(/\.gz$/i, "");
  if (/\.npy$/i.test(name)) return "npy";
  return /[.-]idx\d*(-[a-z]+)?$/i.test(name) ? "idx" : "csv";
}

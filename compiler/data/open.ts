/**
 * A path -> the bytes of the file, unzipped where it begins as gzip does, and their format.
 *
 * "t10k-labels-idx1-ubyte.gz" -> 10,008 bytes, "idx"
 */
import { readFile } from "node:fs/promises";
import { gunzipSync } from "node:zlib";
import { DataError } from "./errors.ts";
import { isIdx } from "./idx.ts";
import { isNpy } from "./npy.ts";

export type Format = "csv" | "idx" | "npy";

/** Throws data/no-file, data/bad-gzip. */
export async function openDataFile(path: string): Promise<{ bytes: Uint8Array; format: Format }> {
  const raw = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    throw new DataError({ code: "data/no-file", file: path, expected: "a file that can be read", got: error.message });
  });
  const bytes = isGzip(raw) ? unzip(raw, path) : raw;
  return { bytes, format: formatOf(bytes, path) };
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

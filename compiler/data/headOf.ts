import { closeSync, openSync, readSync } from "node:fs";

/** The first bytes of a file that may be large: enough to tell what it is. */
export function headOf(path: string): Buffer {
  const file = openSync(path, "r");
  try {
    const bytes = Buffer.alloc(1024);
    return bytes.subarray(0, readSync(file, bytes, 0, bytes.length, 0));
  } finally {
    closeSync(file);
  }
}

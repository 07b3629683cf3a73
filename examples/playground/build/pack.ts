/**
 * Many modules as one short file. Networks that differ in an activation share most of their bytes, but lie further apart
 * than the 32 KiB that gzip looks back; so what occurred before is first replaced by a reference, and gzip does the rest.
 *
 *   pack([a, b])   ->   literals of a | copy 9,000 bytes from the start of a | 40 literals | ...
 *
 * The form, all numbers LEB128: repeated (count of literals, literals, count to copy, how far back).
 * src/unpack.ts reads it.
 */
import { gzipSync } from "node:zlib";

/** Bytes that must agree before a copy pays for its reference. */
const SHORTEST = 16;

export function pack(modules: readonly Uint8Array[]): Uint8Array {
  return gzipSync(fold(Buffer.concat(modules)), { level: 9 });
}

function fold(bytes: Buffer): Uint8Array {
  const out: number[] = [];
  /** Where each run of SHORTEST bytes was seen last. */
  const seen = new Map<string, number>();
  let known = 0;
  let literalStart = 0;
  const emit = (literalEnd: number, count: number, back: number) => {
    writeNumber(out, literalEnd - literalStart);
    for (const byte of bytes.subarray(literalStart, literalEnd)) out.push(byte);
    writeNumber(out, count);
    writeNumber(out, back);
    literalStart = literalEnd + count;
  };
  const remember = (end: number) => {
    for (; known < end; known++) seen.set(keyAt(bytes, known), known);
  };

  for (let at = 0; at + SHORTEST <= bytes.length; ) {
    remember(at);
    const source = seen.get(keyAt(bytes, at));
    if (source === undefined) {
      at++;
      continue;
    }
    let count = SHORTEST;
    while (at + count < bytes.length && bytes[source + count] === bytes[at + count]) count++;
    emit(at, count, at - source);
    at += count;
  }
  emit(bytes.length, 0, 0);
  return Uint8Array.from(out);
}

const keyAt = (bytes: Buffer, at: number): string => bytes.toString("latin1", at, at + SHORTEST);

function writeNumber(out: number[], value: number): void {
  for (; value > 127; value >>>= 7) out.push((value & 127) | 128);
  out.push(value);
}

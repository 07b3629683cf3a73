/**
 * Custom sections, appended to a finished module: 0, byte length, name length, name, bytes. Not through Binaryen, which
 * takes them over its stack of a few megabytes.
 */
import type { CustomSection } from "./plan.ts";

export function withSections(wasm: Uint8Array, sections: readonly CustomSection[]): Uint8Array {
  return concatenated([wasm, ...sections.map(encoded)]);
}

const customId = 0;

function encoded({ name, bytes }: CustomSection): Uint8Array {
  const nameBytes = new TextEncoder().encode(name);
  const content = concatenated([unsignedLeb(nameBytes.length), nameBytes, bytes]);
  return concatenated([[customId], unsignedLeb(content.length), content]);
}

/** Seven bits a byte, the lowest first, the top bit set where more follow. */
function unsignedLeb(value: number): number[] {
  const bytes: number[] = [];
  for (let rest = value; ; rest >>>= 7) {
    if (rest < 0x80) return [...bytes, rest];
    bytes.push((rest & 0x7f) | 0x80);
  }
}

function concatenated(parts: readonly ArrayLike<number>[]): Uint8Array {
  const result = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    result.set(part, at);
    at += part.length;
  }
  return result;
}

/** The sections of a Wasm binary: an 8-byte header, then id, length and contents of each (core specification, 5.5). */

export interface Section {
  readonly id: number;
  readonly content: Uint8Array;
  /** With id and length. */
  readonly byteLength: number;
}

export const headerBytes = 8;

export function sectionsOf(wasm: Uint8Array): Section[] {
  const sections: Section[] = [];
  for (let at = headerBytes; at < wasm.length; ) {
    const { value: length, end: start } = readLeb(wasm, at + 1);
    const end = start + length;
    sections.push({ id: wasm[at]!, content: wasm.subarray(start, end), byteLength: end - at });
    at = end;
  }
  return sections;
}

/** An unsigned integer, seven bits a byte, the lowest first; `end` is where the next thing starts. */
export function readLeb(bytes: Uint8Array, at: number): { value: number; end: number } {
  let value = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[at++]!;
    value += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) return { value, end: at };
  }
}

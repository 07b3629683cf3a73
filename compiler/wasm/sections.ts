/**
 * Sections of a finished module, as bytes. Custom ones are appended: 0, byte length, name length, name, bytes; not through
 * Binaryen, which takes them over its stack of a few megabytes. One more data segment, as Binaryen takes them all at once.
 */
import type { CustomSection, DataSegment } from "./plan.ts";
import { headerBytes, readLeb, type Section, sectionsOf } from "./read-sections.ts";

export function withSections(wasm: Uint8Array, sections: readonly CustomSection[]): Uint8Array {
  return concatenated([wasm, ...sections.map(encoded)]);
}

const customId = 0;
const dataId = 11;
const dataCountId = 12;
const i32Const = 0x41;
const end = 0x0b;

/**
 * The module with one more active segment of memory 0. The count that Binaryen writes before the code is for instructions
 * that name a segment, which no kernel has: it goes.
 */
export function withSegment(wasm: Uint8Array, segment: DataSegment): Uint8Array {
  if (segment.bytes.length === 0) return wasm;
  const sections = sectionsOf(wasm).filter(({ id }) => id !== dataCountId);
  const data = sections.find(({ id }) => id === dataId)?.content ?? Uint8Array.of(0);
  const { value: count, end: first } = readLeb(data, 0);
  const content = concatenated([unsignedLeb(count + 1), data.subarray(first), activeSegment(segment)]);
  const others = sections.filter(({ id }) => id !== dataId);
  const known = others.filter(({ id }) => id !== customId);
  // Only custom sections may follow the data: Binaryen puts the names of functions there.
  const ordered = [...known, { id: dataId, content }, ...others.filter(({ id }) => id === customId)];
  return concatenated([wasm.subarray(0, headerBytes), ...ordered.map(encodedSection)]);
}

const encodedSection = ({ id, content }: Pick<Section, "id" | "content">): Uint8Array =>
  concatenated([[id], unsignedLeb(content.length), content]);

const activeSegment = ({ byteOffset, bytes }: DataSegment): Uint8Array =>
  concatenated([[0, i32Const], signedLeb(byteOffset), [end], unsignedLeb(bytes.length), bytes]);

/** As unsignedLeb, but bit 6 of the last byte is the sign. */
function signedLeb(value: number): number[] {
  const bytes = unsignedLeb(value);
  if ((bytes.at(-1)! & 0x40) === 0) return bytes;
  return [...bytes.slice(0, -1), bytes.at(-1)! | 0x80, 0];
}

function encoded({ name, bytes }: CustomSection): Uint8Array {
  const nameBytes = new TextEncoder().encode(name);
  return encodedSection({ id: customId, content: concatenated([unsignedLeb(nameBytes.length), nameBytes, bytes]) });
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

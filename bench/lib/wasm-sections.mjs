/** A Wasm binary as its sections: an 8-byte header, then id, length and contents of each (core specification, 5.5). */

const HEADER = 8;
const DATA = 11;

/** The module less its data section: its code without the weights. */
export function withoutData(wasm) {
  const kept = [wasm.subarray(0, HEADER)];
  for (let at = HEADER; at < wasm.length; ) {
    const { value, next } = readUnsigned(wasm, at + 1);
    const end = next + value;
    if (wasm[at] !== DATA) kept.push(wasm.subarray(at, end));
    at = end;
  }
  return Buffer.concat(kept);
}

/** LEB128: seven bits a byte, the lowest first; the high bit says that more follow. */
function readUnsigned(bytes, start) {
  let value = 0;
  for (let at = start, shift = 0; ; at++, shift += 7) {
    value += (bytes[at] & 0x7f) * 2 ** shift;
    if (bytes[at] < 0x80) return { value, next: at + 1 };
  }
}

/** A data segment that is added to a finished module arrives where it says, whatever the number of its offset looks like. */
import { expect, test } from "vitest";
import { withSegment } from "../../compiler/wasm/sections.ts";

/** One page of memory, exported as "m". */
const header = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
const module = Uint8Array.of(...header, 5, 3, 1, 0, 1, 7, 5, 1, 1, 0x6d, 2, 0);

// An offset is a signed number: where the highest of its seven bits is set, one more byte says that it is not negative.
test.each([0, 1, 63, 64, 127, 128, 8191, 8192, 16383, 16384, 65_533])("offset %i", (byteOffset) => {
  const wasm = withSegment(module, { byteOffset, bytes: Uint8Array.of(7, 8, 9) });
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(wasm as BufferSource));
  const memory = new Uint8Array((exports.m as WebAssembly.Memory).buffer);
  expect([...memory.subarray(byteOffset, byteOffset + 3)]).toEqual([7, 8, 9]);
  expect(memory.reduce((sum, byte) => sum + byte)).toBe(24);
});

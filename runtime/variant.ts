/**
 * Which of two modules an engine takes: one with relaxed SIMD, where it knows that.
 *
 *   load(knowsRelaxedSimd() ? "digits.infer.relaxed.wasm" : "digits.infer.wasm")
 */

/** (func (result v128) (f32x4.relaxed_madd x x x)) with x = (i8x16.splat (i32.const 0)). */
const probe = [
  ...[0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 19, 1, 17, 0],
  ...[65, 0, 253, 15, 65, 0, 253, 15, 65, 0, 253, 15, 253, 133, 2, 11],
];

export const knowsRelaxedSimd = (): boolean => WebAssembly.validate(Uint8Array.from(probe));

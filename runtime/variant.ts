/**
 * Which of two modules an engine takes: the one with relaxed SIMD, where that is known and pays.
 *
 *   load(takesRelaxedSimd() ? "digits.infer.relaxed.wasm" : "digits.infer.wasm")
 *
 * V8 has had relaxed SIMD since 11.4, but before it compiled Wasm with Turboshaft it spilled the larger tiles of a relaxed
 * module, which took twice as long as the plain one (Node 22 and 23). Those versions do not know 64-bit tables, so the probe
 * has one; Node 24 is the first to take it.
 */

/** (table i64 0 funcref) (func (result v128) (f32x4.relaxed_madd x x x)) with x = (i8x16.splat (i32.const 0)). */
const probe = [
  ...[0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 4, 4, 1, 112, 4, 0, 10, 19, 1, 17, 0],
  ...[65, 0, 253, 15, 65, 0, 253, 15, 65, 0, 253, 15, 253, 133, 2, 11],
];

export const takesRelaxedSimd = (): boolean => WebAssembly.validate(Uint8Array.from(probe));

/** Shuffles of single bytes, for vectors held as four words; slow and rare: only the reduction of large angles uses them. */
import type { Module, Ref } from "../../wasm/int.ts";
import type { Lane } from "./lanes.ts";

/** Byte i of the result is byte mask[i] of the words. */
export const shuffleBytes = (module: Module, words: readonly Lane[], mask: readonly number[]): Lane[] =>
  packBytes(module, (i) => {
    const from = mask[i]!;
    return byteAt(module, words[from >> 2]!(), 8 * (from & 3));
  });

/** Byte i of the result is byte index[i] of the table, 0 for an index of 16 and more. */
export const swizzleBytes = (module: Module, table: readonly Lane[], index: readonly Lane[]): Lane[] =>
  packBytes(module, (i) => {
    const at = () => byteAt(module, index[i >> 2]!(), 8 * (i & 3));
    const word = pickWord(module, table, () => module.i32.shr_u(at(), module.i32.const(2)));
    const shift = module.i32.shl(module.i32.and(at(), module.i32.const(3)), module.i32.const(3));
    const byte = module.i32.and(module.i32.shr_u(word, shift), module.i32.const(255));
    return module.select(module.i32.lt_u(at(), module.i32.const(16)), byte, module.i32.const(0));
  });

const byteAt = (module: Module, word: Ref, shift: number): Ref =>
  module.i32.and(module.i32.shr_u(word, module.i32.const(shift)), module.i32.const(255));

const pickWord = (module: Module, words: readonly Lane[], at: Lane): Ref =>
  words
    .slice(1)
    .reduce(
      (other, word, i) => module.select(module.i32.eq(at(), module.i32.const(i + 1)), word(), other),
      words[0]!(),
    );

const packBytes = (module: Module, byte: (i: number) => Ref): Lane[] =>
  [0, 4, 8, 12].map((from) => () => {
    const parts = [0, 1, 2, 3].map((i) => module.i32.shl(byte(from + i), module.i32.const(8 * i)));
    return parts.reduce((word, part) => module.i32.or(word, part));
  });

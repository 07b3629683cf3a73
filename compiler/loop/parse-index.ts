/**
 * Reads what loops and kernels write alike: elements of buffers at affine indices.
 *
 *   table[16*label[i] + j - 2]
 */
import type { DType } from "../graph/types.ts";
import type { LoopBuffer } from "./buffer.ts";
import { affine, type Dynamic, type Index, type Term } from "./kernel.ts";
import type { Words } from "./words.ts";

/** Buffers by name; one that is not known is made, of `dtype` and without elements. */
export interface BufferScope {
  readonly dtype: DType;
  readonly buffers: Map<string, LoopBuffer>;
}

export function parseBuffer(words: Words, { dtype, buffers }: BufferScope): LoopBuffer {
  const name = words.name("a buffer");
  const buffer = buffers.get(name) ?? { name, dtype, elementCount: 0 };
  buffers.set(name, buffer);
  return buffer;
}

export function parseElement(words: Words, scope: BufferScope): { buffer: LoopBuffer; index: Index } {
  const buffer = parseBuffer(words, scope);
  words.expect("[");
  const index = parseIndex(words, scope);
  words.expect("]");
  return { buffer, index };
}

export function parseIndex(words: Words, scope: BufferScope): Index {
  const terms: Term[] = [];
  let base = 0;
  let dynamic: Dynamic | undefined;
  let sign = words.take("-") ? -1 : 1;
  for (;;) {
    const factor = words.isNumber() ? words.integer() : undefined;
    if (factor !== undefined && !words.take("*")) base += sign * factor;
    else if (dynamic === undefined && words.follows("[")) dynamic = parseDynamic(words, sign * (factor ?? 1), scope);
    else terms.push({ axis: words.name("an axis"), stride: sign * (factor ?? 1) });
    if (words.take("+")) sign = 1;
    else if (words.take("-")) sign = -1;
    else return { ...affine(base, terms), ...(dynamic && { dynamic }) };
  }
}

/** What memory says, stride times. */
const parseDynamic = (words: Words, stride: number, scope: BufferScope): Dynamic => ({
  stride,
  ...parseElement(words, { ...scope, dtype: "i32" }),
});

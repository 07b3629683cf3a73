/** Where things lie in the memory of a module. */
import type { LoopBuffer } from "../loop/buffer.ts";

export interface BufferPlace {
  readonly buffer: LoopBuffer;
  /** Bytes from the start of the memory; a multiple of the element's bytes. */
  readonly byteOffset: number;
}

/** Room for vector constants (see pool.ts); what does not fit stays in the code. */
export interface PoolPlace {
  /** A multiple of 8. */
  readonly byteOffset: number;
  readonly byteLength: number;
}

export const bytesPerPage = 65_536;

/** Half of what 32 bits address, so that a pointer may pass the end of its buffer by a step without wrapping. */
export const maxPages = 32_768;

export const alignTo = (bytes: number, alignment: number): number => Math.ceil(bytes / alignment) * alignment;

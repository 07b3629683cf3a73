/**
 * A buffer: memory for one tensor, which kernels load from and store to. Buffers are told apart by what they are, the very
 * objects; a name is for reading. Those of one function have names of their own, since plan/buffers.ts makes them all.
 */
import type { DType } from "../graph/types.ts";

export interface LoopBuffer {
  readonly name: string;
  readonly dtype: DType;
  /** At the most rows of a call. */
  readonly elementCount: number;
  /**
   * Of labels that say where others are read: each is 0 to below - 1. The verifier proves it of what kernels store; of inputs
   * every entry that runs such a kernel checks it before (wasm/plan.ts).
   */
  readonly below?: number;
}

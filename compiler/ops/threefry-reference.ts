/** Uniform numbers for the interpreter, as modules draw them with runtime/wasm/threefry.ts. */
import { threefry2x32 } from "../../runtime/permutation.ts";

/** The top 24 bits of the first word of Threefry-2x32, as a number in [0, 1). */
export const threefryUniform = (seed: number, step: number, index: number, stream: number): number =>
  (threefry2x32(seed, step, index, stream)[0] >>> 8) * 2 ** -24;

/** Random numbers for checks: the same sequence for the same seed, everywhere. */
import { threefryUniform } from "../ops/threefry-reference.ts";

/** Keeps these numbers apart from those that the model draws with the same seed: "chck". */
const stream = 0x6368636b;

export class Draws {
  readonly #seed: number;
  #drawn = 0;

  constructor(seed: number) {
    this.#seed = seed;
  }

  /** Uniform in [low, high). */
  uniform(low: number, high: number): number {
    return low + (high - low) * threefryUniform(this.#seed, stream, this.#drawn++, 0);
  }

  array(count: number, low: number, high: number): Float64Array {
    return Float64Array.from({ length: count }, () => this.uniform(low, high));
  }

  /** Each -1 or 1. */
  signs(count: number): Float64Array {
    return Float64Array.from({ length: count }, () => (this.uniform(0, 1) < 0.5 ? -1 : 1));
  }
}

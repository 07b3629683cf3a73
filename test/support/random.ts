/** Seeded random numbers for tests: the same sequence everywhere, printed seeds replay. */
import { threefryUniform } from "../../compiler/ops/threefry-reference.ts";

export class Random {
  readonly #seed: number;
  #drawn = 0;

  constructor(seed: number) {
    this.#seed = seed;
  }

  /** In [low, high). */
  uniform(low = 0, high = 1): number {
    return low + (high - low) * threefryUniform(this.#seed, 0, this.#drawn++, 0);
  }

  /** An integer in [low, high]. */
  integer(low: number, high: number): number {
    return Math.floor(this.uniform(low, high + 1));
  }

  pick<T>(items: readonly T[]): T {
    return items[this.integer(0, items.length - 1)]!;
  }

  array(count: number, low = -1, high = 1): Float64Array {
    return Float64Array.from({ length: count }, () => this.uniform(low, high));
  }
}

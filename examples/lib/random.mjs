/**
 * Random numbers for the data of examples: the same sequence from the same seed, everywhere.
 *
 *   const random = generator(1);
 *   random.uniform(-1, 1);   random.normal();
 */

/** Mulberry32, by Tommy Ettinger: 32 bits of state, good enough to scatter points. */
export function generator(seed) {
  let state = seed >>> 0;
  const uniform = (low = 0, high = 1) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let bits = Math.imul(state ^ (state >>> 15), state | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return low + ((high - low) * ((bits ^ (bits >>> 14)) >>> 0)) / 2 ** 32;
  };
  /** Mean 0, deviation 1, by Box and Muller 1958. */
  const normal = () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  return { uniform, normal };
}

/** `count` numbers from `low` to `high`, both included, in equal steps. */
export const evenly = (count, low, high) =>
  Float64Array.from({ length: count }, (_, i) => low + ((high - low) * i) / (count - 1));

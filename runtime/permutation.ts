/**
 * The order of the rows in one epoch: a function of the seed and the epoch alone, the same in every engine, so that a
 * run can be resumed or repeated without storing it.
 *
 * permutation(5, 1, 0) -> the same five indices everywhere; permutation(5, 1, 1) -> others
 */

/**
 * Threefry-2x32 with 20 rounds: two 32-bit words from a key and a counter of two words each.
 * Source: Salmon, Moraes, Dror, Shaw 2011, "Parallel random numbers: as easy as 1, 2, 3".
 */
export function threefry2x32(key0: number, key1: number, counter0: number, counter1: number): [number, number] {
  const keys = [key0 | 0, key1 | 0, 0x1bd11bda ^ key0 ^ key1];
  let x = (counter0 + keys[0]!) | 0;
  let y = (counter1 + keys[1]!) | 0;
  for (let round = 0; round < 20; round++) {
    const bits = rotations[round % 8]!;
    x = (x + y) | 0;
    y = ((y << bits) | (y >>> (32 - bits))) ^ x;
    if (round % 4 === 3) {
      const injection = (round + 1) / 4;
      x = (x + keys[injection % 3]!) | 0;
      y = (y + keys[(injection + 1) % 3]! + injection) | 0;
    }
  }
  return [x >>> 0, y >>> 0];
}

const rotations = [13, 15, 26, 6, 17, 29, 16, 24];

/** Keeps these numbers apart from those that other uses draw with the same seed: "perm". */
const stream = 0x7065726d;

/**
 * The numbers 0 .. count-1 in an order drawn uniformly (Fisher-Yates). `seed`: an integer in 0 .. 2^53 - 1, `epoch`: in
 * 0 .. 2^32 - 1. Each draw of j in 0 .. i takes 53 random bits modulo i + 1: no j is favoured by more than 2^-21.
 * Throws RangeError.
 */
export function permutation(count: number, seed: number, epoch: number): Uint32Array {
  requireInteger("count", count, 2 ** 32 - 1);
  requireInteger("seed", seed, Number.MAX_SAFE_INTEGER);
  requireInteger("epoch", epoch, 2 ** 32 - 1);
  const order = new Uint32Array(count);
  for (let i = 0; i < count; i++) order[i] = i;
  for (let i = count - 1; i > 0; i--) {
    const [high, low] = threefry2x32(seed | 0, Math.floor(seed / 2 ** 32) ^ stream, i, epoch);
    const j = (high * 2 ** 21 + (low >>> 11)) % (i + 1);
    const swapped = order[i]!;
    order[i] = order[j]!;
    order[j] = swapped;
  }
  return order;
}

function requireInteger(name: string, value: number, max: number): void {
  if (Number.isInteger(value) && value >= 0 && value <= max) return;
  throw new RangeError(`permutation: expected ${name} to be an integer in 0..${max}, got ${value}`);
}

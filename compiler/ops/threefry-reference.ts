/** Threefry-2x32 with 20 rounds, scalar, for the interpreter. Salmon et al. 2011; modules use runtime/wasm/threefry.ts. */
const rotations = [13, 15, 26, 6, 17, 29, 16, 24];
const parity = 0x1bd11bda;

export function threefry2x32(key0: number, key1: number, counter0: number, counter1: number): [number, number] {
  const keys = [key0 | 0, key1 | 0, parity ^ key0 ^ key1];
  let x0 = (counter0 + keys[0]!) | 0;
  let x1 = (counter1 + keys[1]!) | 0;
  for (let round = 0; round < 20; round++) {
    const turn = rotations[round % 8]!;
    x0 = (x0 + x1) | 0;
    x1 = ((x1 << turn) | (x1 >>> (32 - turn))) ^ x0;
    if (round % 4 === 3) {
      const injection = (round + 1) / 4;
      x0 = (x0 + keys[injection % 3]!) | 0;
      x1 = (x1 + keys[(injection + 1) % 3]! + injection) | 0;
    }
  }
  return [x0 >>> 0, x1 >>> 0];
}

/** The top 24 bits of the first word, as a number in [0, 1). */
export const threefryUniform = (seed: number, step: number, index: number, stream: number): number =>
  (threefry2x32(seed, step, index, stream)[0] >>> 8) * 2 ** -24;

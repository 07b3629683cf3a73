/** Derivatives by differences: the judge of every adjoint. */

export type Leaves = ReadonlyMap<string, Float64Array>;

/** Half the distance between samples; errors of order step^4 = 1e-11 and 1e-16 / step. */
const step = 2 ** -9;

/**
 * d f / d each element of a leaf, by central differences of fourth order:
 * (f(x-2h) - 8 f(x-h) + 8 f(x+h) - f(x+2h)) / 12h. Exact for polynomials of degree 4.
 */
export function differences(f: (leaves: Leaves) => number, leaves: Leaves, name: string): Float64Array {
  const values = leaves.get(name)!;
  const moved = Float64Array.from(values);
  const changed = new Map(leaves).set(name, moved);
  return values.map((value, i) => {
    const at = (offset: number) => {
      moved[i] = value + offset * step;
      const result = f(changed);
      moved[i] = value;
      return result;
    };
    return (at(-2) - 8 * at(-1) + 8 * at(1) - at(2)) / (12 * step);
  });
}

/** The worst error over entries, relative to the entry or to 1e-3 of the largest one, whichever is larger. */
export function worstError(got: ArrayLike<number>, want: readonly number[]): number {
  const largest = want.reduce((most, v) => Math.max(most, Math.abs(v)), 1e-3);
  return want.reduce((worst, v, i) => {
    const error = Math.abs(got[i]! - v) / Math.max(Math.abs(v), 1e-3 * largest);
    return Number.isNaN(error) ? Infinity : Math.max(worst, error);
  }, 0);
}

/**
 * Where the values of one column lie and how far they spread, in float64.
 *
 *   spreadOf([1, 2, 4])                // { least: 1, mean: 7/3, range: 3, deviation: 1.247 }
 *   spreadOf([14.62, 14.62, 14.62])    // { least: 14.62, mean: 14.62, range: 0, deviation: 0 }
 */

export interface Spread {
  readonly least: number;
  readonly mean: number;
  /** Largest - least; 0 where the values do not vary. */
  readonly range: number;
  /** The root of the mean square of the distances from the mean; 0 where the values do not vary. */
  readonly deviation: number;
}

/**
 * How many roundings of the largest value a range must exceed to count as one: sums and differences that give the same number
 * on paper differ by a few.
 */
const roundings = 8;

/** Of element `k` of every `width`, one at least. */
export function spreadOf(values: ArrayLike<number>, width = 1, k = 0): Spread {
  let least = Number.POSITIVE_INFINITY;
  let largest = Number.NEGATIVE_INFINITY;
  for (let i = k; i < values.length; i += width) {
    least = Math.min(least, values[i]!);
    largest = Math.max(largest, values[i]!);
  }
  const range = largest - least;
  const noise = roundings * roundoff(values) * Math.max(Math.abs(least), Math.abs(largest));
  // A value between the two stands for all: the sums below would give it a deviation of their own roundings.
  if (range <= noise) return { least, mean: values[k]!, range: 0, deviation: 0 };
  // Distances from the least are exact or nearly so, and as shares of the range no square of them overflows or vanishes.
  const share = (i: number) => (values[i]! - least) / range;
  const rows = values.length / width;
  let sum = 0;
  for (let i = k; i < values.length; i += width) sum += share(i);
  const middle = sum / rows;
  let squares = 0;
  let rest = 0;
  for (let i = k; i < values.length; i += width) {
    const distance = share(i) - middle;
    squares += distance * distance;
    rest += distance;
  }
  // `rest` would be 0 were the mean not rounded. Chan, Golub and LeVeque 1983, "Algorithms for computing the sample variance".
  const variance = (squares - (rest * rest) / rows) / rows;
  return { least, mean: least + (middle + rest / rows) * range, range, deviation: Math.sqrt(variance) * range };
}

/** Half the distance from 1 to the next number that the array can hold. */
export const roundoff = (values: ArrayLike<number>): number => (values instanceof Float32Array ? 2 ** -24 : 2 ** -53);

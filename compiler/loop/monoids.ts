/**
 * What a reduction combines its points with. Each is a commutative monoid: an identity, which is what no points give and what
 * one more point may be without any effect, and one lane operation that combines two accumulators.
 *
 *   sum    0           add
 *   prod   1           mul
 *   max    -Infinity   max
 *   min    Infinity    min
 *
 * Who lowers, tiles, splits, emits, interprets or parses a reduction asks this table, so a further one is one further record.
 */

/** Makes `value` out of operations of lanes; E is an expression of kernels or of loops. */
export type LaneOp<E> = (op: string, ...args: E[]) => E;

export interface Monoid {
  readonly identity: number;
  /** The lane operation. Swapping its arguments keeps the bits, so that lanes may be combined in both halves at once. */
  readonly combine: string;
  /** One more point for an accumulator, where that has a shorter form than `combine`. */
  readonly take?: <E>(op: LaneOp<E>, accumulator: E, point: E) => E;
  /**
   * Whether points are added. Only then is a long reduction cut into blocks, which keep account of what rounding drops, does a
   * multiply-and-add take in a product, may a store accumulate, and does a factor of 0 leave a point out.
   */
  readonly isAdditive: boolean;
}

/**
 * Wasm's max takes nine instructions on x64 and pmax one, but pmax(acc, NaN) is acc: a NaN is selected apart. The maximum of
 * 4,096 elements takes 0.38 of the time.
 */
const takeExtreme =
  (pseudo: "pmax" | "pmin") =>
  <E>(op: LaneOp<E>, accumulator: E, point: E): E =>
    op("select", op("eq", point, point), op(pseudo, accumulator, point), point);

export const monoids = {
  sum: { identity: 0, combine: "add", isAdditive: true },
  prod: { identity: 1, combine: "mul", isAdditive: false },
  max: { identity: Number.NEGATIVE_INFINITY, combine: "max", take: takeExtreme("pmax"), isAdditive: false },
  min: { identity: Number.POSITIVE_INFINITY, combine: "min", take: takeExtreme("pmin"), isAdditive: false },
} as const satisfies Readonly<Record<string, Monoid>>;

export type Reduce = keyof typeof monoids;

/** The names, as the text forms have them. */
export const reduceNames = Object.keys(monoids) as Reduce[];

export const monoidOf = (reduce: Reduce): Monoid => monoids[reduce];

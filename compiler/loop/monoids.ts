/**
 * What a reduction combines its points with. Each is a commutative monoid: accumulators, one value of a point for each of them;
 * an identity, which is what no points give and what one more point may be without any effect; and how two partial results,
 * of lanes or of chains, become one.
 *
 *   sum      0                add
 *   prod     1                mul
 *   max      -Infinity        max
 *   min      Infinity         min
 *   argmax   -Infinity, 0     of (value, index) that of the larger value, of equal ones that of the smaller index
 *
 * Who lowers, tiles, splits, interprets or parses a reduction asks this table, so a further one is one further record.
 */

/** Makes `value` out of operations of lanes; E is an expression of kernels or of loops. */
export type LaneOp<E> = (op: string, ...args: E[]) => E;

/** A partial result and another one, or a point, as a partial result: an expression for each accumulator. */
export type Join = <E>(op: LaneOp<E>, a: readonly E[], b: readonly E[]) => readonly E[];

export interface Monoid {
  /** What each accumulator begins with. */
  readonly identity: readonly number[];
  /** Those that are i32; none unless said. */
  readonly integers?: readonly number[];
  /** Two partial results in one. Swapping them keeps the bits, so that lanes may be joined in both halves at once. */
  readonly join: Join;
  /** One more point for a partial result of points before it, where that has a shorter form. */
  readonly take?: Join;
  /** Whether `take` counts on points in the order of their indices: then parts, which a guard takes out of it, are joined. */
  readonly takesInOrder?: boolean;
  /**
   * Whether points are added. Only then is a long reduction cut into blocks, which keep account of what rounding drops, does a
   * multiply-and-add take in a product, may a store accumulate, and does a factor of 0 leave a point out.
   */
  readonly isAdditive: boolean;
}

/** Accumulators of their own, each joined by one lane operation. */
const by =
  (name: string): Join =>
  (op, a, b) =>
    a.map((one, at) => op(name, one, b[at]!));

/**
 * Wasm's max takes nine instructions on x64 and pmax one, but pmax(acc, NaN) is acc: a NaN is selected apart. The maximum of
 * 4,096 elements takes 0.38 of the time.
 */
const takeExtreme =
  (pseudo: "pmax" | "pmin"): Join =>
  (op, accumulators, points) =>
    points.map((point, at) => op("select", op("eq", point, point), op(pseudo, accumulators[at]!, point), point));

/**
 * The larger value with its index, the smaller index of equal values, and the first NaN where there is one. Of points that are
 * all -Infinity the first is point 0, which the identity has.
 */
const joinLargest: Join = (op, [a, i], [b, j]) => {
  const [before, isNumber] = [op("i32.lt", j!, i!), op("eq", a!, a!)];
  const ties = op("or", op("eq", a!, b!), op("not", op("or", isNumber, op("eq", b!, b!))));
  const isLarger = op("and", isNumber, op("not", op("le", b!, a!)));
  const takesOther = op("or", isLarger, op("and", ties, before));
  return [op("select", takesOther, b!, a!), op("i32.select", takesOther, j!, i!)];
};

/** A later point wins only where it is larger, or the first NaN. */
const takeLarger: Join = (op, [a, i], [b, j]) => {
  const isLarger = op("and", op("eq", a!, a!), op("not", op("le", b!, a!)));
  return [op("select", isLarger, b!, a!), op("i32.select", isLarger, j!, i!)];
};

export const monoids = {
  sum: { identity: [0], join: by("add"), isAdditive: true },
  prod: { identity: [1], join: by("mul"), isAdditive: false },
  max: { identity: [Number.NEGATIVE_INFINITY], join: by("max"), take: takeExtreme("pmax"), isAdditive: false },
  min: { identity: [Number.POSITIVE_INFINITY], join: by("min"), take: takeExtreme("pmin"), isAdditive: false },
  argmax: {
    identity: [Number.NEGATIVE_INFINITY, 0],
    integers: [1],
    join: joinLargest,
    take: takeLarger,
    takesInOrder: true,
    isAdditive: false,
  },
} as const satisfies Readonly<Record<string, Monoid>>;

export type Reduce = keyof typeof monoids;

/** The names, as the text forms have them. */
export const reduceNames = Object.keys(monoids) as Reduce[];

/** The lane type of one accumulator. */
export const typeAt = ({ integers }: Monoid, at: number): "v" | "i" => (integers?.includes(at) ? "i" : "v");

/** The identity of one accumulator, in its lane type. */
export function identityAt<E>(
  { identity, integers }: Monoid,
  at: number,
  op: LaneOp<E>,
  constant: (value: number) => E,
): E {
  const value = constant(identity[at]!);
  return integers?.includes(at) ? op("int", value) : value;
}

export const monoidOf = (reduce: Reduce): Monoid => monoids[reduce];

/**
 * A kernel says WHAT one loop nest computes: for every point of its axes, some stores; each value is an expression over
 * loads with affine index maps, with at most one reduction in it. Nothing here says how it is tiled or vectorised.
 *
 *   kernel matmul_relu [i<n, j<128]
 *     h[128*i + j] = pmax(sum[k<784](x[784*i + k] * w[128*k + j]) + b[j], 0)
 *
 * A store that accumulates sums in memory: what several points add to one element is added in the order of the points.
 *
 *   kernel scatterAdd [i<n, j<16]
 *     dw[16*label[i] + j] += dy[16*i + j]
 */
import { internalError } from "../diagnostics.ts";
import type { Dim } from "../graph/types.ts";
import type { LoopBuffer } from "./buffer.ts";
import type { Reduce } from "./monoids.ts";

/** A loop axis of extent * scale points; the scale comes from axes collapsed into one, such as n * 128. */
export interface Axis {
  readonly name: string;
  readonly extent: Dim;
  readonly scale: number;
}

/** base + sum of stride * axis, in elements. Terms have non-zero strides and distinct axes. */
export interface Affine {
  readonly base: number;
  readonly terms: readonly Term[];
}

export interface Term {
  readonly axis: string;
  readonly stride: number;
}

/**
 * An index, of one axis of a tensor or of a buffer: an affine function of loop axes and, in one term at most, a number that
 * memory has, such as the row of a table that a label names. What it may be is known before: see `below` of a buffer.
 *
 *   table[16*label[i0] + i1]
 */
export interface Index extends Affine {
  readonly dynamic?: Dynamic;
}

/** stride * the integer at an affine index of a buffer of i32. */
export interface Dynamic {
  readonly stride: number;
  readonly buffer: LoopBuffer;
  readonly index: Affine;
}

/**
 * Values are floats of the kernel's type, or masks (results of comparisons). What is loaded from a buffer of i32 is converted to
 * float, and what is stored in one, an integer, from float.
 */
export type Expr =
  | { readonly kind: "const"; readonly value: number }
  | { readonly kind: "load"; readonly buffer: LoopBuffer; readonly index: Index }
  | { readonly kind: "index"; readonly index: Affine }
  | { readonly kind: "rows" }
  | { readonly kind: "step" }
  | { readonly kind: "op"; readonly op: string; readonly args: readonly Expr[] }
  | { readonly kind: "uniform"; readonly stream: number; readonly index: Affine }
  /** The body at the `axis` with divisor * axis = index, if there is one in 0..extent; else `otherwise`. split.ts removes it. */
  | {
      readonly kind: "where";
      readonly axis: string;
      readonly extent: number;
      readonly divisor: number;
      readonly index: Affine;
      readonly body: Expr;
      readonly otherwise: Expr;
    }
  /**
   * The body at every point of the axes, combined in their order; then the points of `more`, part after part. Where the monoid
   * has several accumulators the body is a tuple, and so is what it gives.
   */
  | {
      readonly kind: "reduce";
      readonly reduce: Reduce;
      readonly axes: readonly Axis[];
      readonly body: Expr;
      readonly more?: readonly Part[];
    }
  | { readonly kind: "tuple"; readonly parts: readonly Expr[] }
  /** One part of a tuple: of what a reduction gives. */
  | { readonly kind: "component"; readonly of: Expr; readonly at: number };

/** Some points of a reduction whose body reads otherwise than elsewhere, as a guard in it demands. */
export interface Part {
  readonly axes: readonly Axis[];
  readonly body: Expr;
}

/** What a point gives to each accumulator. */
export const valuesOf = (body: Expr): readonly Expr[] => (body.kind === "tuple" ? body.parts : [body]);

/** The only value itself, several as a tuple. */
export const tupleOf = (parts: readonly Expr[]): Expr => (parts.length === 1 ? parts[0]! : { kind: "tuple", parts });

export const componentOf = (of: Expr, at: number): Expr =>
  of.kind === "tuple" ? of.parts[at]! : { kind: "component", of, at };

export interface KernelStore {
  readonly buffer: LoopBuffer;
  readonly index: Index;
  readonly value: Expr;
  /** Adds to what is there, from 0 on: several points may meet one element, in the order of the points. */
  readonly accumulates?: boolean;
}

/**
 * A loop around whole kernels, such as the steps of a scan. Its turn is a parameter of each: an axis of their indices that
 * stands still while they run. Two loops are the same one if they are the same object.
 */
export interface Repeat {
  readonly axis: string;
  readonly extent: number;
  /** From the last turn to the first. */
  readonly backwards: boolean;
}

/** What was one kernel when it was lowered; its boxes and panels become one function, one after the other. */
export interface Nest {
  readonly name: string;
  /** The loops around it, outermost first. */
  readonly repeats?: readonly Repeat[];
}

export interface Kernel {
  readonly name: string;
  readonly nest: Nest;
  /** Parallel axes, outermost first. */
  readonly axes: readonly Axis[];
  /** Expressions shared by identity are computed once. */
  readonly stores: readonly KernelStore[];
}

/** What belongs to each nest, in order. */
export function nestsOf<T>(all: readonly T[], kernelOf: (one: T) => Kernel): T[][] {
  const nests = new Map<Nest, T[]>();
  for (const one of all) {
    const { nest } = kernelOf(one);
    nests.set(nest, [...(nests.get(nest) ?? []), one]);
  }
  return [...nests.values()];
}

/** What an op's `element` writes with. */
export interface ElementBuilder {
  constant(value: number): Expr;
  /** A lane operation by name: one of Wasm's (add, mul, pmax, lt, select ...) or a helper of runtime/wasm (exp, tanh ...). */
  op(name: string, ...args: Expr[]): Expr;
  sum(extents: readonly Dim[], body: (...index: Index[]) => Expr): Expr;
  reduce(reduce: Reduce, extents: readonly Dim[], body: (...index: Index[]) => Expr): Expr;
  /** A reduction with several accumulators, a value of the body for each; its results in their order. */
  reduceAll(reduce: Reduce, extents: readonly Dim[], body: (...index: Index[]) => readonly Expr[]): readonly Expr[];
  /**
   * The body at the place q with divisor * q = index, `otherwise` (0 unless said) where 0..extent has none. It stands for
   * padding (divisor 1) and for what a stride skips. A point of a sum whose term is a product with that 0 is left out, so
   * an infinite factor there does no harm.
   */
  where(extent: number, divisor: number, index: Index, body: (place: Index) => Expr, otherwise?: Expr): Expr;
  /** The affine index as a float. */
  index(index: Index): Expr;
  /** The number of rows of this call, as a float. */
  rows(): Expr;
  /** The number of steps begun since init, as a float. */
  step(): Expr;
  /** A uniform number in [0, 1) from (seed, step), the stream and the linear index of the element. */
  uniform(stream: number, at: readonly Index[]): Expr;
}

export const affine = (base: number, terms: readonly Term[] = []): Affine => ({ base, terms });
export const axisIndex = (axis: string): Index => affine(0, [{ axis, stride: 1 }]);

/** sum of strides[i] * indices[i] + base. */
export function linear(indices: readonly Index[], strides: readonly number[], base = 0): Index {
  const sum = new Map<string, number>();
  let total = base;
  indices.forEach((index, axis) => {
    const stride = strides[axis]!;
    total += index.base * stride;
    for (const term of index.terms) sum.set(term.axis, (sum.get(term.axis) ?? 0) + term.stride * stride);
  });
  const terms = [...sum].filter(([, stride]) => stride !== 0).map(([axis, stride]) => ({ axis, stride }));
  const dynamic = indices.flatMap((index, axis) =>
    index.dynamic ? [{ ...index.dynamic, stride: index.dynamic.stride * strides[axis]! }] : [],
  );
  if (dynamic.length > 1) throw internalError("an index has two terms from memory");
  return withDynamic(affine(total, terms), dynamic[0]);
}

/** An index whose affine parts, that of the term from memory as well, are changed alike. */
export const mapIndex = ({ base, terms, dynamic }: Index, change: (part: Affine) => Affine): Index =>
  withDynamic(change(affine(base, terms)), dynamic && { ...dynamic, index: change(dynamic.index) });

const withDynamic = (index: Affine, dynamic: Dynamic | undefined): Index => (dynamic ? { ...index, dynamic } : index);

/** The affine parts of an index: where it is, and where its term from memory is. */
export const partsOfIndex = (index: Index): Affine[] => [index, ...(index.dynamic ? [index.dynamic.index] : [])];

export const strideOf = (index: Affine, axis: string): number =>
  index.terms.find((term) => term.axis === axis)?.stride ?? 0;

/** Whether two indices are one, in whatever order their terms stand. */
export const isSamePlace = (a: Index, b: Index): boolean =>
  a.base === b.base &&
  a.terms.length === b.terms.length &&
  a.terms.every(({ axis, stride }) => strideOf(b, axis) === stride) &&
  (a.dynamic === undefined || b.dynamic === undefined
    ? a.dynamic === b.dynamic
    : a.dynamic.buffer === b.dynamic.buffer &&
      a.dynamic.stride === b.dynamic.stride &&
      isSamePlace(a.dynamic.index, b.dynamic.index));

/** Whether an index is another one from point to point of an axis. */
export const movesAlong = (index: Index, axis: string): boolean =>
  partsOfIndex(index).some((part) => strideOf(part, axis) !== 0);

/** Whether what memory says decides how far the index goes along an axis: neighbouring points are then not neighbours there. */
export const jumpsAlong = ({ dynamic }: Index, axis: string): boolean =>
  dynamic !== undefined && strideOf(dynamic.index, axis) !== 0;

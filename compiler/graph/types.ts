/**
 * Types of the tensor graph: element type and shape, with one symbolic extent.
 *
 *   f32[n,784]   n rows (known when a step is called, 1 to the batch), 784 columns
 *   f64[]        a scalar
 */

/** Element types. `bool` is a lane mask; `i32` are labels, given or found (argmax), and the state's seed and step. */
export type DType = "f32" | "f64" | "i32" | "bool";
export type FloatType = "f32" | "f64";

/** A fixed extent, or "n": the number of rows that a call passes. "n" stands first in a shape or nowhere. */
export type Dim = number | "n";
export type Dims = readonly Dim[];

export interface Type {
  readonly dtype: DType;
  readonly dims: Dims;
}

export const tensor = (dtype: DType, dims: Dims): Type => ({ dtype, dims });
export const isFloat = (dtype: DType): dtype is FloatType => dtype === "f32" || dtype === "f64";

/** Bytes of one element in memory; a mask takes the width of the float it was made from, so it is never stored alone. */
export const bytesPerElement = (dtype: DType): number => (dtype === "f64" ? 8 : 4);

/** Numbers nearer to 0 are subnormal: they have fewer digits, and many processors are slow with them. */
export const smallestNormal: Readonly<Record<FloatType, number>> = { f32: 2 ** -126, f64: 2 ** -1022 };

export const extent = (dim: Dim, rows: number): number => (dim === "n" ? rows : dim);
export const elementCount = (dims: Dims, rows: number): number => dims.reduce<number>((p, d) => p * extent(d, rows), 1);

/** Row-major strides in elements. "n" is counted as `batch`; as it stands first, no stride depends on it. */
export function strides(dims: Dims, batch: number): number[] {
  const result = new Array<number>(dims.length);
  let stride = 1;
  for (let axis = dims.length - 1; axis >= 0; axis--) {
    result[axis] = stride;
    stride *= extent(dims[axis]!, batch);
  }
  return result;
}

export const sameDims = (a: Dims, b: Dims): boolean => a.length === b.length && a.every((d, i) => d === b[i]);
export const sameType = (a: Type, b: Type): boolean => a.dtype === b.dtype && sameDims(a.dims, b.dims);

/** The shape two operands broadcast to (aligned at the last axis, 1 stretches), or undefined where they do not fit. */
export function broadcastDims(a: Dims, b: Dims): Dims | undefined {
  const rank = Math.max(a.length, b.length);
  const result: Dim[] = [];
  for (let fromEnd = rank; fromEnd >= 1; fromEnd--) {
    const da = a[a.length - fromEnd] ?? 1;
    const db = b[b.length - fromEnd] ?? 1;
    if (da !== db && da !== 1 && db !== 1) return undefined;
    result.push(da === 1 ? db : da);
  }
  return result;
}

export const printDims = (dims: Dims): string => `[${dims.join(",")}]`;
export const printType = (type: Type): string => `${type.dtype}${printDims(type.dims)}`;

/** Shortest decimal that reads back as the same number; -0, Infinity and NaN by those names. */
export const printNumber = (value: number): string => (Object.is(value, -0) ? "-0" : String(value));

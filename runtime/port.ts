/**
 * A port is a named place in the module's memory: an input, target, output, parameter or optimiser tensor. Its typed array
 * stays valid, since the memory cannot grow.
 *
 *   openPorts(memory, "input", signature.inputs, 32)   // room for 32 rows each
 *   checkLength(port, pixels, 8)                       // a RangeError unless it is 8 rows
 */
import { type DType, elementCount, type Slot } from "./section.ts";
import { checkInteger, wrong } from "./wrong.ts";

/** A WebAssembly.Memory. */
export interface Memory {
  readonly buffer: ArrayBuffer;
}

export type Tensor = Float32Array | Float64Array | Int32Array;

/** One array per name, row after row. */
export type Values = Readonly<Record<string, ArrayLike<number>>>;

/**
 * What a caller passes: for labels bigints, too, and where the classes of an input or target have names, these, or one for a
 * single row.
 */
export type Given = Readonly<Record<string, ArrayLike<number> | ArrayLike<bigint> | readonly string[] | string>>;

/** Numbers by the names of their columns. */
export type Row = Readonly<Record<string, number | string>>;

/** What a caller may pass besides where the module knows the columns of an input: a row, or rows. */
export type Asked = Readonly<Record<string, Given[string] | Row | readonly Row[]>>;

/** What arrays of numbers are checked against. */
export interface NamedSlot extends Slot {
  /** As errors call it: input "pixels". */
  readonly title: string;
  /** Elements of one row, or of the whole tensor. */
  readonly size: number;
}

export interface Port extends NamedSlot {
  readonly view: Tensor;
}

/** The typed array of each dtype. */
export const ARRAYS = { f32: Float32Array, f64: Float64Array, i32: Int32Array };

/** `offset`: bytes; `length`: elements. Throws a RangeError for what does not lie in the memory. */
export function viewAt(memory: Memory, dtype: DType, offset: number, length = 1): Tensor {
  // The array's constructor refuses all else, but takes no offset for 0.
  checkInteger("offset", offset);
  checkInteger("length", length, 1);
  return new ARRAYS[dtype](memory.buffer, offset, length);
}

export const openPorts = (memory: Memory, slots: readonly Slot[], kind: string, rows = 1) =>
  slots.map((slot): Port => {
    const size = elementCount(slot.dims);
    return {
      ...slot,
      title: `${kind} "${slot.name}"`,
      size,
      view: viewAt(memory, slot.dtype, slot.offset, size * rows),
    };
  });

/** Throws a RangeError unless `values` is `rows` rows of the port. */
export function checkLength({ title, size }: NamedSlot, values: ArrayLike<number> | undefined, rows = 1): void {
  if (values?.length !== rows * size) wrong(title, `${rows} x ${size} numbers`, values?.length);
}

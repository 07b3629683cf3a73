/**
 * What IDX and NPY files hold, and the checks that both need: as many bytes as the shape says, and then the fit of the
 * array to a field.
 *
 * [10000, 28, 28] u8 for the field pixels: [784] float -> Float32Array(7840000), rows: 10000, values still 0..255
 */
import { describe } from "./columns.ts";
import { bytesPerElement, decodeElements, type ElementType, type NumberArray, safeByteCount } from "./elements.ts";
import { DataError } from "./errors.ts";
import { expectedInteger, expectedRange, integerFault, isHeld, rangeHint } from "./numbers.ts";
import { elementCount, type Field, type FieldData } from "./types.ts";

export interface Tensor {
  readonly dims: readonly number[];
  readonly data: NumberArray;
}

/** Throws data/truncated, data/trailing-bytes, data/shape. */
export function decodeTensor(
  file: string,
  dims: readonly number[],
  type: ElementType,
  little: boolean,
  payload: Uint8Array,
): Tensor {
  const bytes = safeByteCount(dims, bytesPerElement(type));
  const shape = `[${dims.join(", ")}] ${type}`;
  if (bytes === undefined) {
    throw new DataError({ code: "data/shape", file, expected: "a shape that memory can hold", got: shape });
  }
  if (payload.length !== bytes) {
    const short = payload.length < bytes;
    throw new DataError({
      code: short ? "data/truncated" : "data/trailing-bytes",
      file,
      expected: `${bytes} bytes of data for ${shape}`,
      got: `${payload.length}`,
      hint: short ? "The file is cut short: fetch or write it again." : "The file goes on after its array ends.",
    });
  }
  return { dims, data: decodeElements(payload, type, little) };
}

/** The first axis counts the rows; the others must hold one example. Throws data/shape, data/empty-file, ... */
export function tensorToField(file: string, { dims, data }: Tensor, field: Field): { rows: number; data: FieldData } {
  const [rows, ...example] = dims;
  const size = elementCount(field.dims);
  if (rows === undefined || elementCount(example) !== size) {
    throw new DataError({
      code: "data/shape",
      file,
      expected: `[rows${field.dims.map((extent) => `, ${extent}`).join("")}], ${size} values a row, for ${describe(field)}`,
      got: `[${dims.join(", ")}]${rows === undefined ? "" : `, ${elementCount(example)} values a row`}`,
    });
  }
  if (rows === 0) {
    throw new DataError({ code: "data/empty-file", file, expected: "at least one row", got: `[${dims.join(", ")}]` });
  }
  const checked = field.dtype === "int" ? toIntegers(file, dims, data, field) : toFloats(file, dims, data, field);
  return { rows, data: { data: checked, dims: field.dims } };
}

function toIntegers(file: string, dims: readonly number[], data: NumberArray, field: Field): Int32Array {
  for (let i = 0; i < data.length; i++) {
    const code = integerFault(data[i]!, field);
    if (code) throw elementError(code, file, position(i, dims), expectedInteger(field), data[i]!);
  }
  return data instanceof Int32Array ? data : Int32Array.from(data);
}

function toFloats(file: string, dims: readonly number[], data: NumberArray, field: Field): Float32Array | Float64Array {
  if (data instanceof Int32Array) return holdsExactly(data) ? Float32Array.from(data) : Float64Array.from(data);
  const bad = data.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) throw elementError("data/not-a-number", file, position(bad, dims), "a finite number", data[bad]!);
  const beyond = data.findIndex((value) => !isHeld(value, field));
  if (beyond >= 0)
    throw elementError("data/range", file, position(beyond, dims), expectedRange, data[beyond]!, rangeHint);
  return data;
}

/** Pixels and other small integers take half the memory as float32, and lose nothing. */
const holdsExactly = (integers: Int32Array): boolean => integers.every((value) => Math.fround(value) === value);

const elementError = (
  code: string,
  file: string,
  index: readonly number[],
  expected: string,
  got: number,
  hint?: string,
) => new DataError({ code, file, index, expected, got: String(got), hint });

/** The index along each axis of element `i` of a row-major array. */
function position(i: number, dims: readonly number[]): readonly number[] {
  let rest = i;
  return dims
    .toReversed()
    .map((extent) => {
      const index = rest % extent;
      rest = Math.floor(rest / extent);
      return index;
    })
    .toReversed();
}

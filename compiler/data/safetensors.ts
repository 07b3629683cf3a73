/**
 * Named tensors <-> the safetensors format: the header's length as u64, a JSON header, the values; little endian.
 *
 * { w: F32 [2] } <-> 8 + 56 + 8 bytes: length, {"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}} and blanks, values
 *
 * Source: the format as the safetensors project describes it, with the checks of its reference reader.
 */
import { CheckpointError } from "./checkpointError.ts";
import { bytesPerElement, decodeElements, type ElementType, type NumberArray, safeByteCount } from "./elements.ts";
import { metadataKey, parseHeader } from "./safetensorsHeader.ts";
import { knownKind, safetensorsKind } from "./signature.ts";

export type Tensor =
  | { readonly dtype: "F32"; readonly shape: readonly number[]; readonly data: Float32Array }
  | { readonly dtype: "F64"; readonly shape: readonly number[]; readonly data: Float64Array }
  | { readonly dtype: "I32"; readonly shape: readonly number[]; readonly data: Int32Array };

export type Tensors = ReadonlyMap<string, Tensor>;
export type Metadata = ReadonlyMap<string, string>;

export interface Safetensors {
  /** In the order of the data. */
  readonly tensors: Tensors;
  readonly metadata: Metadata;
}

/** Bytes of the header's length. */
export const lengthBytes = 8;
/** The reference reader's limit on the header, in bytes. */
const longestHeader = 100_000_000;

const elementTypes: Readonly<Record<Tensor["dtype"], ElementType>> = { F32: "f32", F64: "f64", I32: "i32" };

/**
 * The metadata comes first in the header, in its own order. F64 tensors come before the others, so that every tensor is
 * aligned to its elements. Throws RangeError where a shape does not fit its data or a name is reserved.
 */
export function encodeSafetensors(tensors: Tensors, metadata: Metadata = new Map()): Uint8Array {
  const wide = [...tensors].filter(([, tensor]) => tensor.dtype === "F64");
  const narrow = [...tensors].filter(([, tensor]) => tensor.dtype !== "F64");
  const ordered = [...wide, ...narrow];
  const header = encodeHeader(ordered, metadata);
  const size = ordered.reduce((sum, [, tensor]) => sum + tensor.data.byteLength, lengthBytes + header.length);
  const file = new Uint8Array(size);
  new DataView(file.buffer).setBigUint64(0, BigInt(header.length), true);
  file.set(header, lengthBytes);
  let offset = lengthBytes + header.length;
  for (const [, { data }] of ordered) {
    // The memory of every engine with WebAssembly is little endian, as the format is.
    file.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), offset);
    offset += data.byteLength;
  }
  return file;
}

function encodeHeader(tensors: readonly (readonly [string, Tensor])[], metadata: Metadata): Uint8Array {
  // Written by hand, since an object would move keys such as "0" to the front and take "__proto__" for its prototype.
  const texts = [...metadata].map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`);
  const entries = metadata.size > 0 ? [`${JSON.stringify(metadataKey)}:{${texts.join(",")}}`] : [];
  let begin = 0;
  for (const [name, { dtype, shape, data }] of tensors) {
    if (name === metadataKey) throw new RangeError(`encodeSafetensors: expected another name than ${metadataKey}`);
    if (safeByteCount(shape, bytesPerElement(elementTypes[dtype])) !== data.byteLength) {
      const got = `${data.length} elements`;
      throw new RangeError(
        `encodeSafetensors: ${name}: expected ${dtype} data of shape [${shape.join(", ")}], got ${got}`,
      );
    }
    const end = begin + data.byteLength;
    entries.push(`${JSON.stringify(name)}:${JSON.stringify({ dtype, shape, data_offsets: [begin, end] })}`);
    begin = end;
  }
  const json = new TextEncoder().encode(`{${entries.join(",")}}`);
  // Blanks up to a multiple of 8 bytes, so that the data is aligned.
  const padded = new Uint8Array(Math.ceil(json.length / 8) * 8).fill(0x20);
  padded.set(json);
  return padded;
}

/**
 * Reads F32, F64 and I32 as they are; other types as the one of these that holds them exactly (F16 and BF16 as F32, 8 and
 * 16-bit integers and BOOL as I32, U32 as F64), I64 and U64 as F64, which is exact to 2^53.
 * `file`: the name for errors. Throws CheckpointError.
 */
export function decodeSafetensors(bytes: Uint8Array, file = "safetensors"): Safetensors {
  const dataStart = lengthBytes + headerLength(bytes, file);
  const header = parseHeader(headerText(bytes.subarray(lengthBytes, dataStart), file), bytes.length - dataStart, file);
  const tensors = new Map<string, Tensor>();
  for (const { name, type, shape, begin, end } of header.entries) {
    const payload = bytes.subarray(dataStart + begin, dataStart + end);
    tensors.set(name, asTensor(shape, decodeElements(payload, type, true)));
  }
  return { tensors, metadata: header.metadata };
}

function headerLength(bytes: Uint8Array, file: string): number {
  const kind = knownKind(bytes, file);
  const fail = (code: string, reason: string) =>
    kind === undefined || kind === safetensorsKind
      ? new CheckpointError({ code: `checkpoint/${code}`, file, reason })
      : new CheckpointError({
          code: "checkpoint/not-safetensors",
          file,
          reason: `expected a safetensors file, got ${kind}`,
        });
  if (bytes.length < lengthBytes)
    throw fail("truncated", `expected at least ${lengthBytes} bytes, got ${bytes.length}`);
  const length = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
  if (length > longestHeader) {
    throw fail("not-safetensors", `expected a header of at most ${longestHeader} bytes, got ${length}`);
  }
  const rest = bytes.length - lengthBytes;
  if (length > rest)
    throw fail("truncated", `expected a header of ${length} bytes, got ${rest} bytes after its length`);
  return Number(length);
}

function headerText(bytes: Uint8Array, file: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new CheckpointError({ code: "checkpoint/bad-header", file, reason: "the header is not UTF-8" });
  }
}

function asTensor(shape: readonly number[], data: NumberArray): Tensor {
  if (data instanceof Float32Array) return { dtype: "F32", shape, data };
  return data instanceof Float64Array ? { dtype: "F64", shape, data } : { dtype: "I32", shape, data };
}

/**
 * The JSON header of a safetensors file -> entries in the order of their data, every claim checked.
 *
 * {"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}} over 8 bytes of data -> [{ name: "w", type: f32, begin: 0, end: 8 }]
 */
import { CheckpointError } from "./checkpointError.ts";
import { bytesPerElement, type ElementType, safeByteCount } from "./elements.ts";
import { quote } from "./errors.ts";
import { listNames } from "./names.ts";
import { findDuplicateKey, findOddNumber } from "./record.ts";

export interface TensorEntry {
  readonly name: string;
  readonly type: ElementType;
  readonly shape: readonly number[];
  /** Bytes, from the start of the data. */
  readonly begin: number;
  readonly end: number;
}

export interface SafetensorsHeader {
  readonly entries: readonly TensorEntry[];
  readonly metadata: ReadonlyMap<string, string>;
}

export const metadataKey = "__metadata__";

const dtypes: ReadonlyMap<string, ElementType> = new Map([
  ["BOOL", "bool"],
  ["U8", "u8"],
  ["I8", "i8"],
  ["U16", "u16"],
  ["I16", "i16"],
  ["U32", "u32"],
  ["I32", "i32"],
  ["U64", "u64"],
  ["I64", "i64"],
  ["F16", "f16"],
  ["BF16", "bf16"],
  ["F32", "f32"],
  ["F64", "f64"],
]);

/** `dataBytes`: what the file has after its header. Throws CheckpointError. */
export function parseHeader(text: string, dataBytes: number, file: string): SafetensorsHeader {
  const fail = (code: string, reason: string) => new CheckpointError({ code: `checkpoint/${code}`, file, reason });
  const json = parseJson(text, fail);
  const metadata = readMetadata(json.get(metadataKey), fail);
  json.delete(metadataKey);
  const entries = [...json].map(([name, value]) => readEntry(name, value, fail));
  // JSON.parse reads 2.0 as 2, and the reference reader refuses it.
  const odd = findOddNumber(text);
  if (odd !== undefined) throw fail("bad-header", `expected numbers in digits alone, got ${odd}`);
  entries.sort((a, b) => a.begin - b.begin || a.end - b.end);
  checkCoverage(entries, dataBytes, fail);
  return { entries, metadata };
}

type Fail = (code: string, reason: string) => CheckpointError;

function parseJson(text: string, fail: Fail): Map<string, unknown> {
  if (!text.startsWith("{")) throw fail("bad-header", "the header does not begin with {");
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw fail("bad-header", `the header is not JSON: ${(error as Error).message}`);
  }
  const twice = findDuplicateKey(text);
  if (twice !== undefined) throw fail("duplicate-key", `the header has the key ${quote(twice)} twice`);
  return ownEntries(value)!;
}

/** A Map, so that a tensor called "__proto__" or "constructor" is a tensor like any other. */
function ownEntries(value: unknown): Map<string, unknown> | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  return new Map(Object.entries(value));
}

function readMetadata(value: unknown, fail: Fail): Map<string, string> {
  const entries = value === undefined ? new Map<string, unknown>() : ownEntries(value);
  const wrong = () => fail("bad-header", `${metadataKey} must map strings to strings`);
  if (!entries) throw wrong();
  const metadata = new Map<string, string>();
  for (const [key, text] of entries) {
    if (typeof text !== "string") throw wrong();
    metadata.set(key, text);
  }
  return metadata;
}

function readEntry(name: string, value: unknown, fail: Fail): TensorEntry {
  const tensor = `tensor ${quote(name)}`;
  const fields = ownEntries(value);
  const keys = fields && [...fields.keys()].sort().join(" ");
  if (!fields || keys !== "data_offsets dtype shape") {
    throw fail(
      "bad-header",
      `${tensor}: expected dtype, shape and data_offsets, got ${fields ? listNames(fields.keys()) : show(value)}`,
    );
  }
  const dtype = fields.get("dtype");
  const type = typeof dtype === "string" ? dtypes.get(dtype) : undefined;
  if (!type)
    throw fail("unknown-dtype", `${tensor}: expected one of ${[...dtypes.keys()].join(" ")}, got ${show(dtype)}`);
  const shape = fields.get("shape");
  if (!isSizes(shape)) throw fail("bad-shape", `${tensor}: expected extents, got ${show(shape)}`);
  const offsets = fields.get("data_offsets");
  if (!isSizes(offsets) || offsets.length !== 2 || offsets[0]! > offsets[1]!) {
    throw fail("bad-offsets", `${tensor}: expected data_offsets [begin, end], got ${show(offsets)}`);
  }
  const [begin, end] = offsets as [number, number];
  const size = safeByteCount(shape, bytesPerElement(type));
  if (size !== end - begin) {
    const held = size === undefined ? "more bytes than a file can have" : `${size} bytes`;
    throw fail("bad-size", `${tensor}: ${dtype} [${shape.join(", ")}] takes ${held}, its offsets give ${end - begin}`);
  }
  return { name, type, shape, begin, end };
}

/** A value of the header in a message; never deeper than one array, as a hostile one may be nested without end. */
function show(value: unknown): string {
  if (Array.isArray(value))
    return `[${value.slice(0, 8).map(showScalar).join(", ")}${value.length > 8 ? ", ..." : ""}]`;
  return showScalar(value);
}

function showScalar(value: unknown): string {
  if (typeof value === "string") return quote(value);
  return typeof value === "object" && value !== null ? "an object" : String(value);
}

const isSizes = (value: unknown): value is number[] =>
  Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0);

/** Every byte of the data belongs to exactly one tensor: nothing is hidden, shared, missing or left over. */
function checkCoverage(entries: readonly TensorEntry[], dataBytes: number, fail: Fail): void {
  let covered = 0;
  for (const { name, begin, end } of entries) {
    const tensor = `tensor ${quote(name)}`;
    if (begin < covered) throw fail("overlap", `${tensor} begins at byte ${begin}, where another ends at ${covered}`);
    if (begin > covered)
      throw fail("hole", `${tensor} begins at byte ${begin}, and nothing holds those from ${covered}`);
    covered = end;
  }
  if (covered > dataBytes) throw fail("truncated", `expected ${covered} bytes of data, got ${dataBytes}`);
  if (covered < dataBytes) throw fail("trailing-bytes", `expected ${covered} bytes of data, got ${dataBytes}`);
}

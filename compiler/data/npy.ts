/**
 * NPY, one array of NumPy: "\x93NUMPY", a version, the length of a header that is a Python dict, the elements.
 *
 * {'descr': '<f4', 'fortran_order': False, 'shape': (2,), } + 8 bytes -> [2] f32
 *
 * Read here and not with npyjs: that takes no big-endian data and lets a file with bytes missing or left over pass.
 * Source: NumPy Enhancement Proposal 1.
 */
import type { ElementType } from "./elements.ts";
import { DataError, quote } from "./errors.ts";
import { decodeTensor, type Tensor } from "./tensor.ts";

const magic = "\x93NUMPY";

/** Without the byte order, which is < or > where an element has more than one byte. */
const types: ReadonlyMap<string, ElementType> = new Map([
  ["b1", "bool"],
  ["u1", "u8"],
  ["i1", "i8"],
  ["u2", "u16"],
  ["i2", "i16"],
  ["u4", "u32"],
  ["i4", "i32"],
  ["u8", "u64"],
  ["i8", "i64"],
  ["f2", "f16"],
  ["f4", "f32"],
  ["f8", "f64"],
]);

const latin1 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("latin1");

export const isNpy = (bytes: Uint8Array): boolean => latin1(bytes.subarray(0, magic.length)) === magic;

/** Throws data/bad-magic, data/unsupported-type, data/fortran-order, data/truncated, data/trailing-bytes, data/shape. */
export function decodeNpy(bytes: Uint8Array, file: string): Tensor {
  if (!isNpy(bytes)) {
    const got = quote(latin1(bytes.subarray(0, magic.length)));
    throw new DataError({ code: "data/bad-magic", file, expected: 'NPY: "\\x93NUMPY"', got });
  }
  const { text, end } = readHeader(bytes, file);
  const header = parseHeader(text);
  if (!header) {
    throw new DataError({
      code: "data/bad-header",
      file,
      expected: "{'descr': ..., 'fortran_order': ..., 'shape': ...}",
      got: quote(text.trim()),
    });
  }
  if (header.fortran && header.dims.length > 1) throw fortranOrder(file);
  const { type, little } = elementType(header.descr, file);
  return decodeTensor(file, header.dims, type, little, bytes.subarray(end));
}

/** Version 1 has two bytes for the header's length, 2 and 3 have four. */
function readHeader(bytes: Uint8Array, file: string): { text: string; end: number } {
  const version = bytes[magic.length];
  if (version !== undefined && !(version >= 1 && version <= 3)) {
    throw new DataError({ code: "data/bad-header", file, expected: "NPY version 1, 2 or 3", got: `${version}` });
  }
  const start = version === 1 ? 10 : 12;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = bytes.length < start ? Number.POSITIVE_INFINITY : readLength(view, version);
  const end = start + length;
  if (end > bytes.length) {
    const got = `${bytes.length} bytes in all`;
    throw new DataError({ code: "data/truncated", file, expected: "a whole NPY header", got });
  }
  return { text: latin1(bytes.subarray(start, end)), end };
}

const readLength = (view: DataView, version: number | undefined): number =>
  version === 1 ? view.getUint16(8, true) : view.getUint32(8, true);

interface Header {
  readonly descr: string;
  readonly fortran: boolean;
  readonly dims: readonly number[];
}

const entry = /\s*'(descr|fortran_order|shape)'\s*:\s*('[^']*'|True|False|\([\d,\s]*\)|\[[^\]]*\])\s*(?:,|(?=\}))/y;

/** The three entries in any order and nothing else; undefined where the text is anything else. */
function parseHeader(text: string): Header | undefined {
  const dict = /^\{(.*)\}\s*$/s.exec(text);
  if (!dict) return undefined;
  const entries = new Map<string, string>();
  entry.lastIndex = 1;
  for (let at = 1; text.slice(at).trim() !== "}"; at = entry.lastIndex) {
    const match = entry.exec(text);
    if (!match || entries.has(match[1]!)) return undefined;
    entries.set(match[1]!, match[2]!);
  }
  const [descr, order, shape] = ["descr", "fortran_order", "shape"].map((key) => entries.get(key));
  if (!descr || !/^(True|False)$/.test(order ?? "") || !shape?.startsWith("(")) return undefined;
  const dims = shape
    .slice(1, -1)
    .split(",")
    .map((extent) => extent.trim());
  if (dims.at(-1) === "") dims.pop();
  if (dims.includes("")) return undefined;
  return { descr: descr.replaceAll("'", ""), fortran: order === "True", dims: dims.map(Number) };
}

function elementType(descr: string, file: string): { type: ElementType; little: boolean } {
  const type = types.get(descr.slice(1));
  const order = descr[0];
  if (type && (order === "<" || order === ">" || (order === "|" && descr.endsWith("1")))) {
    return { type, little: order !== ">" };
  }
  throw new DataError({
    code: "data/unsupported-type",
    file,
    expected: `one of ${[...types.keys()].join(" ")}, < or >`,
    got: quote(descr),
    hint: "Convert it in NumPy: array.astype(numpy.float32).",
  });
}

const fortranOrder = (file: string) =>
  new DataError({
    code: "data/fortran-order",
    file,
    expected: "C order, the last axis densest",
    got: "Fortran order",
    hint: "Convert it in NumPy: numpy.ascontiguousarray(array).",
  });

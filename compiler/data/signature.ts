/**
 * What a file is, by its first bytes, so that a refusal can say it.
 *
 *   50 4b 03 04 in "flowers.xlsx"   ->   "a spreadsheet (.xlsx)"
 */

export const safetensorsKind = "a safetensors file";

/** Latin-1 text at an offset, which files of a kind have; the first that fits wins. */
const signatures: readonly (readonly [start: string, kind: string, offset?: number])[] = [
  ['{"', safetensorsKind, 8],
  ["PK\x03\x04", "a ZIP archive"],
  ["PK\x05\x06", "an empty ZIP archive"],
  ["\xd0\xcf\x11\xe0", "a document of Microsoft Office (.xls, .doc)"],
  ["\x1f\x8b", "a gzip file"],
  ["BZh", "a bzip2 file"],
  ["\xfd7zXZ", "an xz file"],
  ["\x28\xb5\x2f\xfd", "a Zstandard file"],
  ["7z\xbc\xaf\x27\x1c", "a 7-Zip archive"],
  ["Rar!\x1a", "a RAR archive"],
  ["ustar", "a tar archive", 257],
  ["PAR1", "a Parquet file"],
  ["ARROW1", "an Arrow (Feather) file"],
  ["FEA1", "a Feather file"],
  ["ORC", "an ORC file"],
  ["Obj\x01", "an Avro file"],
  ["\x89HDF", "an HDF5 file"],
  ["CDF\x01", "a NetCDF file"],
  ["CDF\x02", "a NetCDF file"],
  ["MATLAB 5.0", "a MATLAB file"],
  ["SQLite format 3", "an SQLite database"],
  ["RDX3", "an R data file"],
  ["\x93NUMPY", "a NumPy array (.npy)"],
  ["\x80\x02", "a pickle of Python"],
  ["\x80\x03", "a pickle of Python"],
  ["\x80\x04", "a pickle of Python"],
  ["\x80\x05", "a pickle of Python"],
  ["\x89PNG", "a PNG image"],
  ["\xff\xd8\xff", "a JPEG image"],
  ["GIF8", "a GIF image"],
  ["WEBP", "a WebP image", 8],
  ["II*\0", "a TIFF image"],
  ["MM\0*", "a TIFF image"],
  ["%PDF-", "a PDF document"],
  ["\0asm", "a WebAssembly module"],
  ["\x7fELF", "a program"],
];

/** Files that are ZIP archives, by the ending of their name. */
const zipped: Readonly<Record<string, string>> = {
  xlsx: "a spreadsheet (.xlsx)",
  xlsm: "a spreadsheet (.xlsm)",
  ods: "a spreadsheet (.ods)",
  docx: "a document (.docx)",
  npz: "several NumPy arrays in one file (.npz)",
  pt: "a PyTorch file (.pt)",
  pth: "a PyTorch file (.pth)",
  keras: "a Keras model (.keras)",
};

/** Undefined for bytes of no known kind. Text may begin so, too: a column can be called PAR1. */
export function knownKind(bytes: Uint8Array, path: string): string | undefined {
  const start = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 512)).toString("latin1");
  const [, kind] = signatures.find(([text, , offset = 0]) => start.startsWith(text, offset)) ?? [];
  if (kind !== "a ZIP archive") return kind;
  // A spreadsheet with another ending still has the folder of its sheets near the start.
  const ending = /\.([a-z]+)$/.exec(path.toLowerCase())?.[1] ?? "";
  return zipped[ending] ?? (start.includes("[Content_Types].xml") ? "a document of Microsoft Office" : kind);
}

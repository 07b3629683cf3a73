/** IDX and NPY bytes -> fields, against files made by hand and by npyjs, and the refusal of every damaged one. */
import fc from "fast-check";
import { dump } from "npyjs";
import { describe, expect, test } from "vitest";
import { DataError } from "../../compiler/data/errors.ts";
import { decodeIdx } from "../../compiler/data/idx.ts";
import { decodeNpy } from "../../compiler/data/npy.ts";
import { tensorToField } from "../../compiler/data/tensor.ts";
import type { Field } from "../../compiler/data/types.ts";

/** type, extents, payload -> the bytes of an IDX file */
function idx(type: number, dims: number[], payload: number[]): Uint8Array {
  const extents = dims.flatMap((extent) => [24, 16, 8, 0].map((bits) => (extent >>> bits) & 255));
  return Uint8Array.of(0, 0, type, dims.length, ...extents, ...payload);
}

function npy(header: string, payload: number[] | Uint8Array, version = 1): Uint8Array {
  const text = [...header].map((char) => char.charCodeAt(0));
  const length = version === 1 ? [text.length & 255, text.length >> 8] : [text.length & 255, text.length >> 8, 0, 0];
  return Uint8Array.of(
    0x93,
    ...[..."NUMPY"].map((char) => char.charCodeAt(0)),
    version,
    0,
    ...length,
    ...text,
    ...payload,
  );
}

const header = (descr: string, shape: string, order = "False") =>
  `{'descr': '${descr}', 'fortran_order': ${order}, 'shape': ${shape}, }\n`;

const bytesOf = (count: number, write: (view: DataView) => void): number[] => {
  const view = new DataView(new ArrayBuffer(count));
  write(view);
  return [...new Uint8Array(view.buffer)];
};

function refusal(body: () => unknown): DataError {
  try {
    body();
  } catch (error) {
    if (error instanceof DataError) return error;
    throw error;
  }
  throw new Error("was read, not refused");
}

describe("idx", () => {
  test.each([
    [0x08, [7, 255], [7, 255]],
    [0x09, [7, 255], [7, -1]],
    [0x0b, [0x01, 0x02, 0xff, 0xfe], [258, -2]],
    [0x0c, [0, 1, 0, 0, 0xff, 0xff, 0xff, 0xff], [65536, -1]],
    [0x0d, bytesOf(8, (view) => [view.setFloat32(0, 1.5), view.setFloat32(4, -0)]), [1.5, -0]],
    [0x0e, bytesOf(16, (view) => [view.setFloat64(0, 0.1), view.setFloat64(8, 1e300)]), [0.1, 1e300]],
  ])("type %i, big endian", (type, payload, expected) => {
    const { dims, data } = decodeIdx(idx(type, [2], payload), "f");
    expect([dims, [...data]]).toEqual([[2], expected]);
  });

  test.each([
    [[], "data/bad-magic"],
    [[0x1f, 0x8b, 8, 1], "data/bad-magic"],
    [[0, 0, 0x0a, 1, 0, 0, 0, 0], "data/bad-magic"],
    [[0, 0, 8, 0], "data/bad-magic"],
    [[0, 0, 8, 2, 0, 0, 0, 1, 0, 0, 0], "data/truncated"],
    [[...idx(8, [2, 2], [1, 2, 3])], "data/truncated"],
    [[...idx(8, [2, 2], [1, 2, 3, 4, 5])], "data/trailing-bytes"],
    [[...idx(0x0b, [1], [1])], "data/truncated"],
    [[...idx(0x0e, [2 ** 32 - 1, 2 ** 32 - 1], [])], "data/shape"],
  ])("refused: %j", (bytes, code) => {
    expect(refusal(() => decodeIdx(Uint8Array.from(bytes), "f")).code).toBe(code);
  });
});

describe("npy", () => {
  const arrays = fc.oneof(
    fc.float32Array({ minLength: 1 }),
    fc.float64Array({ minLength: 1 }),
    ...[fc.int8Array, fc.int16Array, fc.int32Array, fc.uint8Array, fc.uint16Array, fc.uint32Array].map((array) =>
      array({ minLength: 1 }),
    ),
  );

  test("what npyjs writes is read back to the bit", () => {
    fc.assert(
      fc.property(arrays, (array) => {
        const { dims, data } = decodeNpy(new Uint8Array(dump(array, [array.length, 1])), "f");
        expect(dims).toEqual([array.length, 1]);
        expect([...data]).toEqual([...array]);
      }),
    );
  });

  test.each([
    [">f4", bytesOf(4, (view) => view.setFloat32(0, -1.5)), -1.5],
    [">f8", bytesOf(8, (view) => view.setFloat64(0, 0.1)), 0.1],
    ["<f8", bytesOf(8, (view) => view.setFloat64(0, 0.1, true)), 0.1],
    [">i2", [0xff, 0xfe], -2],
    ["<i2", [0xfe, 0xff], -2],
    [">u2", [0xff, 0xfe], 65534],
    [">i4", [0, 1, 0, 0], 65536],
    ["<i8", bytesOf(8, (view) => view.setBigInt64(0, -5n, true)), -5],
    [">i8", bytesOf(8, (view) => view.setBigInt64(0, 2n ** 53n - 1n)), 2 ** 53 - 1],
    ["|i1", [255], -1],
    ["|u1", [255], 255],
    ["|b1", [1], 1],
    ["|b1", [0], 0],
    ["<f2", [0x00, 0x3c], 1],
    ["<f2", [0x01, 0x80], -(2 ** -24)],
    ["<f2", [0xff, 0x7b], 65504],
  ])("%s %j", (descr, payload, value) => {
    for (const version of [1, 2, 3]) {
      expect([...decodeNpy(npy(header(descr, "(1,)"), payload, version), "f").data]).toEqual([value]);
    }
  });

  test("headers: any order, one axis in Fortran order, no axis", () => {
    const text = `{"shape": (2, 1), "descr": "|u1", "fortran_order": False}`.replaceAll('"', "'");
    expect(decodeNpy(npy(text, [1, 2]), "f").dims).toEqual([2, 1]);
    expect(decodeNpy(npy(header("|u1", "(2,)", "True"), [1, 2]), "f").dims).toEqual([2]);
    expect(decodeNpy(npy(header("|u1", "()"), [1]), "f").dims).toEqual([]);
  });

  test.each([
    ["data/bad-magic", Uint8Array.of(0x93, 1, 2)],
    ["data/truncated", npy(header("|u1", "(1,)"), []).subarray(0, 9)],
    ["data/truncated", npy(header("|u1", "(1,)"), []).subarray(0, 30)],
    ["data/bad-header", npy(header("|u1", "(1,)"), [1], 4)],
    ["data/bad-header", npy("{'descr': '|u1', 'shape': (1,)}", [1])],
    ["data/bad-header", npy(`${header("|u1", "(1,)").trim()} }`, [1])],
    ["data/bad-header", npy("{'descr': '|u1', 'descr': '|u1', 'fortran_order': False, 'shape': (1,)}", [1])],
    ["data/bad-header", npy(header("|u1", "(1,,)"), [1])],
    ["data/unsupported-type", npy(header("<c8", "(1,)"), [])],
    ["data/unsupported-type", npy(header("|i4", "(1,)"), [0, 0, 0, 0])],
    ["data/unsupported-type", npy("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,)}", [])],
    ["data/fortran-order", npy(header("|u1", "(1, 2)", "True"), [1, 2])],
    ["data/truncated", npy(header("<f4", "(1,)"), [1, 2, 3])],
    ["data/trailing-bytes", npy(header("<f4", "(1,)"), [1, 2, 3, 4, 5])],
    ["data/shape", npy(header("<f4", "(9999999999999999,)"), [])],
  ])("refused: %s", (code, bytes) => {
    expect(refusal(() => decodeNpy(bytes, "f")).code).toBe(code);
  });
});

describe("an array for a field", () => {
  const pixels: Field = { name: "pixels", kind: "input", dims: [4], dtype: "float" };
  const digit: Field = { name: "digit", kind: "target", dims: [], classes: 10, dtype: "int" };
  const tensor = (dims: number[], data: Int32Array | Float32Array | Float64Array) => ({ dims, data });

  test("the axes after the first hold one example; nothing is scaled", () => {
    const images = tensor([1, 2, 2], Int32Array.of(0, 128, 254, 255));
    const { rows, data } = tensorToField("f", images, pixels);
    expect([rows, data]).toEqual([1, { data: Float32Array.of(0, 128, 254, 255), dims: [4] }]);
  });

  test("integers that float32 cannot hold stay exact", () => {
    const { data } = tensorToField("f", tensor([1, 4], Int32Array.of(0, 1, 2, 2 ** 24 + 1)), pixels);
    expect(data.data).toEqual(Float64Array.of(0, 1, 2, 2 ** 24 + 1));
  });

  test("whole floats are labels", () => {
    const { data } = tensorToField("f", tensor([2, 1], Float64Array.of(9, 0)), digit);
    expect(data.data).toEqual(Int32Array.of(9, 0));
  });

  test("refused, with the position of the element", () => {
    expect(
      refusal(() => tensorToField("f.npy", tensor([2, 3], new Float32Array(6)), pixels)).message,
    ).toMatchInlineSnapshot(`
      "f.npy data/shape
        expected [rows, 4], 4 values a row, for input pixels: [4], got [2, 3], 3 values a row"
    `);
    const bad = tensor([2, 2, 2], Float32Array.of(0, 0, 0, 0, 0, 0, Number.NaN, 0));
    expect(refusal(() => tensorToField("f.npy", bad, pixels)).message).toMatchInlineSnapshot(`
      "f.npy[1, 1, 0] data/not-a-number
        expected a finite number, got NaN"
    `);
    expect(refusal(() => tensorToField("f.npy", bad, pixels))).toMatchObject({ row: 1, column: 1 });
    const uneven = tensor([2, 4, 1], Float32Array.of(0, 0, 0, 0, 0, 0, 0, Number.POSITIVE_INFINITY));
    expect(refusal(() => tensorToField("f.npy", uneven, pixels)).message).toContain("f.npy[1, 3, 0]");
    expect(refusal(() => tensorToField("f", tensor([2], Int32Array.of(1, 10)), digit)).message).toMatchInlineSnapshot(`
      "f[1] data/label-range
        expected an integer in 0..9, got 10"
    `);
    expect(refusal(() => tensorToField("f", tensor([1], Float32Array.of(1.5)), digit)).code).toBe(
      "data/not-an-integer",
    );
    expect(refusal(() => tensorToField("f", tensor([1], Float32Array.of(Number.NaN)), digit)).code).toBe(
      "data/not-a-number",
    );
    expect(refusal(() => tensorToField("f", tensor([], Int32Array.of(1)), digit)).code).toBe("data/shape");
    expect(refusal(() => tensorToField("f", tensor([0], new Int32Array()), digit)).code).toBe("data/empty-file");
  });
});

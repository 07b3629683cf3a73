/** Tensors -> bytes -> tensors, and the refusal of every header that claims too much, too little or twice. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CheckpointError } from "../../compiler/data/checkpointError.ts";
import { decodeSafetensors, encodeSafetensors, type Tensor } from "../../compiler/data/safetensors.ts";

const f32 = (shape: number[], ...values: number[]): Tensor => ({
  dtype: "F32",
  shape,
  data: Float32Array.from(values),
});

/** A file with this header and as many zero bytes of data. */
function file(header: string | Uint8Array, dataBytes: number, length?: bigint): Uint8Array {
  const text = typeof header === "string" ? new TextEncoder().encode(header) : header;
  const bytes = new Uint8Array(8 + text.length + dataBytes);
  new DataView(bytes.buffer).setBigUint64(0, length ?? BigInt(text.length), true);
  bytes.set(text, 8);
  return bytes;
}

const entry = (begin: number, end: number, shape = `[${(end - begin) / 4}]`, dtype = "F32") =>
  `{"dtype":"${dtype}","shape":${shape},"data_offsets":[${begin},${end}]}`;

describe("safetensors", () => {
  test("golden: the layout that other readers expect", () => {
    const bytes = encodeSafetensors(new Map([["w", f32([2], 1, -2)]]), new Map([["step", "3"]]));
    const header = '{"__metadata__":{"step":"3"},"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}';
    const padded = header.padEnd(Math.ceil(header.length / 8) * 8);
    const expected = file(padded, 8);
    new DataView(expected.buffer).setFloat32(expected.length - 8, 1, true);
    new DataView(expected.buffer).setFloat32(expected.length - 4, -2, true);
    expect(bytes).toEqual(expected);
    expect(bytes.length % 8).toBe(0);
  });

  test("what was written is read back to the bit, whatever the names", () => {
    const shape = fc.array(fc.nat(4), { maxLength: 3 });
    const sized = <A extends Float32Array | Float64Array | Int32Array>(make: (size: number) => fc.Arbitrary<A>) =>
      shape.chain((dims) => make(dims.reduce((a, b) => a * b, 1)).map((data) => ({ dims, data })));
    const exactly = (size: number) => ({ minLength: size, maxLength: size });
    const tensor = fc.oneof(
      sized((size) => fc.float32Array(exactly(size))).map(
        ({ dims, data }): Tensor => ({ dtype: "F32", shape: dims, data }),
      ),
      sized((size) => fc.float64Array(exactly(size))).map(
        ({ dims, data }): Tensor => ({ dtype: "F64", shape: dims, data }),
      ),
      sized((size) => fc.int32Array(exactly(size))).map(
        ({ dims, data }): Tensor => ({ dtype: "I32", shape: dims, data }),
      ),
    );
    const special = fc.constantFrom("__proto__", "constructor", "0", "1", 'a"b', "a\\", "}{", "", "\u2028", "toString");
    const name = fc.oneof(special, fc.string({ unit: "binary" }));
    const tensors = fc.uniqueArray(fc.tuple(name, tensor), { selector: ([key]) => key, maxLength: 6 });
    const metadata = fc.uniqueArray(fc.tuple(name, name), { selector: ([key]) => key, maxLength: 4 });
    fc.assert(
      fc.property(tensors, metadata, (tensors, metadata) => {
        const written = new Map(tensors.filter(([key]) => key !== "__metadata__"));
        const read = decodeSafetensors(encodeSafetensors(written, new Map(metadata)));
        expect(read.metadata).toEqual(new Map(metadata));
        expect(read.tensors.size).toBe(written.size);
        for (const [key, { dtype, shape, data }] of written) {
          const back = read.tensors.get(key)!;
          expect([back.dtype, back.shape]).toEqual([dtype, shape]);
          expect(bits(back)).toEqual(bits({ dtype, shape, data } as Tensor));
        }
      }),
    );
  });

  test("types from elsewhere become those that hold them exactly", () => {
    const header =
      `{"h":${entry(0, 4, "[2]", "F16")},"b":${entry(4, 8, "[2]", "BF16")},"i":${entry(8, 16, "[1]", "I64")},` +
      `"u":${entry(16, 17, "[1]", "U8")},"e":${entry(17, 17, "[0]", "BOOL")}}`;
    const bytes = file(header, 17);
    bytes.set([0x00, 0x3c, 0x00, 0xc0, 0x80, 0x3f, 0x49, 0x40, 5, 0, 0, 0, 0, 0, 0, 0, 200], bytes.length - 17);
    const { tensors } = decodeSafetensors(bytes);
    expect([...tensors].map(([name, { dtype, data }]) => [name, dtype, ...data])).toEqual([
      ["h", "F32", 1, -2],
      ["b", "F32", 1, 3.140625],
      ["i", "F64", 5],
      ["u", "I32", 200],
      ["e", "I32"],
    ]);
  });

  test("every tensor is aligned to its elements", () => {
    const odd = new Map<string, Tensor>([
      ["a", f32([1], 1)],
      ["b", { dtype: "F64", shape: [1], data: Float64Array.of(2) }],
    ]);
    const bytes = encodeSafetensors(odd);
    expect((bytes.length - 12) % 8).toBe(0);
    expect([...decodeSafetensors(bytes).tensors.keys()]).toEqual(["b", "a"]);
  });

  test("the header may list tensors in another order than their data", () => {
    const { tensors } = decodeSafetensors(file(`{"b":${entry(4, 8)},"a":${entry(0, 4)}}`, 8));
    expect([...tensors.keys()]).toEqual(["a", "b"]);
  });

  test.each<[string, Uint8Array]>([
    ["truncated", new Uint8Array(7)],
    ["truncated", file("{}", 0, 3n)],
    ["not-safetensors", file("{}", 0, 100_000_001n)],
    ["not-safetensors", file("{}", 0, 2n ** 64n - 1n)],
    ["bad-header", file("", 0)],
    ["bad-header", file(" {}", 0)],
    ["bad-header", file("\ufeff{}", 0)],
    ["bad-header", file("[]", 0)],
    ["bad-header", file("{} {}", 0)],
    ["bad-header", file('{"a":', 0)],
    ["bad-header", file(Buffer.from('{"__metadata__":{"\xff":"1"}}', "latin1"), 0)],
    ["bad-header", file('{"a":null}', 0)],
    ["bad-header", file('{"a":[]}', 0)],
    ["bad-header", file('{"a":{"dtype":"F32","shape":[1]}}', 4)],
    ["bad-header", file('{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"x":0}}', 4)],
    ["bad-header", file('{"a":{"__proto__":{"dtype":"F32"},"shape":[1],"data_offsets":[0,4]}}', 4)],
    ["bad-header", file('{"__metadata__":{"a":1}}', 0)],
    ["bad-header", file('{"__metadata__":[]}', 0)],
    ["bad-header", file('{"__metadata__":null}', 0)],
    ["unknown-dtype", file(`{"a":${entry(0, 4, "[1]", "F8")}}`, 4)],
    ["unknown-dtype", file(`{"a":${entry(0, 4, "[1]", "constructor")}}`, 4)],
    ["bad-shape", file(`{"a":${entry(0, 4, "[-1]")}}`, 4)],
    ["bad-shape", file(`{"a":${entry(0, 4, "[0.5,2]")}}`, 4)],
    ["bad-shape", file(`{"a":${entry(0, 4, '["1"]')}}`, 4)],
    ["bad-shape", file(`{"a":${entry(0, 4, "1")}}`, 4)],
    ["bad-shape", file(`{"a":${entry(0, 4, `${"[".repeat(1e5)}${"]".repeat(1e5)}`)}}`, 4)],
    ...["[1.0]", "[1e0]", "[1E0]", "[10e-1]", "[1,1.0]", "[0.1e1]"].map((shape): [string, Uint8Array] => [
      "bad-header",
      file(`{"a":${entry(0, 4, shape)}}`, 4),
    ]),
    ["bad-header", file(`{"a":${entry(0, 0, "[-0]")}}`, 0)],
    ["bad-header", file(`{"a":${entry(0, 0, "[-0.0]")}}`, 0)],
    ["bad-header", file('{"a":{"dtype":"F32","shape":[1],"data_offsets":[0.0,4]}}', 4)],
    ["bad-header", file('{"a":{"dtype":"F32","shape":[1],"data_offsets":[-0,4]}}', 4)],
    ["bad-header", file('{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4e0]}}', 4)],
    ["bad-header", file('{"a":{"dtype":"F32","shape":[+1],"data_offsets":[0,4]}}', 4)],
    ["bad-header", file('{"a":{"dtype":"F32","shape":[01],"data_offsets":[0,4]}}', 4)],
    ["bad-offsets", file(`{"a":${entry(4, 0, "[1]")}}`, 4)],
    ["bad-offsets", file('{"a":{"dtype":"F32","shape":[1],"data_offsets":[0]}}', 4)],
    ["bad-offsets", file('{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4,4]}}', 4)],
    ["bad-size", file(`{"a":${entry(0, 4, "[2]")}}`, 4)],
    ["bad-size", file(`{"a":${entry(0, 4, "[4294967296,4294967296]")}}`, 4)],
    ["hole", file(`{"a":${entry(4, 8)}}`, 8)],
    ["hole", file(`{"a":${entry(0, 4)},"b":${entry(8, 12)}}`, 12)],
    ["overlap", file(`{"a":${entry(0, 8)},"b":${entry(4, 12)}}`, 12)],
    ["overlap", file(`{"a":${entry(0, 4)},"b":${entry(0, 4)}}`, 4)],
    ["truncated", file(`{"a":${entry(0, 4)}}`, 3)],
    ["trailing-bytes", file(`{"a":${entry(0, 4)}}`, 5)],
    ["duplicate-key", file(`{"a":${entry(0, 4)},"a":${entry(0, 4)}}`, 4)],
    ["duplicate-key", file(`{"a":${entry(0, 4)},"\\u0061":${entry(0, 4)}}`, 4)],
    ["duplicate-key", file(`{"a":{"dtype":"F32","dtype":"F32","shape":[1],"data_offsets":[0,4]}}`, 4)],
    ["duplicate-key", file('{"__metadata__":{"a":"1","a" : "2"}}', 0)],
  ])("refused: %s %#", (code, bytes) => {
    const error = catchError(() => decodeSafetensors(bytes, "w.safetensors"));
    expect(error).toMatchObject({ code: `checkpoint/${code}`, file: "w.safetensors" });
  });

  test("a message names the file, the tensor and the reason", () => {
    const bytes = file(`{"hidden.weight":${entry(0, 4, "[2]")}}`, 4);
    expect(catchError(() => decodeSafetensors(bytes, "w.safetensors")).message).toMatchInlineSnapshot(`
      "w.safetensors checkpoint/bad-size
        tensor "hidden.weight": F32 [2] takes 8 bytes, its offsets give 4"
    `);
  });

  test("names and metadata may look like numbers", () => {
    const metadata = new Map([["version", "-1.5e3"]]);
    const tensors = new Map([["w-1.0e5", f32([], 1)]]);
    expect(decodeSafetensors(encodeSafetensors(tensors, metadata))).toEqual({ tensors, metadata });
  });

  test("keys inside strings and equal keys of different objects are no duplicates", () => {
    const metadata = new Map([
      ["a", '"a":1,"a":2,{"b":1,"b":2}'],
      ["b", "\\"],
    ]);
    const tensors = new Map([
      ["a", f32([], 1)],
      ["b", f32([0])],
    ]);
    expect(decodeSafetensors(encodeSafetensors(tensors, metadata))).toEqual({ tensors, metadata });
  });

  test("metadata of 20 million characters", () => {
    const metadata = new Map([["long", '"'.repeat(1e7)]]);
    expect(decodeSafetensors(encodeSafetensors(new Map(), metadata)).metadata).toEqual(metadata);
  });

  test("refused when written: a shape that does not fit, a reserved name", () => {
    expect(() => encodeSafetensors(new Map([["w", f32([3], 1, 2)]]))).toThrow(
      "w: expected F32 data of shape [3], got 2",
    );
    expect(() => encodeSafetensors(new Map([["__metadata__", f32([0])]]))).toThrow(RangeError);
  });
});

const bits = ({ data }: Tensor) => [...new Uint8Array(data.buffer, data.byteOffset, data.byteLength)];

function catchError(body: () => unknown): CheckpointError {
  try {
    body();
  } catch (error) {
    if (error instanceof CheckpointError) return error;
    throw error;
  }
  throw new Error("was read, not refused");
}

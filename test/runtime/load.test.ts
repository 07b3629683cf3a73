/** The loader's sources, `infer`, and the errors of calls that do not fit. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { load, loadInference, type Source } from "nabla/runtime";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { linearModule, linearReference } from "./linear.ts";

const x = [0.5, -1, 2, 0.25];
/** What init(1) puts into the weights. */
const weight = Array.from({ length: 12 }, (_, i) => ((i * 7 + 1) % 11) / 10);
const bias = [0, 0, 0];

const closeTo = (values: readonly number[], digits: number) => values.map((value) => expect.closeTo(value, digits));

const infer = await linearModule({ mode: "infer" });
const net = await load(infer);

describe("sources", () => {
  const folder = mkdtempSync(join(tmpdir(), "nabla-load-"));
  const file = pathToFileURL(join(folder, "a #1.wasm"));
  let server: Server;
  let base: string;

  beforeAll(async () => {
    writeFileSync(file, infer);
    server = createServer(({ url }, response) => {
      const type = url === "/typed" ? "application/wasm" : "text/plain";
      response.writeHead(url === "/missing" ? 404 : 200, { "content-type": type }).end(infer);
    });
    await new Promise<void>((done) => {
      server.listen(0, "127.0.0.1", done);
    });
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    server.close();
    rmSync(folder, { recursive: true });
  });

  const expected = closeTo(linearReference(x, weight, bias), 5);
  const works = async (source: Source | Promise<Source>) =>
    expect([...(await load(source)).infer({ x }).y!]).toEqual(expected);

  test("bytes in every form", async () => {
    await works(infer);
    await works(infer.buffer);
    const padded = new Uint8Array(infer.length + 3);
    padded.set(infer, 3);
    await works(padded.subarray(3));
  });

  test("a compiled module, and promises", async () => {
    await works(new WebAssembly.Module(infer));
    await works(Promise.resolve(infer));
  });

  test("a response streams where the type is right, and only there", async () => {
    const stream = vi.spyOn(WebAssembly, "compileStreaming");
    await works(fetch(`${base}/typed`));
    expect(stream).toHaveBeenCalledTimes(1);
    await works(fetch(`${base}/untyped`));
    await works(await fetch(`${base}/untyped`));
    expect(stream).toHaveBeenCalledTimes(1);
    stream.mockRestore();
  });

  test("URLs and their text, of http: and file:", async () => {
    await works(new URL(`${base}/typed`));
    await works(`${base}/untyped`);
    await works(file);
    await works(file.href);
  });

  test("what is no module is refused", async () => {
    await expect(load(`${base}/missing`)).rejects.toThrow(`${base}/missing: expected status 200, got 404`);
    await expect(load(new URL("none.wasm", file))).rejects.toThrow("ENOENT");
    await expect(load(new Uint8Array([1, 2, 3]))).rejects.toThrow(WebAssembly.CompileError);
    const empty = new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]);
    await expect(load(empty)).rejects.toThrow("custom section: expected nabla, got undefined");
  });

  test("a section of another format is refused", async () => {
    const future = await linearModule({ mode: "infer", change: { format: 2 as 1 } });
    await expect(load(future)).rejects.toThrow("format: expected an integer from 1 to 1, got 2");
  });
});

describe("infer", () => {
  const rows = (n: number) => Float32Array.from({ length: n * 4 }, (_, i) => ((i * 37) % 19) / 7 - 1);
  const expected = (values: ArrayLike<number>, n: number) =>
    Array.from({ length: n }, (_, r) =>
      linearReference(Array.from(values).slice(r * 4, r * 4 + 4), weight, bias),
    ).flat();

  test("takes typed arrays and plain ones, and gives fresh copies", () => {
    const first = net.infer({ x: Float64Array.from(x) });
    expect(first.y).toBeInstanceOf(Float32Array);
    const kept = [...first.y!];
    expect([...net.infer({ x: Float32Array.from(x) }).y!]).toEqual(kept);
    net.infer({ x: [9, 9, 9, 9] });
    expect([...first.y!]).toEqual(kept);
  });

  test.each([1, 2, 7, 8, 9, 16, 35])("%i rows, in chunks of the batch of 8", (n) => {
    const all = rows(n);
    expect([...net.infer({ x: all }).y!]).toEqual(closeTo(expected(all, n), 4));
    expect([...net.infer({ x: Array.from(all) }, n).y!]).toEqual(closeTo(expected(all, n), 4));
  });

  test("more numbers than are copied one by one", async () => {
    const big = await load(await linearModule({ mode: "infer", batch: 20 }));
    const all = rows(45);
    const result = closeTo(expected(all, 45), 4);
    expect([...big.infer({ x: all }).y!]).toEqual(result);
    expect([...big.infer({ x: Array.from(all) }).y!]).toEqual(result);
  });

  test.each([1, 8, 20])("%i rows into the arrays of an earlier call", (n) => {
    const all = rows(n);
    const earlier = net.infer({ x: all.map((value) => value + 1) });
    const { y } = earlier;
    const fresh = net.infer({ x: all });
    expect(net.infer({ x: all }, undefined, earlier)).toBe(earlier);
    expect(earlier.y).toBe(y);
    expect(earlier).toEqual(fresh);
  });

  test("in f64", async () => {
    const wide = await load(await linearModule({ mode: "infer", dtype: "f64" }));
    const { y } = wide.infer({ x });
    expect(y).toBeInstanceOf(Float64Array);
    expect([...y!]).toEqual(closeTo(linearReference(x, weight, bias), 14));
  });

  test("two instances share nothing", async () => {
    const module = new WebAssembly.Module(await linearModule());
    const [a, b] = [await load(module), await load(module)];
    a.parameters["out.weight"] = new Float32Array(12);
    a.parameters["out.bias"] = new Float32Array(3);
    expect([...a.infer({ x }).y!]).toEqual([0, 0, 0]);
    expect([...b.infer({ x }).y!]).not.toEqual([0, 0, 0]);
  });

  test("the inference loader gives the same, and nothing to train with", async () => {
    const small = await loadInference(infer);
    expect(small.infer({ x })).toEqual(net.infer({ x }));
    for (const one of [small, net]) expect(Object.keys(one)).toEqual(["manifest", "infer"]);
  });
});

describe("calls that do not fit", () => {
  const twoRows = { y: new Float32Array(6) };
  const refusals: [string, () => unknown, typeof RangeError | typeof TypeError, string][] = [
    ["no input", () => net.infer({}), TypeError, "inputs: expected x, got "],
    ["another name", () => net.infer({ z: x }), TypeError, "inputs: expected x, got z"],
    ["one too many", () => net.infer({ x, z: x }), TypeError, "inputs: expected x, got x,z"],
    ["undefined", () => net.infer({ x: undefined as never }), TypeError, "inputs: expected x, got x"],
    ["null", () => net.infer({ x: null as never }), TypeError, "inputs: expected x, got x"],
    ["text", () => net.infer({ x: "abcd" }), RangeError, 'input "x": expected numbers, got abcd'],
    ["a number", () => net.infer({ x: 5 as never }), RangeError, 'input "x": expected 1 x 4 numbers, got 1'],
    ["part of a row", () => net.infer({ x: [1, 2, 3, 4, 5] }), RangeError, 'input "x": expected 2 x 4 numbers, got 5'],
    ["fewer than n", () => net.infer({ x }, 2), RangeError, 'input "x": expected 2 x 4 numbers, got 4'],
    ["outputs of 2 rows", () => net.infer({ x }, 1, twoRows), RangeError, 'output "y": expected 1 x 3 numbers, got 6'],
    ["no outputs", () => net.infer({ x }, 1, {}), RangeError, 'output "y": expected 1 x 3 numbers, got undefined'],
    ["no row", () => net.infer({ x: [] }), RangeError, "n: expected an integer from 1 to 4294967295, got 0"],
    ["n = 0", () => net.infer({ x }, 0), RangeError, "n: expected an integer from 1 to 4294967295, got 0"],
    [
      "n = 0.5",
      () => net.infer({ x: [1, 2] }, 0.5),
      RangeError,
      "n: expected an integer from 1 to 4294967295, got 0.5",
    ],
    ["n = NaN", () => net.infer({ x }, Number.NaN), RangeError, "n: expected an integer from 1 to 4294967295, got NaN"],
  ];
  test.each(refusals)("%s", (_, call, Kind, message) => {
    expect(call).toThrow(new Kind(message));
  });
});

/** Threefry-2x32 against the vectors that its authors publish, and the uniform numbers made of it. */
import { readFileSync } from "node:fs";
import binaryen from "binaryen";
import { expect, test } from "vitest";
import { threefryUniform } from "../../compiler/ops/threefry-reference.ts";
import { ensureHelpers, helpersPath } from "./build.ts";

ensureHelpers();

/** Keys, counters, words; the lines "threefry2x32 20" of kat_vectors in Random123. */
const published = [
  [0x00000000, 0x00000000, 0x00000000, 0x00000000, 0x6b200159, 0x99ba4efe],
  [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff, 0x1cb996fc, 0xbb002be7],
  [0x13198a2e, 0x03707344, 0x243f6a88, 0x85a308d3, 0xc4923a9c, 0x483df7a0],
] as const;

type Place = readonly [k0: number, k1: number, stream: number, index: number];
type Draw = (...place: Place) => number[];

const features = binaryen.Features.SIMD128 | binaryen.Features.BulkMemory | binaryen.Features.MutableGlobals;
/** Binaryen's declarations name this readBinaryWithFeatures, a function that it does not have. */
const readBinary = binaryen.readBinary as (bytes: Uint8Array, features: number) => binaryen.Module;

/** JavaScript cannot take a v128, so a function is added that stores it. */
function drawer(name: "uniform_f32x4" | "uniform_f64x2"): Draw {
  const module = readBinary(readFileSync(helpersPath), features);
  const { i32, none, v128 } = binaryen;
  const args = [0, 1, 2, 3].map((at) => module.local.get(at, i32));
  const exports = Array.from({ length: module.getNumExports() }, (_, at) =>
    binaryen.getExportInfo(module.getExportByIndex(at)),
  );
  const numbers = module.call(exports.find((info) => info.name === name)!.value, args, v128);
  module.setMemory(1, 1, "memory", [], false, false, "memory");
  const store = module.v128.store(0, 16, module.i32.const(0), numbers);
  module.addFunction("draw", binaryen.createType([i32, i32, i32, i32]), none, [], store);
  module.addFunctionExport("draw", "draw");
  const { exports: made } = new WebAssembly.Instance(new WebAssembly.Module(module.emitBinary() as BufferSource));
  const { buffer } = made.memory as WebAssembly.Memory;
  return (...place) => {
    (made.draw as (...place: Place) => void)(...place);
    return [...(name === "uniform_f32x4" ? new Float32Array(buffer, 0, 4) : new Float64Array(buffer, 0, 2))];
  };
}

test("threefry2x32: the published vectors of 20 rounds", () => {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(readFileSync(helpersPath)));
  const threefry2x32 = exports.threefry2x32 as (k0: number, k1: number, c0: number, c1: number) => bigint;
  for (const [k0, k1, c0, c1, first, second] of published) {
    const words = BigInt.asUintN(64, threefry2x32(k0, k1, c0, c1));
    expect([words & 0xffffffffn, words >> 32n]).toEqual([BigInt(first), BigInt(second)]);
  }
});

test.each(["uniform_f32x4", "uniform_f64x2"] as const)("%s: lane i is the number of counter index + i", (name) => {
  const draw = drawer(name);
  for (const index of [0, 1, 1000, 2 ** 31 - 2, -2]) {
    const numbers = draw(123456789, -7, 3, index);
    expect(numbers).toEqual(numbers.map((_, lane) => threefryUniform(123456789, -7, index + lane, 3)));
  }
});

test("uniform: numbers are in [0, 1), multiples of 2^-24 and spread evenly", () => {
  const draw = drawer("uniform_f32x4");
  const numbers = Array.from({ length: 25_000 }, (_, i) => draw(1, 2, 3, 4 * i)).flat();
  expect(numbers.every((u) => u >= 0 && u < 1 && Number.isInteger(u * 2 ** 24))).toBe(true);
  const counts = new Array<number>(16).fill(0);
  for (const u of numbers) counts[Math.floor(16 * u)]!++;
  const expected = numbers.length / counts.length;
  const chiSquared = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
  // 15 degrees of freedom: above 37.7 in one case of a thousand; the numbers are the same in every run.
  expect(chiSquared).toBeLessThan(37.7);
});

test("uniform: another key, stream or index gives other numbers", () => {
  const draw = drawer("uniform_f32x4");
  const places: Place[] = [
    [0, 0, 0, 0],
    [1, 0, 0, 0],
    [0, 1, 0, 0],
    [0, 0, 1, 0],
    [0, 0, 0, 4],
  ];
  expect(new Set(places.flatMap((place) => draw(...place))).size).toBe(4 * places.length);
});

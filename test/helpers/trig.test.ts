/** sin and cos against Math.sin and Math.cos (f32), and against series to 256 bits (f64). */
import { describe, expect, test } from "vitest";
import { ensureHelpers } from "./build.ts";
import { cosExact, nearestToMultiple, sinExact } from "./fixed-point.ts";
import { around, between, patterns } from "./inputs.ts";
import { worstInF64, worstOverF32 } from "./measure.ts";
import { floats, helper, lanesAreAlone } from "./run-helper.ts";

ensureHelpers();

/** The worst cancellation at every exponent: for f64 with 6381956970095103 * 2^797, the worst of all. */
const hardest = (bits: number, last: number) => Array.from({ length: last + 1 }, (_, i) => nearestToMultiple(i, bits));

/** Multiples of pi/2 at every scale: where results cancel or k is uncertain. Then the seams of the reduction. */
const multiples = Array.from({ length: 4000 }, (_, i) => Math.round(1.5 ** (i / 75)) * (Math.PI / 2));
const hard = [...multiples, ...multiples.map((x) => x / 2), 2 ** 20, 2 ** 23, 2 ** 24, 2 ** 31, 2 ** 64, 2 ** 127];

describe.each([
  ["sin", Math.sin, sinExact],
  ["cos", Math.cos, cosExact],
] as const)("%s", (op, builtIn, exact) => {
  test(`${op}: at most 2 ulp on all of f32`, async () => {
    const run = await helper(op, "f32");
    const { ulps, at } = worstOverF32(run, builtIn, [-100, 100], [...around("f32", hard), ...hardest(24, 104)]);
    expect(ulps, `at ${at}`).toBeLessThan(2);
  });

  test(`${op}: at most 4 ulp on all of f64`, async () => {
    const run = await helper(op, "f64");
    const spread = [...patterns("f64", 4000)].filter((x) => Number.isFinite(x) && Math.abs(x) > 2 ** -100);
    const near = between("f64", -10, 10, 2000);
    const inputs = [...spread, ...near, ...around("f64", hard), ...hardest(53, 971), Number.MAX_VALUE];
    const { ulps, at } = worstInF64(run, exact, [floats("f64", inputs)]);
    expect(ulps, `at ${at}`).toBeLessThan(4);
  });

  test.each(["f32", "f64"] as const)(`${op}: no lane of %s sees another`, async (dtype) => {
    const run = await helper(op, dtype);
    const inputs = [0.5, 1e30, -2, Number.NaN, -Infinity, 7, 2 ** 23, 1e6, 1e-30, -0, 3e38, 1];
    expect(lanesAreAlone(run, dtype, inputs)).toBe(true);
  });
});

test.each(["f32", "f64"] as const)("sin and cos of %s zeros, denormals, infinities and NaN", async (dtype) => {
  const tiny = dtype === "f32" ? 2 ** -149 : 2 ** -1074;
  const inputs = floats(dtype, [0, -0, tiny, -tiny, Infinity, -Infinity, Number.NaN, 0]);
  const nans = new Array(3).fill(Number.NaN);
  const [sin, cos] = [await helper("sin", dtype), await helper("cos", dtype)];
  expect([...sin(inputs)]).toEqual([0, -0, tiny, -tiny, ...nans, 0]);
  expect([...cos(inputs)]).toEqual([1, 1, 1, 1, ...nans, 1]);
});

/** erf against its reference of the interpreter (f32), and against a series to 256 bits (f64, and the reference). */
import { describe, expect, test } from "vitest";
import { erfReference } from "../../compiler/ops/erf-reference.ts";
import { ensureHelpers } from "./build.ts";
import { erfExact } from "./fixed-point.ts";
import { around, between, patterns } from "./inputs.ts";
import { worstInF64, worstOverF32 } from "./measure.ts";
import { floats, helper, lanesAreAlone } from "./run-helper.ts";
import { ulpsInF64 } from "./ulps.ts";

ensureHelpers();

/** Where the method changes, and where erf becomes 1. */
const seams = [1, -1, 3.8325, 4, 5.8636, 5.921587, 5.95];

test("erf: at most 3 ulp on all of f32", async () => {
  const run = await helper("erf", "f32");
  const { ulps, at } = worstOverF32(run, erfReference, [-4.2, 4.2], around("f32", seams));
  expect(ulps, `at ${at}`).toBeLessThan(3);
});

test("erf: at most 4 ulp on f64", async () => {
  const run = await helper("erf", "f64");
  const spread = [...patterns("f64", 4000)].filter((x) => Math.abs(x) < 7 && Math.abs(x) > 2 ** -100);
  const inputs = [
    ...spread,
    ...between("f64", -1.2, 1.2, 4000),
    ...between("f64", -6, 6, 4000),
    ...around("f64", seams),
  ];
  const { ulps, at } = worstInF64(run, erfExact, [floats("f64", inputs)]);
  expect(ulps, `at ${at}`).toBeLessThan(4);
});

test("the reference of the f32 test is good to 20 ulp of f64", () => {
  const inputs = [...between("f64", -6, 6, 2000)];
  const errors = inputs.map((x) => ulpsInF64(erfReference(x), erfExact(x)));
  expect(Math.max(...errors)).toBeLessThan(20);
});

describe.each(["f32", "f64"] as const)("%s", (dtype) => {
  test("erf: zeros keep their sign, infinities give 1 and -1, NaN stays, denormals are kept", async () => {
    const run = await helper("erf", dtype);
    const tiny = dtype === "f32" ? 2 ** -149 : 2 ** -1074;
    const results = run(floats(dtype, [0, -0, Infinity, -Infinity, Number.NaN, tiny, -1000 * tiny, 1e30]));
    expect([...results]).toEqual([0, -0, 1, -1, Number.NaN, tiny, -1128 * tiny, 1]);
  });

  test("erf: no lane sees another", async () => {
    const run = await helper("erf", dtype);
    expect(lanesAreAlone(run, dtype, [0.5, Infinity, -2, Number.NaN, 1e-30, 7, -0.99, 1])).toBe(true);
  });
});

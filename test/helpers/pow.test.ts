/** pow against Math.pow (f32 and special values), and against series to 256 bits (f64). */
import { describe, expect, test } from "vitest";
import { ensureHelpers } from "./build.ts";
import { powExact } from "./fixed-point.ts";
import { around, between, blockCount, inputCount, patterns } from "./inputs.ts";
import { worstInF32, worstInF64 } from "./measure.ts";
import { type Floats, floats, helper, lanesAreAlone } from "./run-helper.ts";

ensureHelpers();

/** For each x > 0 a y that makes |log2 x^y| at most `range`. */
const powersWithin = (range: number, x: Floats): Floats =>
  between(x instanceof Float32Array ? "f32" : "f64", -range, range, x.length).map(
    (z, i) => z / Math.log2(x[i]!),
  ) as Floats;

/** Bases at all scales, then ever nearer to 1. */
const basesNear = (x: Floats): Floats =>
  x.map((value, i) => (i % 2 ? Math.abs(value) : 1 + (i % 4 ? 1 : -1) * 2 ** (-1 - (i % 50)))) as Floats;

test("pow: at most 1 ulp on all of f32", async () => {
  const run = await helper("pow", "f32");
  for (let from = 0; from < inputCount; from += 4 * blockCount) {
    const x = patterns("f32", blockCount, from);
    const base = basesNear(x);
    const small = between("f32", -12, 12, blockCount, from);
    const kinds: [Floats, Floats][] = [
      [x, patterns("f32", blockCount, 7 * from + 1)],
      [base, powersWithin(151, base)],
      [small, between("f32", -30, 30, blockCount, 3 * from + 5)],
      [small, small.map((_, i) => (i % 61) - 30) as Floats],
    ];
    for (const args of kinds) {
      const { ulps, at } = worstInF32(run, Math.pow, args);
      expect(ulps, `at ${at}`).toBeLessThan(1);
    }
  }
});

test("pow: at most 2 ulp on f64", async () => {
  const run = await helper("pow", "f64");
  const x = floats("f64", [...patterns("f64", 6000), ...around("f64", [1, Math.SQRT1_2, Math.SQRT2, 2 ** -1022])]);
  const base = basesNear(x).map((value) => (Number.isFinite(value) && value > 0 ? value : 3)) as Floats;
  const powers = powersWithin(1020, base).map((y) => (Number.isFinite(y) ? y : 0.5)) as Floats;
  const { ulps, at } = worstInF64(run, powExact, [base, powers]);
  expect(ulps, `at ${at}`).toBeLessThan(2);
});

test("pow: f64 results below the normal range are rounded once", async () => {
  const run = await helper("pow", "f64");
  const base = between("f64", 0.1, 10, 2000);
  const powers = between("f64", 1022, 1080, 2000).map((z, i) => -z / Math.log2(base[i]!)) as Floats;
  const { ulps, at } = worstInF64(run, powExact, [base, powers]);
  expect(ulps, `at ${at}`).toBeLessThan(1);
});

describe.each(["f32", "f64"] as const)("%s", (dtype) => {
  const values = [0, 0.5, 1, 1.5, 2, 3, 2 ** 24, 2 ** 24 + 2, 2 ** 53, 2 ** 100, Infinity];
  const tiny = dtype === "f32" ? 2 ** -149 : 2 ** -1074;
  const specials = [...values, tiny, 0.999].flatMap((value) => [value, -value]).concat(Number.NaN);
  const pairs = specials.flatMap((x) => specials.map((y) => [x, y] as const));

  test("pow: zeros, infinities, NaN, signs and odd powers are those of Math.pow", async () => {
    const run = await helper("pow", dtype);
    const x = floats(
      dtype,
      pairs.map(([first]) => first),
    );
    const y = floats(
      dtype,
      pairs.map(([, second]) => second),
    );
    run(x, y).forEach((got, i) => {
      const exact = x[i]! ** y[i]!;
      const kind = (value: number) => (Number.isFinite(value) && value !== 0 ? Math.sign(value) : value);
      const rounded = dtype === "f32" ? Math.fround(exact) : exact;
      expect([x[i], y[i], kind(got)]).toEqual([x[i], y[i], kind(rounded)]);
    });
  });

  test("pow: no lane sees another", async () => {
    const run = await helper("pow", dtype);
    const few = pairs.filter((_, i) => i % 7 === 0).slice(0, 96);
    expect(
      lanesAreAlone(
        run,
        dtype,
        few.map(([x]) => x),
        few.map(([, y]) => y),
      ),
    ).toBe(true);
  });
});

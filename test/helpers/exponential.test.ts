/** exp, log and the functions made of them: their contracts, in f32 by Math, in f64 by exact arithmetic. */
import { describe, expect, test } from "vitest";
import { ensureHelpers } from "./build.ts";
import {
  expExact,
  expm1Exact,
  log1pExact,
  logExact,
  sigmoidExact,
  softplusExact,
  tanhExact,
} from "./exact-exponential.ts";
import { around, between, patterns } from "./inputs.ts";
import { worstBeside, worstInF64, worstOverF32 } from "./measure.ts";
import { floats, helper, lanesAreAlone } from "./run-helper.ts";
import type { Exact } from "./ulps.ts";

ensureHelpers();

type Range = readonly [number, number];

interface Contract {
  readonly name: string;
  readonly f32: { readonly ulps: number; readonly reference: (x: number) => number; readonly range: Range };
  readonly f64: { readonly ulps: number; readonly exact: (x: number) => Exact; readonly ranges: readonly Range[] };
  /** Where the method changes its way, or its result meets an end of the format. */
  readonly turns: readonly number[];
  /** Argument, result; the same in f32 and f64. */
  readonly special: readonly (readonly [number, number])[];
}

const { log, LN2 } = Math;
const halfLn2 = LN2 / 2;
/** Arguments whose powers of e are the least normal and denormal f32 numbers, and the first beyond the largest. */
const powerEnds = [-126 * LN2, -149 * LN2, -150 * LN2, 128 * LN2];

const leastNormal = 2 ** -1022;
/** Denormals of f64, and where its powers of e become denormals or 0. */
const f64Ends = [1, 1 / 2, 1 / 3, 2 ** -52].flatMap((part) => [part * leastNormal, -part * leastNormal]);
const f64PowerEnds = [-1022, -1050, -1074, -1075].map((n) => n * LN2);

/** Ulps by which Math, and the expressions below of its functions, may be off in f64. */
const mathUlps = 2;

const sigmoid = (x: number) => (x < 0 ? Math.exp(x) / (1 + Math.exp(x)) : 1 / (1 + Math.exp(-x)));

const contracts: readonly Contract[] = [
  {
    name: "exp",
    f32: { ulps: 2, reference: Math.exp, range: [-104, 89] },
    f64: {
      ulps: 1.5,
      exact: expExact,
      ranges: [
        [-1, 1],
        [-745, 709.7],
      ],
    },
    turns: [halfLn2, -halfLn2, ...powerEnds, -104, 89],
    special: [
      [0, 1],
      [-0, 1],
      [-Infinity, 0],
      [Infinity, Infinity],
      [-1e30, 0],
      [1e30, Infinity],
    ],
  },
  {
    name: "expm1",
    f32: { ulps: 4, reference: Math.expm1, range: [-20, 89] },
    f64: {
      ulps: 2,
      exact: expm1Exact,
      ranges: [
        [-1, 1],
        [-40, 709.7],
      ],
    },
    turns: [halfLn2, -halfLn2, 3 * halfLn2, 1e-8, -1e-8, -20, 128 * LN2],
    special: [
      [0, 0],
      [-0, -0],
      [-Infinity, -1],
      [Infinity, Infinity],
      [1e-42, 1e-42],
      [-1e-42, -1e-42],
    ],
  },
  {
    name: "log",
    f32: { ulps: 2, reference: Math.log, range: [0.25, 4] },
    f64: {
      ulps: 1.5,
      exact: logExact,
      ranges: [
        [0.25, 4],
        [1e-60, 1e-59],
        [1e299, 1e300],
      ],
    },
    turns: [Math.SQRT1_2, 1, Math.SQRT2, 2 ** -126, 2 ** -127, 2 ** 127],
    special: [
      [0, -Infinity],
      [-0, -Infinity],
      [1, 0],
      [Infinity, Infinity],
      [-1, NaN],
      [-1e-42, NaN],
      [-Infinity, NaN],
    ],
  },
  {
    name: "log1p",
    f32: { ulps: 4, reference: Math.log1p, range: [-1, 4] },
    f64: {
      ulps: 2,
      exact: log1pExact,
      ranges: [
        [-0.99, 1],
        [-1e-9, 1e-9],
        [1e299, 1e300],
      ],
    },
    turns: [Math.SQRT1_2 - 1, Math.SQRT2 - 1, 1e-8, -1e-8, 2 ** 127],
    special: [
      [0, 0],
      [-0, -0],
      [-1, -Infinity],
      [-1.5, NaN],
      [-Infinity, NaN],
      [Infinity, Infinity],
      [-1e-42, -1e-42],
    ],
  },
  {
    name: "tanh",
    f32: { ulps: 4, reference: Math.tanh, range: [-10, 10] },
    f64: {
      ulps: 3,
      exact: tanhExact,
      ranges: [
        [-1, 1],
        [-19, 19],
      ],
    },
    turns: [halfLn2 / 2, -halfLn2 / 2, 1.5 * halfLn2, 9, 10, -10, 20],
    special: [
      [0, 0],
      [-0, -0],
      [-Infinity, -1],
      [Infinity, 1],
      [1e-42, 1e-42],
      [-1e-42, -1e-42],
      [1e30, 1],
    ],
  },
  {
    name: "sigmoid",
    f32: { ulps: 4, reference: sigmoid, range: [-104, 20] },
    f64: {
      ulps: 2.5,
      exact: sigmoidExact,
      ranges: [
        [-1, 1],
        [-700, 40],
      ],
    },
    turns: [halfLn2, -halfLn2, ...powerEnds, -104, 104],
    special: [
      [0, 0.5],
      [-0, 0.5],
      [-Infinity, 0],
      [Infinity, 1],
      [1e30, 1],
      [-1e30, 0],
    ],
  },
  {
    name: "softplus",
    f32: { ulps: 4, reference: (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))), range: [-104, 20] },
    f64: {
      ulps: 3,
      exact: softplusExact,
      ranges: [
        [-1, 1],
        [-700, 40],
      ],
    },
    turns: [halfLn2, -halfLn2, ...powerEnds, -104, 104],
    special: [
      [-Infinity, 0],
      [Infinity, Infinity],
      [1e30, 1e30],
      [-1e30, 0],
    ],
  },
];

describe.each(contracts)("$name", ({ name, f32, f64, turns, special }) => {
  test(`${name}: at most ${f32.ulps} ulp on all of f32`, async () => {
    const run = await helper(name, "f32");
    const worst = worstOverF32(run, f32.reference, f32.range, around("f32", turns));
    expect(worst.ulps, `at ${worst.at}`).toBeLessThanOrEqual(f32.ulps);
  });

  test(`${name}: at most ${f64.ulps} ulp in f64, by samples`, async () => {
    const inputs = f64.ranges.flatMap(([low, high]) => [...between("f64", low, high, 512)]);
    const worst = worstInF64(await helper(name, "f64"), f64.exact, [floats("f64", inputs)]);
    expect(worst.ulps, `at ${worst.at}`).toBeLessThanOrEqual(f64.ulps);
  });

  test(`${name}: at most ${f64.ulps + mathUlps} ulp beside Math on all of f64, denormals too`, async () => {
    const inputs = [...patterns("f64", 2 ** 15), ...f64Ends, ...around("f64", [...turns, ...f64PowerEnds])];
    const worst = worstBeside(await helper(name, "f64"), f32.reference, [floats("f64", inputs)]);
    expect(worst.ulps, `at ${worst.at}`).toBeLessThanOrEqual(f64.ulps + mathUlps);
  });

  test.each(["f32", "f64"] as const)(`${name}: special values in %s`, async (dtype) => {
    const [x, y] = [0, 1].map((side) =>
      floats(
        dtype,
        [...special, [NaN, NaN]].map((pair) => pair[side]!),
      ),
    );
    expect([...(await helper(name, dtype))(x!)]).toEqual([...y!]);
  });

  test.each(["f32", "f64"] as const)(`${name}: a lane's bits do not depend on the others, in %s`, async (dtype) => {
    const values = [
      ...turns,
      0,
      -0,
      NaN,
      1e30,
      -1e30,
      0.3,
      -0.7,
      1e-42,
      Infinity,
      -Infinity,
      50,
      -50,
      17,
      log(3),
      90,
      -90,
    ];
    expect(lanesAreAlone(await helper(name, dtype), dtype, values)).toBe(true);
  });
});

test.each(["f32", "f64"] as const)("tanh -x is -tanh x to the bit, in %s", async (dtype) => {
  const run = await helper("tanh", dtype);
  const x = patterns(dtype, 2 ** 16);
  const there = run(x);
  const back = run(x.map((value) => -value));
  expect([...x].filter((_, i) => !Object.is(back[i], -there[i]!))).toEqual([]);
});

/** Schedules as the module computes them, against their formulas. */
import {
  constant,
  cosine,
  exponential,
  inverseTime,
  meanSquaredError,
  model,
  mul,
  oneCycle,
  parameter,
  plateau,
  type Rate,
  sgd,
  stepDecay,
} from "nabla";
import { load } from "nabla/runtime";
import { describe, expect, test } from "vitest";
import { compile } from "../../compiler/compile.ts";
import type { FloatType } from "../../compiler/graph/types.ts";

const { cos, PI } = Math;
const half = (p: number): number => (1 + cos(PI * p)) / 2;

/** The rate after t steps, written from the documentation. */
const cases: [name: string, rate: Rate, byHand: (t: number) => number][] = [
  ["a number", 0.125, () => 0.125],
  ["stepDecay", stepDecay({ from: 0.1, factor: 0.5, every: 7 }), (t) => 0.1 * 0.5 ** Math.floor(t / 7)],
  ["exponential", exponential({ from: 0.2, factor: 0.9, every: 5 }), (t) => 0.2 * 0.9 ** (t / 5)],
  ["inverseTime", inverseTime({ from: 0.3, every: 10 }), (t) => 0.3 / (1 + t / 10)],
  ["cosine", cosine({ from: 0.1, steps: 40 }), (t) => 0.1 * half(Math.min(t / 40, 1))],
  [
    "cosine with a floor and a warm-up",
    cosine({ from: 0.1, to: 0.01, steps: 50, warmup: 10 }),
    (t) => (t < 10 ? (0.1 * (t + 1)) / 11 : 0.01 + 0.09 * half(Math.min((t - 10) / 40, 1))),
  ],
  [
    "oneCycle",
    oneCycle({ peak: 1, steps: 50 }),
    (t) => (t < 15 ? 0.04 + 0.96 * (1 - half(t / 15)) : 4e-6 + (1 - 4e-6) * half(Math.min((t - 15) / 35, 1))),
  ],
  [
    "oneCycle, all options",
    oneCycle({ peak: 0.5, steps: 30, warmup: 6, from: 0.1, to: 0.02 }),
    (t) => (t < 6 ? 0.1 + 0.4 * (1 - half(t / 6)) : 0.02 + 0.48 * half(Math.min((t - 6) / 24, 1))),
  ],
  ["oneCycle of one step", oneCycle({ peak: 0.5, steps: 1 }), (t) => (t === 0 ? 0.5 : 2e-6)],
];

/** Shows the rate of a step: w = 0 has the gradient 1, so that w is -rate after it. */
async function meter(rate: Rate, dtype: FloatType) {
  const built = await compile(
    model({
      inputs: { x: [] },
      targets: { y: [] },
      batch: 1,
      forward: ({ x }) => ({ y: mul(x, parameter([], constant(0), { name: "w" })) }),
      loss: ({ y }, targets) => meanSquaredError(y, targets.y),
      optimizer: sgd({ rate }),
    }),
    { dtype },
  );
  const net = await load(built.wasm as Uint8Array<ArrayBuffer>);
  const next = (): number => {
    net.parameters.w!.fill(0);
    net.step({ x: [1] }, { y: [-0.5] });
    return -net.parameters.w![0]!;
  };
  /** The rate of the step that `done` steps were taken before. */
  const after = (done: number): number => {
    net.restore({ ...net.save(), step: done });
    return next();
  };
  return { net, next, after };
}

/** Of the highest rate: helpers of 4 ulp, and the count of steps in f32. */
const tolerance = { f32: 1e-6, f64: 1e-14 };

describe.each(["f32", "f64"] as const)("in %s", (dtype) => {
  test.each(cases)("%s", async (_name, rate, byHand) => {
    const { next, after } = await meter(rate, dtype);
    const highest = Math.max(...Array.from({ length: 60 }, (_, t) => byHand(t)));
    for (let t = 0; t < 60; t++)
      expect(Math.abs(next() - byHand(t)) / highest, `t = ${t}`).toBeLessThan(tolerance[dtype]);
    for (const t of [99, 1000, 123_457, 2 ** 24 - 1]) {
      expect(Math.abs(after(t) - byHand(t)) / highest, `t = ${t}`).toBeLessThan(tolerance[dtype]);
    }
  });
});

test("warm-ups meet what follows, and ends are exact", async () => {
  const warm = await meter(cosine({ from: 0.125, steps: 20, warmup: 4 }), "f64");
  expect(warm.after(4)).toBe(0.125);
  expect(warm.after(3)).toBeCloseTo(0.1, 14);
  const cycle = await meter(oneCycle({ peak: 0.25, steps: 10, warmup: 3, from: 0.125, to: 0.0625 }), "f32");
  expect([cycle.after(0), cycle.after(3), cycle.after(10)]).toEqual([0.125, 0.25, 0.0625]);
});

test("the count of steps is the module's own: init starts over, restore goes on", async () => {
  const { net, next } = await meter(exponential({ from: 1, factor: 0.5, every: 1 }), "f64");
  expect([next(), next()]).toEqual([1, 0.5]);
  const saved = structuredClone(net.save());
  expect([next(), next()]).toEqual([0.25, 0.125]);
  net.restore(saved);
  expect(next()).toBe(0.25);
  net.init(3);
  expect(next()).toBe(1);
});

describe("plateau", () => {
  test("follows the factor that the driver sets, down to the least", async () => {
    const { net, next } = await meter(plateau({ from: 0.5, least: 0.1 }), "f32");
    expect(Object.keys(net.optimizer)).toEqual(["plateau.factor", "plateau.best", "plateau.waited"]);
    expect(next()).toBe(0.5);
    net.optimizer["plateau.factor"]!.fill(0.5);
    expect([next(), next()]).toEqual([0.25, 0.25]);
    net.optimizer["plateau.factor"]!.fill(0.01);
    expect(next()).toBe(Math.fround(0.1));
    net.init(0);
    expect(next()).toBe(0.5);
  });
});

/** Clipping by norm where squares of the gradients would overflow or vanish, and what gradients that are no numbers do. */
import { add, batchSum, model, mul, ones, parameter, sgd, sum } from "nabla";
import { load } from "nabla/runtime";
import { beforeAll, describe, expect, test } from "vitest";
import { compile } from "../../compiler/compile.ts";

type Net = Awaited<ReturnType<typeof load>>;
const limit = 0.5;

/** The loss is p . x + q . y, so that the gradients are x and y, which no step has met before. */
const clippedTo = (norm: number) =>
  model({
    inputs: { x: [2], y: [1] },
    targets: {},
    batch: 1,
    forward({ x, y }) {
      const [p, q] = [parameter([2], ones(), { name: "p" }), parameter([1], ones(), { name: "q" })];
      return { product: sum(mul(x, p)), other: sum(mul(y, q)) };
    },
    loss: ({ product, other }) => add(batchSum(product), batchSum(other)),
    optimizer: sgd({ rate: 1, clip: { norm } }),
  });

function moved(net: Net, gradient: readonly number[]): number[] {
  net.init(0);
  net.step({ x: gradient.slice(0, 2), y: gradient.slice(2) }, {});
  return ["p", "q"].flatMap((name) => [...net.parameters[name]!]).map((value) => 1 - value);
}

describe.each([
  { dtype: "f32", digits: 1e-6, sizes: [1e-30, 1e-24, 1e-15, 1, 1e11, 1e15, 1e19, 1e30, 7e37] },
  { dtype: "f64", digits: 1e-14, sizes: [1e-300, 1e-200, 1e-140, 1, 1e110, 1e130, 1e160, 1e300, 3e307] },
] as const)("$dtype", ({ dtype, digits, sizes }) => {
  let net: Net;
  beforeAll(async () => {
    net = await load((await compile(clippedTo(limit), { mode: "train", dtype })).wasm);
  });

  test.each(sizes.filter((size) => size > limit))(
    "gradients of %s: a step of the limit's length along them",
    (size) => {
      const step = moved(net, [3 * size, -4 * size, 0]);
      expect(Math.max(...[0.3, -0.4, 0].map((want, i) => Math.abs(step[i]! - want)))).toBeLessThan(digits);
      const spread = moved(net, [size, size, -size]);
      expect(Math.abs(Math.hypot(...spread) - limit)).toBeLessThan(digits);
    },
  );

  test.each(sizes.filter((size) => size < limit / 10))("gradients of %s stay as they are", (size) => {
    net.init(0);
    net.parameters.p!.set([0, 0]);
    net.step({ x: [3 * size, -4 * size], y: [0] }, {});
    const round = dtype === "f32" ? Math.fround : Number;
    expect([...net.parameters.p!]).toEqual([-round(3 * size), round(4 * size)]);
  });

  test("zeros stay zeros; an infinity or NaN anywhere makes all NaN", () => {
    expect(moved(net, [0, -0, 0])).toEqual([0, 0, 0]);
    for (const wrong of [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN]) {
      expect(moved(net, [1, 2, wrong])).toEqual([Number.NaN, Number.NaN, Number.NaN]);
    }
  });
});

test.each([
  { dtype: "f32", size: 7e37, limits: [1e-3, 1e-6, 2 ** 40, 2 ** 60], digits: 1e-6 },
  { dtype: "f64", size: 3e307, limits: [1e-10, 2 ** 300, 2 ** 410], digits: 1e-14 },
] as const)("$dtype: limits so far below the gradients that their quotient has no digits", async (of) => {
  for (const norm of of.limits) {
    const net = await load((await compile(clippedTo(norm), { mode: "train", dtype: of.dtype })).wasm);
    net.parameters.p!.set([0, 0]);
    net.step({ x: [3 * of.size, -4 * of.size], y: [0] }, {});
    const step = [...net.parameters.p!].map((value) => value / norm);
    expect(Math.max(...[-0.6, 0.8].map((want, i) => Math.abs(step[i]! - want)))).toBeLessThan(of.digits);
  }
});

/** Losses of real values and of independent labels, in float64: values against their formulas, derivatives against differences. */
import {
  add,
  batchMean,
  huber,
  meanAbsoluteError,
  meanSquaredError,
  mul,
  sigmoidCrossEntropy,
  square,
  type Tensor,
} from "nabla";
import { describe, expect, test } from "vitest";
import { expectGradient, gradientOf, perRow, run, shapeOf } from "./support.ts";

type Two = Tensor<[2]>;

function huberOf(error: number, delta: number): number {
  const size = Math.abs(error);
  return size <= delta ? 0.5 * error ** 2 : delta * (size - 0.5 * delta);
}

/** For each loss: the function, and its value for one pair. */
const pairwise: [name: string, body: (x: Two, y: Two) => unknown, formula: (x: number, y: number) => number][] = [
  [
    "sigmoidCrossEntropy",
    (x, y) => sigmoidCrossEntropy(x, y),
    (x, y) => -(y * Math.log(1 / (1 + Math.exp(-x))) + (1 - y) * Math.log(1 - 1 / (1 + Math.exp(-x)))),
  ],
  ["meanSquaredError", (x, y) => meanSquaredError(x, y), (x, y) => (x - y) ** 2],
  ["meanAbsoluteError", (x, y) => meanAbsoluteError(x, y), (x, y) => Math.abs(x - y)],
  ["huber", (x, y) => huber(x, y), (x, y) => huberOf(x - y, 1)],
  ["huber, 0.3", (x, y) => huber(x, y, 0.3), (x, y) => huberOf(x - y, 0.3)],
];

describe.each(pairwise)("%s", (_name, body, formula) => {
  const x = [1.5, -2, 0.25, 3, -0.75, 0.1];
  const y = [1, 0, 0.75, 1, 0.5, 0.2];

  test("is the mean over the rows given and their elements", () => {
    for (const count of [2, 4, 6]) {
      const expected = x.slice(0, count).reduce((total, value, i) => total + formula(value, y[i]!), 0) / count;
      expect(run(body, perRow(2, x.slice(0, count)), perRow(2, y.slice(0, count)))[0]).toBeCloseTo(expected, 13);
    }
    expect(shapeOf(body, perRow(2, x), perRow(2, y))).toEqual([]);
  });
  test("has the derivative that central differences give, in both arguments", () => {
    expectGradient(body, perRow(2, x), perRow(2, y));
    expectGradient(body, perRow(2, x.slice(0, 2)), perRow(2, y.slice(0, 2)));
  });
  test.each([[[1e4, -1e4]], [[-1e4, 1e4]], [[0, 0]]])("is finite with its derivative at %s", (extreme) => {
    const given = [perRow(2, extreme), perRow(2, [0, 1])] as const;
    for (const value of [...run(body, ...given), ...gradientOf(body, ...given)])
      expect(value).toSatisfy(Number.isFinite);
  });
});

test("sigmoidCrossEntropy stays exact for logits of 1e4", () => {
  const body = (x: Two, y: Two) => sigmoidCrossEntropy(x, y);
  expect(run(body, perRow(2, [1e4, -1e4]), perRow(2, [1, 0]))).toEqual([0]);
  expect(run(body, perRow(2, [1e4, -1e4]), perRow(2, [0, 1]))).toEqual([1e4]);
});

test("at equality meanAbsoluteError and huber have the derivative 0", () => {
  const given = [perRow(2, [3, 1]), perRow(2, [3, 1])] as const;
  expect(gradientOf((x: Two, y: Two) => meanAbsoluteError(x, y), ...given)).toEqual([0, 0]);
  expect(gradientOf((x: Two, y: Two) => huber(x, y), ...given)).toEqual([0, 0]);
});

test("several losses are weighted by arithmetic, with auxiliary terms beside them", () => {
  const x = [1, 2, -3, 0.5];
  const y = [0, 1, 1, 1];
  const body = (a: Two, b: Two) =>
    add(add(meanSquaredError(a, b), mul(0.5, meanAbsoluteError(a, b))), mul(0.01, batchMean(square(a))));
  for (const count of [2, 4]) {
    const mean = (f: (x: number, y: number) => number) =>
      x.slice(0, count).reduce((total, v, i) => total + f(v, y[i]!), 0) / count;
    const expected = mean((a, b) => (a - b) ** 2) + 0.5 * mean((a, b) => Math.abs(a - b)) + 0.01 * mean((a) => a * a);
    const given = [perRow(2, x.slice(0, count)), perRow(2, y.slice(0, count))] as const;
    expect(run(body, ...given)[0]).toBeCloseTo(expected, 13);
    expectGradient(body, ...given);
  }
});

/** Activations without parameters, in float64: values against formulas of their own, derivatives against differences. */

import type { Tensor } from "nabla";
import * as nabla from "nabla";
import { describe, expect, test } from "vitest";
import { expectClose, expectGradient, gradientOf, perRow, run } from "./support.ts";

type Vector = Tensor<number[]>;
const points = [-1e4, -30, -2.5, -0.3, 0, 0.4, 1, 3.7, 40, 1e4];
/** Away from the kinks, where no derivative exists. */
const smooth = [-3.1, -1.2, -0.4, 0.3, 0.9, 2.6, 3.4];

const logistic = (x: number): number => 0.5 * (1 + Math.tanh(x / 2));

const density = (z: number): number => Math.exp(-z * z * 0.5) / Math.sqrt(2 * Math.PI);

/** P(z < x) for a standard normal z, by Simpson's rule on the density. */
function normalBelow(x: number): number {
  if (Math.abs(x) > 12) return x > 0 ? 1 : 0;
  const steps = 4000;
  const h = x / steps;
  let total = density(0) + density(x);
  for (let i = 1; i < steps; i++) total += (i % 2 === 1 ? 4 : 2) * density(i * h);
  return 0.5 + (total * h) / 3;
}

/** tanh(ln(1 + e^x)) without either function. */
function mishGate(x: number): number {
  const square = (1 + Math.exp(x)) ** 2;
  return x > 30 ? 1 : (square - 1) / (square + 1);
}

const clip = (x: number, low: number, high: number): number => Math.min(Math.max(x, low), high);

const elementwise: [name: string, body: (x: Vector) => Vector, formula: (x: number) => number][] = [
  ["identity", nabla.identity, (x) => x],
  ["relu", nabla.relu, (x) => Math.max(x, 0)],
  ["leakyRelu", nabla.leakyRelu, (x) => Math.max(x, 0.01 * x)],
  ["leakyRelu, 0.2", (x) => nabla.leakyRelu(x, 0.2), (x) => Math.max(x, 0.2 * x)],
  ["elu", nabla.elu, (x) => (x > 0 ? x : Math.exp(x) - 1)],
  ["elu, 1.7", (x) => nabla.elu(x, 1.7), (x) => (x > 0 ? x : 1.7 * (Math.exp(x) - 1))],
  ["selu", nabla.selu, (x) => 1.0507009873554805 * (x > 0 ? x : 1.6732632423543772 * (Math.exp(x) - 1))],
  ["sigmoid", nabla.sigmoid, logistic],
  ["logSigmoid", nabla.logSigmoid, (x) => (x < -30 ? x : -Math.log1p(Math.exp(-x)))],
  ["tanh", nabla.tanh, (x) => 1 - 2 / (Math.exp(2 * x) + 1)],
  ["softplus", nabla.softplus, (x) => (x > 30 ? x : Math.log1p(Math.exp(x)))],
  ["silu", nabla.silu, (x) => x * logistic(x)],
  ["mish", nabla.mish, (x) => x * mishGate(x)],
  ["gelu", nabla.gelu, (x) => x * normalBelow(x)],
  [
    "gelu by tanh",
    (x) => nabla.gelu(x, { approximate: "tanh" }),
    (x) => 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3))),
  ],
  ["hardSigmoid", nabla.hardSigmoid, (x) => clip(x / 6 + 0.5, 0, 1)],
  ["hardSwish", nabla.hardSwish, (x) => x * clip(x / 6 + 0.5, 0, 1)],
];

describe.each(elementwise)("%s", (_name, body, formula) => {
  test("is its formula, also far from 0", () => {
    expectClose(run(body, perRow(points.length, points)), points.map(formula));
  });
  test("has the derivative that central differences give", () => {
    expectGradient(body, perRow(smooth.length, smooth));
  });
  test("has a finite derivative far from 0", () => {
    expectGradient(body, perRow(2, [-1e4, 1e4]));
  });
});

test("gelu by tanh is within 5e-4 of gelu", () => {
  const x = Array.from({ length: 801 }, (_, i) => i / 100 - 4);
  const exact = run((v: Vector) => nabla.gelu(v), perRow(x.length, x));
  const approximate = run((v: Vector) => nabla.gelu(v, { approximate: "tanh" }), perRow(x.length, x));
  const worst = Math.max(...exact.map((value, i) => Math.abs(value - approximate[i]!)));
  expect(worst).toBeGreaterThan(1e-4);
  expect(worst).toBeLessThan(5e-4);
});

test("selu keeps mean 0 and variance 1 of a standard normal", () => {
  const z = Array.from({ length: 4001 }, (_, i) => i / 200 - 10);
  const y = run(nabla.selu as never, perRow(z.length, z));
  const expected = (f: (y: number) => number) =>
    y.reduce((total, v, i) => total + f(v) * density(z[i]!) * (1 / 200), 0);
  expect(expected((v) => v)).toBeCloseTo(0, 4);
  expect(expected((v) => v * v)).toBeCloseTo(1, 4);
});

describe("at a kink the derivative is the one documented", () => {
  const slopes = (body: (x: Vector) => Vector, x: number[]) =>
    gradientOf((v: Vector) => nabla.batchSum(body(v)), perRow(x.length, x));
  const unit = slopes(nabla.identity, [0])[0]!;
  const at = (body: (x: Vector) => Vector, ...x: number[]) => slopes(body, x).map((slope) => slope / unit);

  test("0 of relu at 0", () => expect(at(nabla.relu, 0)).toEqual([0]));
  test("alpha of leakyRelu and elu at 0", () => {
    expect(at((x) => nabla.leakyRelu(x, 0.125), 0)).toEqual([0.125]);
    expect(at((x) => nabla.elu(x, 0.125), 0)).toEqual([0.125]);
  });
  test("0 of hardSigmoid at -3 and 3", () => expect(at(nabla.hardSigmoid, -3, 3)).toEqual([0, 0]));
});

const rows = [1, 2, 3, -1, 0, 5, 0.5, 0.5, -2];

describe("softmax", () => {
  test("is e^x over its sum, row by row", () => {
    const values = run(nabla.softmax as never, perRow(3, rows));
    for (let row = 0; row < 3; row++) {
      const weights = rows.slice(3 * row, 3 * row + 3).map(Math.exp);
      const total = weights[0]! + weights[1]! + weights[2]!;
      expectClose(
        values.slice(3 * row, 3 * row + 3),
        weights.map((weight) => weight / total),
      );
    }
  });
  test("stays finite for logits of 1e4", () => {
    expect(run(nabla.softmax as never, perRow(3, [1e4, -1e4, 1e4]))).toEqual([0.5, 0, 0.5]);
  });
  test("of a single class is 1, without a derivative", () => {
    expect(run(nabla.softmax as never, perRow(1, [-1e4, 7]))).toEqual([1, 1]);
    expect(gradientOf(nabla.softmax as never, perRow(1, [-1e4, 7]))).toEqual([0, 0]);
  });
  test("has the derivative that central differences give", () => {
    expectGradient(nabla.softmax as never, perRow(3, rows));
  });
});

describe("logSoftmax", () => {
  test("is the logarithm of softmax", () => {
    const expected = run(nabla.softmax as never, perRow(3, rows)).map(Math.log);
    expectClose(run(nabla.logSoftmax as never, perRow(3, rows)), expected);
  });
  test("keeps its digits where softmax is 0", () => {
    expect(run(nabla.logSoftmax as never, perRow(3, [1e4, -1e4, 1e4 - 1]))[1]).toBeCloseTo(
      -2e4 - Math.log1p(Math.exp(-1)),
      9,
    );
  });
  test("has the derivative that central differences give", () => {
    expectGradient(nabla.logSoftmax as never, perRow(3, rows));
    expectGradient(nabla.logSoftmax as never, { dims: ["n", 2, 2], data: rows.slice(0, 8) });
  });
});

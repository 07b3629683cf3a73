import { elu, identity, leakyRelu, logSoftmax, relu, sigmoid, silu, softmax, softplus, type Tensor, tanh } from "nabla";
import { describe, expect, test } from "vitest";
import { expectClose, expectGradient, perRow, run } from "./support.ts";

type Vector = Tensor<number[]>;
const points = [-1e4, -30, -2.5, -0.3, 0, 0.4, 1, 3.7, 40, 1e4];
/** Away from the kink at 0, where no derivative exists. */
const smooth = [-3.1, -1.2, -0.4, 0.3, 0.9, 2.6];

const elementwise: [name: string, body: (x: Vector) => Vector, formula: (x: number) => number][] = [
  ["identity", identity, (x) => x],
  ["relu", relu, (x) => Math.max(x, 0)],
  ["sigmoid", sigmoid, (x) => 0.5 * (1 + Math.tanh(x / 2))],
  ["tanh", tanh, (x) => 1 - 2 / (Math.exp(2 * x) + 1)],
  ["softplus", softplus, (x) => (x > 30 ? x : Math.log1p(Math.exp(x)))],
  ["silu", silu, (x) => x * 0.5 * (1 + Math.tanh(x / 2))],
  ["leakyRelu", leakyRelu, (x) => Math.max(x, 0.01 * x)],
  ["leakyRelu, 0.2", (x) => leakyRelu(x, 0.2), (x) => Math.max(x, 0.2 * x)],
  ["elu", elu, (x) => (x > 0 ? x : Math.exp(x) - 1)],
  ["elu, 1.7", (x) => elu(x, 1.7), (x) => (x > 0 ? x : 1.7 * (Math.exp(x) - 1))],
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

const rows = [1, 2, 3, -1, 0, 5, 0.5, 0.5, -2];

describe("softmax", () => {
  test("is e^x over its sum, row by row", () => {
    const values = run(softmax as never, perRow(3, rows));
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
    expect(run(softmax as never, perRow(3, [1e4, -1e4, 1e4]))).toEqual([0.5, 0, 0.5]);
  });
  test("has the derivative that central differences give", () => {
    expectGradient(softmax as never, perRow(3, rows));
  });
});

describe("logSoftmax", () => {
  test("is the logarithm of softmax", () => {
    const expected = run(softmax as never, perRow(3, rows)).map(Math.log);
    expectClose(run(logSoftmax as never, perRow(3, rows)), expected);
  });
  test("keeps its digits where softmax is 0", () => {
    expect(run(logSoftmax as never, perRow(3, [1e4, -1e4, 1e4 - 1]))[1]).toBeCloseTo(
      -2e4 - Math.log1p(Math.exp(-1)),
      9,
    );
  });
  test("has the derivative that central differences give", () => {
    expectGradient(logSoftmax as never, perRow(3, rows));
  });
});

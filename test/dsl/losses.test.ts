import {
  type Labels,
  meanAbsoluteError,
  meanSquaredError,
  sigmoidCrossEntropy,
  softmaxCrossEntropy,
  type Tensor,
} from "nabla";
import { describe, expect, test } from "vitest";
import { expectGradient, labels, perRow, run, shapeOf } from "./support.ts";

type Two = Tensor<[2]>;
const crossEntropy = (x: Tensor<[3]>, y: Labels<3>) => softmaxCrossEntropy(x, y);

describe("softmaxCrossEntropy", () => {
  const logits = [1, 2, 3, -1, 0, 5, 0.5, 0.5, -2, 2, 2, 2];
  const classes = [0, 2, 1, 2];

  test("is the mean of -ln p[label] over the rows given", () => {
    const surprise = (row: number, label: number) => {
      const x = logits.slice(3 * row, 3 * row + 3);
      return Math.log(Math.exp(x[0]!) + Math.exp(x[1]!) + Math.exp(x[2]!)) - x[label]!;
    };
    for (const rows of [1, 2, 3, 4]) {
      const expected = classes.slice(0, rows).reduce((total, label, row) => total + surprise(row, label), 0) / rows;
      const given = [perRow(3, logits.slice(0, 3 * rows)), labels(classes.slice(0, rows))] as const;
      expect(run(crossEntropy, ...given)[0]).toBeCloseTo(expected, 13);
    }
    expect(shapeOf(crossEntropy, perRow(3, logits), labels(classes))).toEqual([]);
  });
  test("stays exact for logits of 1e4", () => {
    expect(run(crossEntropy, perRow(3, [1e4, -1e4, 0]), labels([0]))).toEqual([0]);
    expect(run(crossEntropy, perRow(3, [1e4, -1e4, 0]), labels([1]))).toEqual([2e4]);
    expect(run(crossEntropy, perRow(3, [-1e4, -1e4, -1e4]), labels([1]))[0]).toBeCloseTo(Math.log(3), 14);
  });
  test("has the derivative that central differences give", () => {
    expectGradient(crossEntropy, perRow(3, logits), labels(classes));
  });
});

/** For each loss: the function, its value for one pair, and arguments where it is smooth. */
const pairwise: [name: string, body: (x: Two, y: Two) => unknown, formula: (x: number, y: number) => number][] = [
  [
    "sigmoidCrossEntropy",
    (x, y) => sigmoidCrossEntropy(x, y),
    (x, y) => -(y * Math.log(1 / (1 + Math.exp(-x))) + (1 - y) * Math.log(1 - 1 / (1 + Math.exp(-x)))),
  ],
  ["meanSquaredError", (x, y) => meanSquaredError(x, y), (x, y) => (x - y) ** 2],
  ["meanAbsoluteError", (x, y) => meanAbsoluteError(x, y), (x, y) => Math.abs(x - y)],
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
  });
});

test("sigmoidCrossEntropy stays exact for logits of 1e4", () => {
  const body = (x: Two, y: Two) => sigmoidCrossEntropy(x, y);
  expect(run(body, perRow(2, [1e4, -1e4]), perRow(2, [1, 0]))).toEqual([0]);
  expect(run(body, perRow(2, [1e4, -1e4]), perRow(2, [0, 1]))).toEqual([1e4]);
});

import type { Parameter, Tensor } from "nabla";
import * as nabla from "nabla";
import { describe, expect, test } from "vitest";
import { expectGradient, gradientOf, perRow, run, shapeOf, shared } from "./support.ts";

type Vector = Tensor<number[]>;

const unary: [name: string, body: (x: Vector) => unknown, formula: (x: number) => number][] = [
  ["neg", nabla.neg, (x) => -x],
  ["abs", nabla.abs, Math.abs],
  ["square", nabla.square, (x) => x * x],
  ["exp", nabla.exp, Math.exp],
  ["log", nabla.log, Math.log],
  ["expm1", nabla.expm1, Math.expm1],
  ["log1p", nabla.log1p, Math.log1p],
  ["sqrt", nabla.sqrt, Math.sqrt],
  ["sin", nabla.sin, Math.sin],
  ["cos", nabla.cos, Math.cos],
];

test.each(unary)("%s applies to each element", (_name, body, formula) => {
  const x = [0.5, 1, 2.25];
  expect(run(body, perRow(3, x))).toEqual(x.map(formula));
  expectGradient(body, perRow(3, x));
});

test("erf is 0 at 0, odd, and 0.8427007929497149 at 1", () => {
  const [zero, one, minusOne] = run((x: Vector) => nabla.erf(x), perRow(3, [0, 1, -1]));
  expect(zero).toBe(0);
  expect(one).toBeCloseTo(0.8427007929497149, 14);
  expect(minusOne).toBe(-one!);
});

const binary: [name: string, body: nabla.Binary, formula: (a: number, b: number) => number][] = [
  ["add", nabla.add, (a, b) => a + b],
  ["sub", nabla.sub, (a, b) => a - b],
  ["mul", nabla.mul, (a, b) => a * b],
  ["div", nabla.div, (a, b) => a / b],
  ["pow", nabla.pow, (a, b) => a ** b],
  ["minimum", nabla.minimum, Math.min],
  ["maximum", nabla.maximum, Math.max],
];

test.each(binary)("%s applies to pairs and to numbers on either side", (_name, body, formula) => {
  const a = [0.5, 1.25, 3];
  const b = [2, 0.75, 2.5];
  const pair = (x: Vector, y: Vector) => body(x, y);
  expect(run(pair, perRow(3, a), perRow(3, b))).toEqual(a.map((x, i) => formula(x, b[i]!)));
  expect(run((x: Vector) => body(x, 2), perRow(3, a))).toEqual(a.map((x) => formula(x, 2)));
  expect(run((x: Vector) => body(2, x), perRow(3, a))).toEqual(a.map((x) => formula(2, x)));
  expectGradient(pair, perRow(3, a), perRow(3, b));
});

describe("broadcasting is per example", () => {
  const two = perRow(2, [1, 2, 3, 4, 5, 6]);
  test("a vector a row beside a matrix of more axes", () => {
    const body = (x: Tensor<[2]>, w: Parameter<[3, 2]>) => nabla.mul(x, w);
    expect(shapeOf(body, two, shared([3, 2], [1, 1, 2, 2, 3, 3]))).toEqual(["n", 3, 2]);
    expect(run(body, perRow(2, [10, 20]), shared([3, 2], [1, 1, 2, 2, 3, 3]))).toEqual([10, 20, 20, 40, 30, 60]);
    expectGradient(body, two, shared([3, 2], [1, 1, 2, 2, 3, 3]));
  });
  test("one number a row beside a vector a row: rows never meet an axis", () => {
    const body = (s: Tensor<[]>, x: Tensor<[2]>) => nabla.add(s, x);
    expect(run(body, { dims: ["n"], data: [100, 200] }, perRow(2, [1, 2, 3, 4]))).toEqual([101, 102, 203, 204]);
  });
});

describe("reductions", () => {
  const x = { dims: ["n", 2, 3] as const, data: [1, 2, 3, 4, 5, 6, -1, -2, -3, -4, -5, -6] };
  type Matrix = Tensor<[2, 3]>;

  test("axes count within an example, from the front and from the back", () => {
    expect(run((m: Matrix) => nabla.sum(m, 0), x)).toEqual([5, 7, 9, -5, -7, -9]);
    expect(run((m: Matrix) => nabla.sum(m, -1), x)).toEqual([6, 15, -6, -15]);
    expect(run((m: Matrix) => nabla.max(m, 1), x)).toEqual([3, 6, -1, -4]);
    expect(run((m: Matrix) => nabla.min(m, 1), x)).toEqual([1, 4, -3, -6]);
    expect(run((m: Matrix) => nabla.prod(m, -1), x)).toEqual([6, 120, -6, -120]);
    expect(run((m: Matrix) => nabla.mean(m), x)).toEqual([3.5, -3.5]);
    expect(run((m: Matrix) => nabla.mean(m, [1]), x)).toEqual([2, 5, -2, -5]);
    expect(shapeOf((m: Matrix) => nabla.mean(m, 1, { keep: true }), x)).toEqual(["n", 2, 1]);
  });
  test("a factor's slope is the product of the others, where some are 0 too", () => {
    const factors = { dims: ["n", 3] as const, data: [2, 0, 5, 0, 0, 7, -1, 3, 4] };
    expectGradient((v: Tensor<[3]>) => nabla.prod(v), factors);
  });
  test("batchSum and batchMean take the rows given", () => {
    expect(run((m: Matrix) => nabla.batchSum(m), { ...x, data: x.data.slice(0, 6) })).toEqual([21]);
    expect(run((m: Matrix) => nabla.batchMean(m), { ...x, data: x.data.slice(0, 6) })).toEqual([3.5]);
    expect(run((m: Matrix) => nabla.batchMean(m), x)).toEqual([0]);
    expect(run((w: Parameter<[2]>) => nabla.batchMean(w), shared([2], [1, 4]))).toEqual([2.5]);
  });
  test("have the derivatives that central differences give", () => {
    expectGradient((m: Matrix) => nabla.mean(m, 0), x);
    expectGradient((m: Matrix) => nabla.batchMean(nabla.square(m)), x);
  });
});

test("reshape and transpose move elements within an example", () => {
  const x = perRow(6, [1, 2, 3, 4, 5, 6]);
  const matrix = (v: Tensor<[6]>) => nabla.reshape(v, [2, 3]);
  expect(shapeOf(matrix, x)).toEqual(["n", 2, 3]);
  expect(run((v: Tensor<[6]>) => nabla.transpose(matrix(v)), x)).toEqual([1, 4, 2, 5, 3, 6]);
  expect(shapeOf((v: Tensor<[6]>) => nabla.transpose(nabla.reshape(v, [1, 2, 3]), [2, 0, 1]), x)).toEqual([
    "n",
    3,
    1,
    2,
  ]);
});

test("matmul of matrices that each row has of its own", () => {
  const a = { dims: ["n", 2, 2] as const, data: [1, 2, 3, 4, 1, 0, 0, 1] };
  const b = { dims: ["n", 2, 1] as const, data: [5, 6, 7, 8] };
  const body = (x: Tensor<[2, 2]>, y: Tensor<[2, 1]>) => nabla.matmul(x, y);
  expect(run(body, a, b)).toEqual([17, 39, 7, 8]);
  expectGradient(body, a, b);
});

test("matmul multiplies each row by the matrix", () => {
  const body = (x: Tensor<[2]>, w: Parameter<[2, 3]>) => nabla.matmul(x, w);
  expect(run(body, perRow(2, [1, 10, 2, 20]), shared([2, 3], [1, 2, 3, 4, 5, 6]))).toEqual([41, 52, 63, 82, 104, 126]);
});

test("where takes from the side that the comparison names, and its gradient goes there", () => {
  const kink = (x: Vector) => nabla.where(nabla.less(x, 0), nabla.mul(x, 0.5), nabla.square(x));
  expect(run(kink, perRow(3, [-2, 0, 3]))).toEqual([-1, 0, 9]);
  expectGradient(kink, perRow(2, [-2, 3]));
  const inside = (x: Vector) =>
    nabla.where(nabla.and(nabla.greater(x, -1), nabla.not(nabla.greaterEqual(x, 1))), 1, nabla.neg(nabla.abs(x)));
  expect(run(inside, perRow(4, [-1, 0, 0.5, 1]))).toEqual([-1, 1, 1, -1]);
});

test("a mask of fewer axes chooses per example", () => {
  const scale = { dims: ["n"] as const, data: [-1, 1] };
  const x = perRow(3, [1, 2, 3, 4, 5, 6]);
  const body = (s: Tensor<[]>, v: Tensor<[3]>) => nabla.where(nabla.less(s, 0), nabla.square(v), nabla.mul(s, v));
  expect(shapeOf(body, scale, x)).toEqual(["n", 3]);
  expect(run(body, scale, x)).toEqual([1, 4, 9, 4, 5, 6]);
  expectGradient(body, scale, x);
  const both = (s: Tensor<[2]>, v: Tensor<[2, 2]>) =>
    nabla.where(nabla.and(nabla.greater(s, 0), nabla.not(nabla.equal(s, 2))), v, nabla.mul(s, v));
  const matrices = { dims: ["n", 2, 2] as const, data: [1, 2, 3, 4, 5, 6, 7, 8] };
  expect(run(both, perRow(2, [1, 2, -1, 3]), matrices)).toEqual([1, 4, 3, 8, -5, 6, -7, 8]);
});

test("stopGradient is a constant to the derivative", () => {
  const body = (x: Vector) => nabla.mul(nabla.stopGradient(x), x);
  expect(run(body, perRow(2, [3, 4]))).toEqual([9, 16]);
  const whole = gradientOf((x: Vector) => nabla.square(x), perRow(2, [3, 4]));
  expect(gradientOf(body, perRow(2, [3, 4]))).toEqual(whole.map((slope) => slope / 2));
});

/** What the calls inside a model file can have wrong: shapes, settings, names. */
import {
  adam,
  add,
  dense,
  l2,
  matmul,
  mean,
  momentum,
  mul,
  normal,
  ones,
  parameter,
  relu,
  reshape,
  sgd,
  sum,
  transpose,
  uniformInit,
} from "nabla";
import { describe, expect, test } from "vitest";
import { collectDiagnostics } from "../../compiler/diagnostics.ts";
import { bound, errorsOf } from "./support.ts";
import { inForward, loose } from "./wrong-model.ts";

describe("layers and shapes", () => {
  test("units", () =>
    expect(inForward((x) => dense(x, 2.5))).toMatchInlineSnapshot(`
    "model.ts:6:3 attribute/range
      dense: units is out of range
        expected  units: an integer above 0
        got       2.5"
  `));
  test("a misspelt option", () =>
    expect(inForward((x) => loose(dense)(x, 3, { biases: false }))).toMatchInlineSnapshot(`
      "model.ts:6:3 dsl/unknown-key
        dense: there is no option named biases
          expected  one of: bias, weight, biasInit, regularize, trainable, rate, name
          got       biases
        Did you mean bias?"
    `));
  test("a matrix a row into dense", () => {
    expect(inForward((x) => loose(dense)(reshape(x, [2, 2]), 3))).toMatchInlineSnapshot(`
      "model.ts:6:3 shape/rank
        dense: wrong number of axes
          expected  x: [n, K], one vector a row
          got       [n,2,2]  h is f32[n,2,2] (reshape, model.ts:6:3)"
    `);
  });
  test("not a tensor", () =>
    expect(inForward(() => loose(relu)("x"))).toMatchInlineSnapshot(`
    "model.ts:6:3 dsl/not-a-tensor
      relu: this is not a tensor
        expected  an input, a parameter, or a value computed from them
        got       "x""
  `));
  test("two numbers", () =>
    expect(inForward(() => loose(add)(1, 2))).toMatchInlineSnapshot(`
    "model.ts:6:3 dsl/not-a-tensor
      add: this is not a tensor
        expected  an input, a parameter, or a value computed from them
        got       1"
  `));
  test("inner extents", () => {
    expect(
      inForward((x) =>
        loose(matmul)(
          x,
          bound("w", () => parameter([5, 3], ones())),
        ),
      ),
    ).toMatchInlineSnapshot(`
      "model.ts:6:3 shape/inner-dims
        matmul: inner dimensions differ
          expected  b: [4, N]  since a = x is f32[n,4]
          got       b: [5,3]  h.w is f32[5,3] (model.ts:1:3)"
    `);
  });
  test("shapes that do not broadcast", () => {
    expect(
      inForward((x) =>
        loose(add)(
          x,
          bound("b", () => parameter([3], ones())),
        ),
      ),
    ).toMatchInlineSnapshot(`
      "model.ts:6:3 shape/broadcast
        add: the shapes do not fit together
          expected  equal extents, or 1, from the last axis on
          got       [n,4]  x is f32[n,4]
          and       [3]  h.b is f32[3] (model.ts:1:3)"
    `);
  });
  test("axes", () => {
    expect(inForward((x) => sum(x, 1))).toMatchInlineSnapshot(`
      "model.ts:6:3 attribute/range
        sum: axis is out of range
          expected  axis: from 0 to 0, or from -1 to -1
          got       1"
    `);
    expect(inForward((x) => mean(sum(x), 0))).toMatchInlineSnapshot(`
      "model.ts:6:3 attribute/range
        mean: axis is out of range
          expected  axis: none, as an example has no axis
          got       0"
    `);
    expect(inForward((x) => transpose(reshape(x, [2, 2]), [0, 0]))).toMatchInlineSnapshot(`
      "model.ts:6:3 attribute/range
        transpose: order is out of range
          expected  order: each of [0, 1] once
          got       [0, 0]"
    `);
  });
  test("reshape", () => {
    expect(inForward((x) => reshape(x, [3]))).toMatchInlineSnapshot(`
      "model.ts:6:3 shape/count
        reshape: the number of elements must stay
          expected  the element count of [n,4]  x is f32[n,4]
          got       [n,3]"
    `);
    expect(inForward((x) => reshape(x, [-4]))).toMatchInlineSnapshot(`
      "model.ts:6:3 attribute/range
        reshape: dims is out of range
          expected  dims: an array of integers above 0
          got       [-4]"
    `);
  });
  test("a parameter's shape and name", () => {
    expect(inForward((x) => mul(x, parameter([0], ones())))).toMatchInlineSnapshot(`
      "model.ts:6:3 attribute/range
        parameter: dims is out of range
          expected  dims: an array of integers above 0
          got       [0]"
    `);
    expect(inForward((x) => mul(x, parameter([4], ones(), { name: "a b" })))).toMatchInlineSnapshot(`
      "model.ts:6:3 dsl/name
        parameter: "a b" cannot name a parameter
          expected  a JavaScript identifier that no plain object already answers to
          got       "a b"
      model.ts:7:3 shape/classes
        softmaxCrossEntropy: as many logits as classes are needed
          expected  logits: [n,3]  since y is i32[n] has 3 classes
          got       [n,4]  h is f32[n,4] (mul, model.ts:6:3)"
    `);
  });
  test("outside forward", () => {
    expect(errorsOf(() => bound("w", () => parameter([3], ones()), 2))).toMatchInlineSnapshot(`
      "model.ts:2:3 dsl/outside-forward
        parameter: parameters belong to a model
        Call it inside forward, or in a function that forward calls."
    `);
  });
});

describe("numbers that settings take", () => {
  const inSettings = (build: () => unknown): string => errorsOf(() => bound(undefined, build, 9));

  test("sgd", () =>
    expect(inSettings(() => sgd({ rate: -1 }))).toMatchInlineSnapshot(`
      "model.ts:9:3 attribute/range
        sgd: rate is out of range
          expected  rate: a finite number above 0, or a schedule
          got       -1"
    `));
  test("momentum", () =>
    expect(inSettings(() => momentum({ rate: 0.1, momentum: 1 }))).toMatchInlineSnapshot(`
    "model.ts:9:3 attribute/range
      momentum: momentum is out of range
        expected  momentum: a number from 0 to 1, 1 excluded
        got       1"
  `));
  test("l2", () =>
    expect(inSettings(() => l2(Number.NaN))).toMatchInlineSnapshot(`
    "model.ts:9:3 attribute/range
      l2: lambda is out of range
        expected  lambda: a finite number, 0 or above
        got       NaN"
  `));
  test("normal", () =>
    expect(inSettings(() => normal(0))).toMatchInlineSnapshot(`
    "model.ts:9:3 attribute/range
      normal: std is out of range
        expected  std: a finite number above 0
        got       0"
  `));
  test("uniformInit", () =>
    expect(inSettings(() => uniformInit(1, 1))).toMatchInlineSnapshot(`
    "model.ts:9:3 attribute/range
      uniformInit: high is out of range
        expected  high: above low, 1
        got       1"
  `));
  test("adam", () =>
    expect(inSettings(() => loose(adam)({ lr: 0.1 }))).toMatchInlineSnapshot(`
      "model.ts:9:3 dsl/unknown-key
        adam: there is no option named lr
          expected  one of: rate, beta1, beta2, epsilon, clip, weightDecay
          got       lr"
    `));
  test("several of one call are reported together", () => {
    expect(
      errorsOf(() => collectDiagnostics(() => adam({ rate: 0, beta1: 1, beta2: -0.1, epsilon: 0 }))),
    ).toMatchInlineSnapshot(`
      "attribute/range
        adam: rate is out of range
          expected  rate: a finite number above 0, or a schedule
          got       0
      attribute/range
        adam: beta1 is out of range
          expected  beta1: a number from 0 to 1, 1 excluded
          got       1
      attribute/range
        adam: beta2 is out of range
          expected  beta2: a number from 0 to 1, 1 excluded
          got       -0.1
      attribute/range
        adam: epsilon is out of range
          expected  epsilon: a finite number above 0
          got       0"
    `);
  });
});

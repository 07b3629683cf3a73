/** What calls of activations can have wrong, as the author of a model file reads it. */
import { dense, elu, gelu, leakyRelu, prelu, softmax, sum, swish, type Tensor } from "nabla";
import { expect, test } from "vitest";
import { inForward, loose } from "./wrong-model.ts";

type X = Tensor<[4]>;

test("elu needs an alpha above 0", () =>
  expect(inForward((x: X) => dense(elu(x, 0), 3))).toMatchInlineSnapshot(`
    "model.ts:6:3 attribute/range
      elu: alpha is out of range
        expected  alpha: a finite number above 0
        got       0"
  `));
test("leakyRelu needs a finite alpha", () =>
  expect(inForward((x: X) => dense(leakyRelu(x, Number.NaN), 3))).toMatchInlineSnapshot(`
    "model.ts:6:3 attribute/range
      leakyRelu: alpha is out of range
        expected  alpha: a finite number
        got       NaN"
  `));
test("gelu has two forms", () =>
  expect(inForward((x: X) => dense(loose(gelu)(x, { approximate: "erf" }), 3))).toMatchInlineSnapshot(`
    "model.ts:6:3 attribute/range
      gelu: approximate is out of range
        expected  approximate: "none" or "tanh"
        got       erf"
  `));
test("prelu has a slope per layer or per unit", () =>
  expect(inForward((x: X) => dense(loose(prelu)(x, { per: "channel" }), 3))).toMatchInlineSnapshot(`
    "model.ts:6:3 attribute/range
      prelu: per is out of range
        expected  per: "layer" or "unit"
        got       channel"
  `));
test("prelu starts from a finite slope", () =>
  expect(inForward((x: X) => dense(prelu(x, { slope: Infinity }), 3))).toMatchInlineSnapshot(`
    "model.ts:6:3 attribute/range
      prelu: slope is out of range
        expected  slope: a finite number
        got       Infinity"
  `));
test("a misspelt option", () =>
  expect(inForward((x: X) => dense(loose(swish)(x, { slope: 1 }), 3))).toMatchInlineSnapshot(`
    "model.ts:6:3 dsl/unknown-key
      swish: there is no option named slope
        expected  one of: beta, per, regularize, trainable, rate, name
        got       slope"
  `));
test("a name that is none", () =>
  expect(inForward((x: X) => dense(swish(x, { name: "a b" }), 3))).toMatchInlineSnapshot(`
    "model.ts:6:3 dsl/name
      swish: "a b.beta" cannot name a parameter
        expected  a JavaScript identifier that no plain object already answers to
        got       "a b.beta""
  `));
test("softmax of one number a row would be taken over the rows", () =>
  expect(inForward((x: X) => loose(softmax)(sum(x)))).toMatchInlineSnapshot(`
    "model.ts:6:3 shape/rank
      softmax: wrong number of axes
        expected  x: [n, ..., K], at least one axis an example
        got       [n]  h is f32[n] (sum, model.ts:6:3)"
  `));
test("not a tensor", () =>
  expect(inForward((x: X) => dense(loose(prelu)(x === null, {}), 3))).toMatchInlineSnapshot(`
    "model.ts:6:3 dsl/not-a-tensor
      prelu: this is not a tensor
        expected  an input, a parameter, or a value computed from them
        got       false"
  `));

/** What settings of optimisers, schedules and initialisers refuse. */
import {
  adadelta,
  adagrad,
  adam,
  adamW,
  cosine,
  dense,
  exponential,
  inverseTime,
  lion,
  momentum,
  mul,
  nadam,
  oneCycle,
  orthogonal,
  parameter,
  plateau,
  rmsprop,
  sgd,
  stepDecay,
  truncatedNormal,
} from "nabla";
import { expect, test } from "vitest";
import { collectDiagnostics } from "../../compiler/diagnostics.ts";
import { bound, errorsOf } from "./support.ts";
import { inForward, loose } from "./wrong-model.ts";

/** All that a call of a model file reports, without its place where that is the same. */
const refused = (build: () => unknown): string =>
  errorsOf(() => collectDiagnostics(() => bound(undefined, build, 9))).replaceAll("model.ts:9:3 ", "");

test("rates", () => {
  for (const rate of [0, -1, Number.NaN, Number.POSITIVE_INFINITY, "0.1", {}, undefined]) {
    expect(refused(() => loose(sgd)({ rate }))).toContain("expected  rate: a finite number above 0, or a schedule");
  }
  expect(refused(() => loose(sgd)({}))).toMatchInlineSnapshot(`
    "attribute/range
      sgd: rate is out of range
        expected  rate: a finite number above 0, or a schedule
        got       undefined"
  `);
});

test("coefficients from 0 to 1, 1 excluded", () => {
  const one = [
    () => momentum({ rate: 1, momentum: 1 }),
    () => adadelta({ rho: 1 }),
    () => rmsprop({ rho: 1 }),
    () => rmsprop({ momentum: -0.1 }),
    ...[adam, adamW, nadam, lion].flatMap((f) => [() => f({ beta1: 1 }), () => f({ beta2: -1e-9 })]),
  ];
  expect(one.map((build) => refused(build).split("\n")[1]!.trim())).toMatchInlineSnapshot(`
    [
      "momentum: momentum is out of range",
      "adadelta: rho is out of range",
      "rmsprop: rho is out of range",
      "rmsprop: momentum is out of range",
      "adam: beta1 is out of range",
      "adam: beta2 is out of range",
      "adamW: beta1 is out of range",
      "adamW: beta2 is out of range",
      "nadam: beta1 is out of range",
      "nadam: beta2 is out of range",
      "lion: beta1 is out of range",
      "lion: beta2 is out of range",
    ]
  `);
});

test("epsilon above 0, starts and decays not below", () => {
  const all = [adagrad, adadelta, rmsprop, adam, adamW, nadam].map((f) => () => f({ epsilon: 0 }));
  const rest = [() => adagrad({ start: -1 }), () => sgd({ rate: 1, weightDecay: -0.1 })];
  expect([...all, ...rest].map((build) => refused(build).split("\n")[1]!.trim())).toMatchInlineSnapshot(`
    [
      "adagrad: epsilon is out of range",
      "adadelta: epsilon is out of range",
      "rmsprop: epsilon is out of range",
      "adam: epsilon is out of range",
      "adamW: epsilon is out of range",
      "nadam: epsilon is out of range",
      "adagrad: start is out of range",
      "sgd: weightDecay is out of range",
    ]
  `);
});

test("switches", () => {
  expect(refused(() => loose(momentum)({ rate: 1, nesterov: 1 }))).toMatchInlineSnapshot(`
    "attribute/range
      momentum: nesterov is out of range
        expected  nesterov: true or false
        got       1"
  `);
  expect(refused(() => loose(rmsprop)({ centered: "yes" }))).toMatchInlineSnapshot(`
    "attribute/range
      rmsprop: centered is out of range
        expected  centered: true or false
        got       yes"
  `);
});

test("unknown options", () => {
  expect(refused(() => loose(rmsprop)({ alpha: 0.9 }))).toMatchInlineSnapshot(`
    "dsl/unknown-key
      rmsprop: there is no option named alpha
        expected  one of: rate, rho, momentum, centered, epsilon, clip, weightDecay
        got       alpha"
  `);
  expect(refused(() => loose(lion)({ epsilon: 1 }))).toMatchInlineSnapshot(`
    "dsl/unknown-key
      lion: there is no option named epsilon
        expected  one of: rate, beta1, beta2, clip, weightDecay
        got       epsilon"
  `);
  expect(refused(() => loose(cosine)({ from: 1, steps: 9, warmUp: 3 }))).toMatchInlineSnapshot(`
    "dsl/unknown-key
      cosine: there is no option named warmUp
        expected  one of: from, to, steps, warmup
        got       warmUp
      Did you mean warmup?"
  `);
});

test("clip", () => {
  const clip = (value: unknown) => refused(() => loose(sgd)({ rate: 1, clip: value }));
  expect(clip({ norm: 0 })).toMatchInlineSnapshot(`
    "attribute/range
      sgd.clip: norm is out of range
        expected  norm: a finite number above 0
        got       0"
  `);
  expect(clip({ value: 1, norm: 1 })).toMatchInlineSnapshot(`
    "attribute/range
      sgd: clip is out of range
        expected  clip: { value: ... } or { norm: ... }
        got       both"
  `);
  expect(clip({ max: 1 })).toMatchInlineSnapshot(`
    "dsl/unknown-key
      sgd.clip: there is no option named max
        expected  one of: value, norm
        got       max
    attribute/range
      sgd: clip is out of range
        expected  clip: { value: ... } or { norm: ... }
        got       neither"
  `);
  expect(clip(1)).toMatchInlineSnapshot(`
    "attribute/range
      sgd: clip is out of range
        expected  clip: { value: ... } or { norm: ... }
        got       1"
  `);
});

test("schedules", () => {
  expect(refused(() => loose(cosine)({ from: -1, to: -1, steps: 2.5, warmup: 3 }))).toMatchInlineSnapshot(`
    "attribute/range
      cosine: from is out of range
        expected  from: a finite number above 0
        got       -1
    attribute/range
      cosine: to is out of range
        expected  to: a finite number, 0 or above
        got       -1
    attribute/range
      cosine: steps is out of range
        expected  steps: an integer above 0
        got       2.5"
  `);
  expect(refused(() => cosine({ from: 1, steps: 10, warmup: 10 }))).toMatchInlineSnapshot(`
    "attribute/range
      cosine: warmup is out of range
        expected  warmup: an integer from 0 to 9, below steps
        got       10"
  `);
  expect(refused(() => oneCycle({ peak: 0, steps: 10, from: 0, warmup: 1.5 }))).toMatchInlineSnapshot(`
    "attribute/range
      oneCycle: peak is out of range
        expected  peak: a finite number above 0
        got       0
    attribute/range
      oneCycle: from is out of range
        expected  from: a finite number above 0
        got       0
    attribute/range
      oneCycle: warmup is out of range
        expected  warmup: an integer from 0 to 9, below steps
        got       1.5"
  `);
  expect(refused(() => stepDecay({ from: 1, factor: 0, every: 0 }))).toMatchInlineSnapshot(`
    "attribute/range
      stepDecay: factor is out of range
        expected  factor: above 0, at most 1
        got       0
    attribute/range
      stepDecay: every is out of range
        expected  every: an integer above 0
        got       0"
  `);
  expect(refused(() => exponential({ from: 1, factor: 1.5, every: 1 }))).toMatchInlineSnapshot(`
    "attribute/range
      exponential: factor is out of range
        expected  factor: above 0, at most 1
        got       1.5"
  `);
  expect(refused(() => inverseTime({ from: 1, every: 0 }))).toMatchInlineSnapshot(`
    "attribute/range
      inverseTime: every is out of range
        expected  every: a finite number above 0
        got       0"
  `);
  expect(refused(() => plateau({ from: 1, factor: 1, patience: 0, threshold: -1, least: -1 }))).toMatchInlineSnapshot(`
    "attribute/range
      plateau: factor is out of range
        expected  factor: above 0, below 1
        got       1
    attribute/range
      plateau: patience is out of range
        expected  patience: an integer above 0
        got       0
    attribute/range
      plateau: threshold is out of range
        expected  threshold: a finite number, 0 or above
        got       -1
    attribute/range
      plateau: least is out of range
        expected  least: a finite number, 0 or above
        got       -1"
  `);
});

test("a layer's own rate", () => {
  expect(inForward((x) => dense(x, 3, { rate: 0 }))).toMatchInlineSnapshot(`
    "model.ts:6:3 attribute/range
      dense: rate is out of range
        expected  rate: a finite number above 0
        got       0"
  `);
  expect(inForward((x) => mul(x, parameter([4], truncatedNormal(1), { rate: -1 })))).toContain("parameter: rate");
});

test("initialisers", () => {
  expect(refused(() => truncatedNormal(0))).toMatchInlineSnapshot(`
    "attribute/range
      truncatedNormal: std is out of range
        expected  std: a finite number above 0
        got       0"
  `);
  expect(refused(() => orthogonal(0))).toMatchInlineSnapshot(`
    "attribute/range
      orthogonal: gain is out of range
        expected  gain: a finite number above 0
        got       0"
  `);
  expect(inForward((x) => mul(x, parameter([4], orthogonal())))).toMatchInlineSnapshot(`
    "model.ts:6:3 attribute/range
      orthogonal: the parameter's shape is out of range
        expected  the parameter's shape: two axes or more
        got       [4]
    model.ts:7:3 shape/classes
      softmaxCrossEntropy: as many logits as classes are needed
        expected  logits: [n,3]  since y is i32[n] has 3 classes
        got       [n,4]  h is f32[n,4] (mul, model.ts:6:3)"
  `);
});

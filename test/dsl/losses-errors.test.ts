/** What calls of losses can have wrong, as the author of a model file reads it. */
import {
  classes,
  dense,
  hardSigmoid,
  huber,
  meanSquaredError,
  reshape,
  sigmoid,
  sigmoidCrossEntropy,
  softmax,
  softmaxCrossEntropy,
  stopGradient,
  sum,
  type Tensor,
} from "nabla";
import { describe, expect, test } from "vitest";
import { bound } from "./support.ts";
import { errors, loose, type Untyped } from "./wrong-model.ts";

/** A loss on line 7; `settings` are the last arguments. */
const by =
  (loss: unknown, ...settings: unknown[]) =>
  ({ logits }: Untyped, { y }: Untyped) =>
    bound(undefined, () => loose(loss)(logits, y, ...settings), 7);

/** A forward whose only output has been through `last`, on line 6. */
const through =
  (last: (x: Tensor<[3]>) => unknown) =>
  ({ x }: Record<string, never>) => ({ logits: bound("p", () => last(dense(x!, 3)), 6) });

describe("softmaxCrossEntropy", () => {
  test("wants logits, not probabilities", () => {
    expect(errors({ forward: through(softmax) })).toMatchInlineSnapshot(`
      "model.ts:7:3 loss/probabilities
        softmaxCrossEntropy: the logits have been through softmax already
          expected  logits: numbers of any size and sign, as a dense layer gives them
          got       the result of softmax: p is f32[n,3] (div, model.ts:6:3)
        Pass what softmax was given: the loss turns it into probabilities itself, without overflow."
    `);
    expect(errors({ forward: through(sigmoid) })).toMatchInlineSnapshot(`
      "model.ts:7:3 loss/probabilities
        softmaxCrossEntropy: the logits have been through sigmoid already
          expected  logits: numbers of any size and sign, as a dense layer gives them
          got       the result of sigmoid: p is f32[n,3] (sigmoid, model.ts:6:3)
        Pass what sigmoid was given: the loss turns it into probabilities itself, without overflow."
    `);
  });
  test("sees probabilities through views", () => {
    const forward = through((x) => stopGradient(reshape(softmax(reshape(x, [3, 1])), [3])));
    expect(errors({ forward })).toContain("the logits have been through softmax already");
  });
  test("wants labels or a probability for each class", () => {
    expect(errors({ targets: { y: [] } })).toMatchInlineSnapshot(`
      "model.ts:7:3 loss/target
        softmaxCrossEntropy: the target holds neither labels nor a probability for each class
          expected  classes(3) or [3]  since logits = logits is f32[n,3] (add, model.ts:5:3)
          got       [n]  y is f32[n]
        Declare the target as one of them, or use meanSquaredError for real-valued targets."
    `);
    expect(errors({ targets: { y: [1] } })).toContain("got       [n,1]  y is f32[n,1]");
  });
  test("needs as many logits as classes", () => {
    expect(errors({ targets: { y: classes(7) } })).toMatchInlineSnapshot(`
      "model.ts:7:3 shape/classes
        softmaxCrossEntropy: as many logits as classes are needed
          expected  logits: [n,7]  since y is i32[n] has 7 classes
          got       [n,3]  logits is f32[n,3] (add, model.ts:5:3)"
    `);
  });
  test("wants one vector of logits a row", () => {
    const loss = ({ logits }: Record<string, never>, { y }: Record<string, never>) =>
      bound(undefined, () => loose(softmaxCrossEntropy)(reshape(logits!, [3, 1]), y), 7);
    expect(errors({ loss })).toMatchInlineSnapshot(`
      "model.ts:7:3 shape/rank
        softmaxCrossEntropy: wrong number of axes
          expected  x: [n, K], one vector a row
          got       [n,3,1]  f32[n,3,1] (reshape, model.ts:7:3)"
    `);
  });
  test("needs a weight for each class", () => {
    expect(errors({ loss: by(softmaxCrossEntropy, { classWeights: [1, 2] }) })).toMatchInlineSnapshot(`
      "model.ts:7:3 attribute/range
        softmaxCrossEntropy: classWeights is out of range
          expected  classWeights: 3 finite numbers, 0 or above and not all 0
          got       [1, 2]"
    `);
    for (const classWeights of [[1, -1, 1], [0, 0, 0], [1, Number.NaN, 1], 3]) {
      expect(errors({ loss: by(softmaxCrossEntropy, { classWeights }) })).toContain("classWeights is out of range");
    }
  });
  test("smooths by less than 1", () => {
    expect(errors({ loss: by(softmaxCrossEntropy, { labelSmoothing: 1 }) })).toMatchInlineSnapshot(`
      "model.ts:7:3 attribute/range
        softmaxCrossEntropy: labelSmoothing is out of range
          expected  labelSmoothing: a number from 0 to 1, 1 excluded
          got       1"
    `);
    expect(errors({ loss: by(softmaxCrossEntropy, { labelSmoothing: -0.1 }) })).toContain("got       -0.1");
  });
  test("has no other options", () => {
    expect(errors({ loss: by(softmaxCrossEntropy, { weights: [1, 1, 1] }) })).toMatchInlineSnapshot(`
      "model.ts:7:3 dsl/unknown-key
        softmaxCrossEntropy: there is no option named weights
          expected  one of: classWeights, labelSmoothing
          got       weights"
    `);
  });
});

describe("sigmoidCrossEntropy", () => {
  const targets = { y: [3] };
  test("wants logits, not probabilities", () => {
    const loss = by(sigmoidCrossEntropy);
    expect(errors({ targets, loss, forward: through(sigmoid) })).toMatchInlineSnapshot(`
      "model.ts:7:3 loss/probabilities
        sigmoidCrossEntropy: the logits have been through sigmoid already
          expected  logits: numbers of any size and sign, as a dense layer gives them
          got       the result of sigmoid: p is f32[n,3] (sigmoid, model.ts:6:3)
        Pass what sigmoid was given: the loss turns it into probabilities itself, without overflow."
    `);
    for (const last of [softmax, hardSigmoid]) {
      expect(errors({ targets, loss, forward: through(last) })).toContain("loss/probabilities");
    }
  });
});

test("what is no tensor is reported once", () => {
  const loss = (_: Untyped, { y }: Untyped) => loose(sigmoidCrossEntropy)(3, y);
  expect(errors({ targets: { y: [3] }, loss }).match(/dsl\/not-a-tensor/g)).toHaveLength(1);
});

test("class labels are no real numbers", () => {
  const forward = ({ x }: Record<string, never>) => ({ logits: bound("size", () => sum(dense(x!, 3)), 6) });
  expect(errors({ forward, loss: by(meanSquaredError) })).toMatchInlineSnapshot(`
    "model.ts:7:3 type/dtype
      meanSquaredError: wrong element type
        expected  f32
        got       i32[n]  y is i32[n]"
  `);
});

test("huber needs a delta above 0", () => {
  expect(errors({ targets: { y: [3] }, loss: by(huber, 0) })).toMatchInlineSnapshot(`
    "model.ts:7:3 attribute/range
      huber: delta is out of range
        expected  delta: a finite number above 0
        got       0"
  `);
});

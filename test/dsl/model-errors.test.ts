/** What model({...}), forward and loss can have wrong, as the author of a model file reads it. */
import {
  adam,
  add,
  argmax,
  classes,
  dense,
  heNormal,
  meanSquaredError,
  mul,
  ones,
  parameter,
  softmaxCrossEntropy,
  stopGradient,
  sum,
} from "nabla";
import { describe, expect, test } from "vitest";
import { buildProgram } from "../../compiler/program/program.ts";
import { bound, errorsOf } from "./support.ts";
import { changed, errors, loose, type Untyped } from "./wrong-model.ts";

test("the model that the others vary is correct", () => {
  expect(buildProgram(changed({})).states.map(({ name }) => name)).toEqual(["logits.weight", "logits.bias"]);
});

describe("the description", () => {
  test("batch", () => {
    expect(errors({ batch: 0 })).toMatchInlineSnapshot(`
      "model.ts:1:3 attribute/range
        model: batch is out of range
          expected  batch: an integer above 0
          got       0"
    `);
    expect(errorsOf(() => buildProgram(changed({}), { batch: 2.5 }))).toMatchInlineSnapshot(`
      "attribute/range
        buildProgram: batch is out of range
          expected  batch: an integer above 0
          got       2.5"
    `);
  });
  test("seed", () =>
    expect(errors({ seed: -1 })).toMatchInlineSnapshot(`
    "model.ts:1:3 attribute/range
      model: seed is out of range
        expected  seed: an integer from 0 to 2^32 - 1
        got       -1"
  `));
  test("an unknown key", () =>
    expect(errors({ optimiser: adam() })).toMatchInlineSnapshot(`
      "model.ts:1:3 dsl/unknown-key
        model: there is no option named optimiser
          expected  one of: inputs, targets, batch, forward, loss, optimizer, regularize, seed, budget, accuracy
          got       optimiser
        Did you mean optimizer?"
    `));
  test("an accuracy that is no share", () =>
    expect(errors({ accuracy: 95 })).toMatchInlineSnapshot(`
      "model.ts:1:3 attribute/range
        model: accuracy is out of range
          expected  accuracy: a number above 0 and at most 1
          got       95"
    `));
  test("a missing loss", () =>
    expect(errors({ loss: undefined })).toMatchInlineSnapshot(`
      "model.ts:1:3 dsl/key
        model: loss is missing
          expected  loss: a function
          got       undefined"
    `));
  test("a missing optimiser", () =>
    expect(errors({ optimizer: undefined })).toMatchInlineSnapshot(`
      "model.ts:1:3 dsl/key
        model: optimizer is missing
          expected  optimizer: an optimiser, such as adam()
          got       undefined"
    `));
  test("a regulariser that is none", () =>
    expect(errors({ regularize: 1e-4 })).toMatchInlineSnapshot(`
    "model.ts:1:3 dsl/key
      model: regularize is of the wrong kind
        expected  regularize: l1 or l2
        got       0.0001"
  `));
  test("missing targets", () =>
    expect(errors({ targets: undefined })).toMatchInlineSnapshot(`
    "model.ts:1:3 dsl/key
      model: targets is missing
        expected  targets: an object of shapes by name
        got       undefined"
  `));
  test("an input's classes", () =>
    expect(errors({ inputs: { x: classes(0) } })).toMatchInlineSnapshot(`
      "model.ts:1:3 attribute/range
        model: input x is out of range
          expected  input x: an array of integers above 0, the shape of one example, or classes(K) or classes(K, shape) with K from 1 to 2^31
          got       classes(0)"
    `));
  test("an input's shape", () =>
    expect(errors({ inputs: { x: [4, 0] } })).toMatchInlineSnapshot(`
      "model.ts:1:3 attribute/range
        model: input x is out of range
          expected  input x: an array of integers above 0, the shape of one example, or classes(K) or classes(K, shape) with K from 1 to 2^31
          got       [4, 0]"
    `));
  test("a target's classes", () =>
    expect(errors({ targets: { y: classes(0) } })).toMatchInlineSnapshot(`
      "model.ts:1:3 attribute/range
        model: target y is out of range
          expected  target y: an array of integers above 0, the shape of one example, or classes(K) or classes(K, shape) with K from 1 to 2^31
          got       classes(0)"
    `));
  test("a target that is neither", () =>
    expect(errors({ targets: { y: 3 } })).toMatchInlineSnapshot(`
      "model.ts:1:3 attribute/range
        model: target y is out of range
          expected  target y: an array of integers above 0, the shape of one example, or classes(K) or classes(K, shape) with K from 1 to 2^31
          got       3"
    `));
  test("names that no plain object should have", () => {
    expect(errors({ inputs: { x: [4], ["__proto__"]: [3] } })).toMatchInlineSnapshot(`
      "model.ts:1:3 dsl/name
        model: "__proto__" cannot name an input
          expected  a JavaScript identifier that no plain object already answers to
          got       "__proto__""
    `);
  });
  test("an input and a target of one name", () => {
    expect(errors({ inputs: { x: [4], y: [1] } })).toMatchInlineSnapshot(`
      "model.ts:1:3 dsl/name
        model: "y" cannot name a target: it already names an input
        Rename one of them."
    `);
  });
});

describe("forward", () => {
  test("asks for an input that is not there", () => {
    expect(errors({ forward: ({ z }: Untyped) => ({ logits: loose(dense)(z, 3) }) })).toMatchInlineSnapshot(`
      "model.ts:1:3 dsl/unknown-field
        forward: there is no input named z
          expected  one of: x
          got       z"
    `);
  });
  test("returns no tensors", () => {
    expect(errors({ forward: () => undefined })).toMatchInlineSnapshot(`
      "model.ts:1:3 model/outputs
        model: forward must return its outputs by name
          expected  an object of tensors, such as { logits }
          got       undefined"
    `);
    expect(errors({ forward: ({ x }: Untyped) => x })).toMatchInlineSnapshot(`
      "model.ts:1:3 model/outputs
        model: forward must return its outputs by name
          expected  an object of tensors, such as { logits }
          got       x is f32[n,4]"
    `);
    expect(
      errors({ forward: ({ x }: Record<string, never>) => ({ logits: dense(x!, 3), note: "hi" }) }),
    ).toMatchInlineSnapshot(`
      "model.ts:1:3 model/outputs
        model: forward must return its outputs by name
          expected  note: a tensor
          got       "hi""
    `);
  });
  test("returns what no row changes", () => {
    const forward = ({ x }: Record<string, never>) => {
      const w = bound("w", () => parameter([3], ones()));
      return { logits: mul(dense(x!, 3), w), w };
    };
    expect(errors({ forward })).toMatchInlineSnapshot(`
      "model.ts:1:3 model/outputs
        model: output w does not depend on the inputs
          expected  w: [n, ...], one value a row
          got       w is f32[3] (model.ts:1:3)"
    `);
  });
  test("returns labels in place of floats", () => {
    const forward = ({ x }: Record<string, never>) => {
      const logits = dense(x!, 3);
      return { logits, best: bound("best", () => argmax(logits)) };
    };
    expect(errors({ forward })).toMatchInlineSnapshot(`
      "model.ts:1:3 model/outputs
        model: output best is not of floats
          expected  best: f32 or f64
          got       best is i32[n] (argmax, model.ts:1:3)
        Give the scores and leave the choice to the caller, or oneHot of labels, or where(mask, 1, 0)."
    `);
  });
  test("calls an output loss", () => {
    const forward = ({ x }: Record<string, never>) => ({ logits: dense(x!, 3), loss: x });
    expect(errors({ forward })).toMatchInlineSnapshot(`
      "model.ts:1:3 dsl/name
        model: "loss" cannot name an output: it already names the loss
        Rename one of them."
    `);
  });
});

describe("loss", () => {
  test("is one number", () => {
    expect(errors({ loss: ({ logits }: Record<string, never>) => sum(logits!) })).toMatchInlineSnapshot(`
      "model.ts:1:3 model/loss
        model: the loss must be one number
          expected  []
          got       [n]  f32[n] (sum)
        Take batchMean of it, the mean over the rows and all axes.
      model.ts:1:3 model/unused-target
        model: the loss does not read target y
        Use it in loss, or remove it."
    `);
  });
  test("is a tensor", () =>
    expect(errors({ loss: () => 3 })).toMatchInlineSnapshot(`
      "model.ts:1:3 dsl/not-a-tensor
        loss: this is not a tensor
          expected  an input, a parameter, or a value computed from them
          got       3"
    `));
  test("asks for outputs and targets that are there", () => {
    expect(
      errors({ loss: ({ scores }: Untyped, { label }: Untyped) => loose(softmaxCrossEntropy)(scores, label) }),
    ).toMatchInlineSnapshot(`
      "model.ts:1:3 dsl/unknown-field
        loss: there is no output named scores
          expected  one of: logits
          got       scores
      model.ts:1:3 dsl/unknown-field
        loss: there is no target named label
          expected  one of: y
          got       label"
    `);
  });
  test("pairs have one shape", () => {
    const loss = ({ logits }: Untyped, { y }: Untyped) => loose(meanSquaredError)(logits, y);
    expect(errors({ targets: { y: [1] }, loss })).toMatchInlineSnapshot(`
      "shape/differ
        meanSquaredError: the two must have the same shape
          expected  [n,3]  logits is f32[n,3] (add, model.ts:5:3)
          got       [n,1]  y is f32[n,1]"
    `);
  });
  test("reads every target", () => {
    expect(errors({ targets: { y: classes(3), weight: [] } })).toMatchInlineSnapshot(`
      "model.ts:1:3 model/unused-target
        model: the loss does not read target weight
        Use it in loss, or remove it."
    `);
  });
});

describe("training", () => {
  test("needs parameters", () => {
    expect(
      errors({ forward: ({ x }: Record<string, never>) => ({ logits: mul(x!, 1) }), targets: { y: classes(4) } }),
    ).toMatchInlineSnapshot(`
      "model.ts:1:3 model/no-parameters
        model: there is nothing to train
          expected  at least one trainable parameter, such as those of dense
          got       none"
    `);
  });
  test("needs every parameter to reach the loss", () => {
    const forward = ({ x }: Record<string, never>) => {
      const spare = bound("spare", () => dense(x!, 3, { bias: false, weight: heNormal() }), 4);
      return { logits: bound("logits", () => dense(x!, 3), 5), spare: stopGradient(spare) };
    };
    expect(errors({ forward })).toMatchInlineSnapshot(`
      "model.ts:4:3 model/unreached-parameter
        model: the loss does not depend on spare.weight
          got       spare.weight is f32[4,3] (model.ts:4:3)
        Nothing would train it: use it, remove it, or declare it with trainable: false."
    `);
  });
});

test("one run reports all it can find", () => {
  const forward = ({ x }: Record<string, never>) => {
    const a = bound("a", () => loose(add)(x, parameter([3], ones())), 11);
    const b = bound("b", () => dense(x!, -1), 12);
    return { logits: bound("logits", () => dense(add(a, b), 3), 13) };
  };
  expect(errors({ batch: 0, forward, extra: 1 })).toMatchInlineSnapshot(`
    "model.ts:1:3 dsl/unknown-key
      model: there is no option named extra
        expected  one of: inputs, targets, batch, forward, loss, optimizer, regularize, seed, budget, accuracy
        got       extra
    model.ts:1:3 attribute/range
      model: batch is out of range
        expected  batch: an integer above 0
        got       0
    model.ts:11:3 shape/broadcast
      add: the shapes do not fit together
        expected  equal extents, or 1, from the last axis on
        got       [n,4]  x is f32[n,4]
        and       [3]  a is f32[3] (model.ts:11:3)
    model.ts:12:3 attribute/range
      dense: units is out of range
        expected  units: an integer above 0
        got       -1"
  `);
});

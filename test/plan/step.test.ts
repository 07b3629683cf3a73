/** Whole training steps of small nets, simplified as the compiler does it: groups, memory, and the same values. */
import {
  adam,
  classes,
  dense,
  type Model,
  meanSquaredError,
  model,
  momentum,
  relu,
  sgd,
  softmaxCrossEntropy,
} from "nabla";
import { describe, expect, test } from "vitest";
import { interpret } from "../../compiler/graph/interpret.ts";
import { buildProgram } from "../../compiler/program/program.ts";
import { firstFault } from "../support/close.ts";
import { leavesOf } from "../support/model-gradients.ts";
import { loopModule } from "../support/run-loops.ts";
import { stageOf } from "../support/stages.ts";

const classifier = model({
  inputs: { x: [4] },
  targets: { label: classes(3) },
  batch: 6,
  forward: ({ x }) => ({ logits: dense(x, 3) }),
  loss: ({ logits }, { label }) => softmaxCrossEntropy(logits, label),
  optimizer: sgd({ rate: 0.1 }),
});

const perceptron = model({
  inputs: { x: [20] },
  targets: { label: classes(5) },
  batch: 32,
  forward: ({ x }) => ({ logits: dense(relu(dense(relu(dense(x, 30)), 16)), 5) }),
  loss: ({ logits }, { label }) => softmaxCrossEntropy(logits, label),
  optimizer: adam({ rate: 1e-3 }),
});

const regression = model({
  inputs: { x: [3] },
  targets: { y: [2] },
  batch: 6,
  forward: ({ x }) => ({ y: dense(x, 2) }),
  loss: (outputs, targets) => meanSquaredError(outputs.y, targets.y),
  optimizer: momentum({ rate: 0.1 }),
});

describe("softmax cross-entropy", () => {
  const { step } = buildProgram(classifier);
  test("groups", () =>
    expect(stageOf("schedule", step, true)).toMatchInlineSnapshot(`
      "inline
        %4: f32[n,3] = oneHot label classes=3
        %5: f32[] = rows
        %7: f32[4,n] = transpose x permutation=[1,0]
        %8: f32[n,3] = sub %2 %3
        %11: f32[n] = log %10
        %12: f32[n,3] = mulNoNan %4 %8
        %14: f32[n] = sub %11 %13
        %17: f32[n,1] = reshape %10
        %19: f32[n,3] = mul %9 %18
        %20: f32[n,3] = sub %19 %4
        %24: f32[4,3] = mul 0.1 %23
        %26: f32[3] = mul 0.1 %22
        %29: bool[4,3] = lt %28 1.1754943508222875e-38
        %32: bool[3] = lt %31 1.1754943508222875e-38
      group 0 [] div -> %6
        %6: f32[] = div 1 %5
      group 1 [n,3] matmul add -> %2
        %1: f32[n,3] = matmul x dense1.weight
        %2: f32[n,3] = add %1 dense1.bias
      group 2 [n,1] max -> %3
        %3: f32[n,1] = max %2 axes=[1] keep=true
      group 3 [n,3] exp -> %9
        %9: f32[n,3] = exp %8
      group 4 [n] sum -> %10
        %10: f32[n] = sum %9 axes=[1] keep=false
      group 5 [n] sum -> %13
        %13: f32[n] = sum %12 axes=[1] keep=false
      group 6 [] sum div -> %16
        %15: f32[] = sum %14 axes=[0] keep=false
        %16: f32[] = div %15 %5
      group 7 [n,1] div -> %18
        %18: f32[n,1] = div 1 %17
      group 8 [n,3] mul -> %21
        %21: f32[n,3] = mul %20 %6
      group 9 [3] sum sub abs select -> %33
        %22: f32[3] = sum %21 axes=[0] keep=false
        %27: f32[3] = sub dense1.bias %26
        %31: f32[3] = abs %27
        %33: f32[3] = select %32 0 %27
      group 10 [4,3] matmul sub abs select -> %30
        %23: f32[4,3] = matmul %7 %21
        %25: f32[4,3] = sub dense1.weight %24
        %28: f32[4,3] = abs %25
        %30: f32[4,3] = select %29 0 %25
      update dense1.weight = %30
      update dense1.bias = %33
      return loss = %16"
    `));
  test("memory", () =>
    expect(stageOf("plan", step, true)).toMatchInlineSnapshot(`
      "arena 272 bytes, at least 272 alive at once
        step.%6  256..260  groups 0-8
        step.%2  0..72  groups 1-5
        step.%3  160..184  groups 2-5
        step.%9  80..152  groups 3-8
        step.%10  192..216  groups 4-7
        step.%13  224..248  groups 5-6
        step.%18  0..24  groups 7-8
        step.%21  80..152  groups 8-10  in place of step.%9"
    `));
  test("tiles", () =>
    expect(stageOf("tile", step, true)).toMatchInlineSnapshot(`
      "step.0: one point at a time
      step.1: lanes along i1 x1
      step.2: lanes across r0 x1
      step.3: lanes along i1 x1
      step.4: lanes across r0 x1
      step.5: lanes across r0 x1
      step.6: lanes across r0 x4
      step.7: lanes along i0 x1
      step.8: lanes along i1 x1
      step.9: lanes along i0 x1
      step.10: lanes along i1 x1, i0 by 4, last rows x1"
    `));
});

describe("mean squared error, momentum", () => {
  const { step } = buildProgram(regression);
  test("groups", () =>
    expect(stageOf("schedule", step, true)).toMatchInlineSnapshot(`
      "inline
        %2: f32[n,2] = add %1 dense1.bias
        %4: f32[n,2] = mul %3 %3
        %6: f32[] = rows
        %7: f32[3,n] = transpose x permutation=[1,0]
        %12: f32[3,2] = mul 0.9 momentum.v.dense1.weight
        %14: f32[3,2] = mul 0.1 %13
        %17: bool[3,2] = lt %16 1.1754943508222875e-38
        %20: f32[2] = mul 0.9 momentum.v.dense1.bias
        %22: f32[2] = mul 0.1 %21
        %24: bool[3,2] = lt %19 1.1754943508222875e-38
        %27: bool[2] = lt %26 1.1754943508222875e-38
        %30: bool[2] = lt %29 1.1754943508222875e-38
        %32: f32[] = mul %5 0.5
      group 0 [] div -> %8
        %8: f32[] = div 1 %6
      group 1 [n,2] matmul sub mul -> %3, %9
        %1: f32[n,2] = matmul x dense1.weight
        %3: f32[n,2] = sub %2 y
        %9: f32[n,2] = mul %3 %8
      group 2 [] sum div -> %33
        %5: f32[] = sum %4 axes=[0,1] keep=false
        %33: f32[] = div %32 %6
      group 3 [2] sum add sub abs select abs select -> %28, %31
        %10: f32[2] = sum %9 axes=[0] keep=false
        %21: f32[2] = add %20 %10
        %23: f32[2] = sub dense1.bias %22
        %26: f32[2] = abs %23
        %28: f32[2] = select %27 0 %23
        %29: f32[2] = abs %21
        %31: f32[2] = select %30 0 %21
      group 4 [3,2] matmul add sub abs select abs select -> %18, %25
        %11: f32[3,2] = matmul %7 %9
        %13: f32[3,2] = add %12 %11
        %15: f32[3,2] = sub dense1.weight %14
        %16: f32[3,2] = abs %15
        %18: f32[3,2] = select %17 0 %15
        %19: f32[3,2] = abs %13
        %25: f32[3,2] = select %24 0 %13
      update dense1.weight = %18
      update momentum.v.dense1.weight = %25
      update dense1.bias = %28
      update momentum.v.dense1.bias = %31
      return loss = %33"
    `));
});

test("the arena of a 20-30-16-5 step beside what must be alive at once", () => {
  const { arena } = stepOf(perceptron).compiled.plan;
  expect([arena.bytes, arena.lowerBoundBytes]).toMatchInlineSnapshot(`
    [
      9760,
      9760,
    ]
  `);
});

test.each(Object.entries({ classifier, perceptron, regression }))("%s: loops and graph agree", (_name, source) => {
  const program = buildProgram(source);
  const module = stepOf(source);
  for (const rows of [1, 3, 6]) {
    const call = { rows, leaves: leavesOf(program, program.step, rows), seed: 3, step: 2 };
    expect(firstFault(module.run(call), interpret(program.step, call), 1e-5)).toBeUndefined();
  }
});

function stepOf(source: Model) {
  const { step, batch } = buildProgram(source);
  return loopModule(step, { batch, dtype: "f32" });
}

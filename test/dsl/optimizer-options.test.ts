/** What every optimiser takes beside its own options: clip, weightDecay; and what a parameter says: rate, trainable. */
import { adam, adamW, type Clip, cosine, dense, l1, l2, meanSquaredError, model, momentum, relu, sgd } from "nabla";
import { load } from "nabla/runtime";
import { describe, expect, test } from "vitest";
import { compile } from "../../compiler/compile.ts";
import { leafName, nodesOf } from "../../compiler/graph/graph.ts";
import { buildProgram } from "../../compiler/program/program.ts";
import { stageOf } from "../support/stages.ts";
import { mapValues, netModel, start, trainAsWasm, trainByHand, type Values, wasmNet, worstError } from "./plain-net.ts";
import * as plain from "./plain-optimizers.ts";

const normOf = (values: Values): number => Math.hypot(...Object.values(values).flat());

describe("clipping", () => {
  const clipValue = (limit: number) => (gradients: Values) =>
    mapValues(gradients, (values) => values.map((g) => Math.min(Math.max(g, -limit), limit)));
  const clipNorm = (limit: number) => (gradients: Values) => {
    const scale = Math.min(1, limit / normOf(gradients));
    return mapValues(gradients, (values) => values.map((g) => g * scale));
  };
  const cases: [string, Clip, (gradients: Values) => Values][] = [
    ["by value", { value: 0.05 }, clipValue(0.05)],
    ["by norm", { norm: 0.3 }, clipNorm(0.3)],
  ];

  test.each(cases)("%s, 20 steps of momentum and of adam", async (_name, clip, change) => {
    const both = [
      { optimizer: momentum({ rate: 0.1, clip }), move: () => plain.momentum(0.1, 0.9) },
      { optimizer: adam({ rate: 0.01, clip }), move: () => plain.adam(() => 0.01, 0.9, 0.999, 1e-8) },
    ];
    for (const { optimizer, move } of both) {
      const expected = trainByHand({ move, change });
      expect(expected, "it clips").not.toEqual(trainByHand({ move }));
      for (const dtype of ["f64", "f32"] as const) {
        expect(worstError(dtype, await trainAsWasm(dtype, optimizer), expected), dtype).toBeLessThanOrEqual(1);
      }
    }
  });

  test.each([{ value: 10 }, { norm: 10 }])("gradients within %o are the same to the bit", async (clip) => {
    expect(await trainAsWasm("f32", sgd({ rate: 0.1, clip }))).toEqual(await trainAsWasm("f32", sgd({ rate: 0.1 })));
  });

  test("gradients of 0 have a norm of 0 and stay", async () => {
    const { net } = await wasmNet("f32", sgd({ rate: 0.1, clip: { norm: 1 } }));
    const x = new Float32Array(3);
    const before = net.save().tensors;
    net.step({ x }, { y: net.infer({ x }).y! });
    expect(net.save().tensors).toEqual(before);
  });

  test("what a regulariser adds is part of the gradient", async () => {
    const lambda = 0.05;
    const change = (gradients: Values, p: Values) =>
      clipNorm(0.3)(
        mapValues(gradients, (values, name) =>
          name.endsWith("weight") ? values.map((g, i) => g + 2 * lambda * p[name]![i]!) : values,
        ),
      );
    const got = await trainAsWasm("f64", sgd({ rate: 0.1, clip: { norm: 0.3 } }), { regularize: l2(lambda) });
    expect(worstError("f64", got, trainByHand({ move: () => plain.sgd(0.1), change }))).toBeLessThanOrEqual(1);
  });

  test("the gradients that the program states are those of the loss, unclipped", () => {
    const [clipped, whole] = [sgd({ rate: 1, clip: { value: 1 } }), sgd({ rate: 1 })].map((optimizer) =>
      [...buildProgram(netModel(optimizer)).gradients.values()].map(({ op }) => op.name),
    );
    expect(clipped).toEqual(whole);
  });
});

describe("regularisers in 20 steps", () => {
  const penalties = {
    l1: { regularize: l1(0.03), slope: (w: number) => 0.03 * Math.sign(w) },
    l2: { regularize: l2(0.03), slope: (w: number) => 2 * 0.03 * w },
  };
  test.each(Object.entries(penalties))("%s on weights, biases exempt", async (_name, { regularize, slope }) => {
    const change = (gradients: Values, p: Values) =>
      mapValues(gradients, (values, name) =>
        name.endsWith("weight") ? values.map((g, i) => g + slope(p[name]![i]!)) : values,
      );
    const expected = trainByHand({ move: () => plain.sgd(0.1), change });
    for (const dtype of ["f64", "f32"] as const) {
      const got = await trainAsWasm(dtype, sgd({ rate: 0.1 }), { regularize });
      expect(worstError(dtype, got, expected), dtype).toBeLessThanOrEqual(1);
    }
  });
});

describe("a layer's own rate", () => {
  const ofLayer = (name: string) => (name.startsWith("hidden") ? 0.25 : 1);

  test("scales the optimiser's, biases included", async () => {
    const expected = trainByHand({ move: (name) => plain.momentum(0.1 * ofLayer(name), 0.9) });
    for (const dtype of ["f64", "f32"] as const) {
      const got = await trainAsWasm(dtype, momentum({ rate: 0.1 }), { hidden: { rate: 0.25 } });
      expect(worstError(dtype, got, expected), dtype).toBeLessThanOrEqual(1);
    }
  });

  test("scales a schedule, and the weight decay with it", async () => {
    const rate = (t: number) => (0.02 * (1 + Math.cos((Math.PI * (t - 1)) / 30))) / 2;
    const move = (name: string) => {
      const own = (t: number) => ofLayer(name) * rate(t);
      const step = plain.adam(own, 0.9, 0.999, 1e-8);
      return name.endsWith("weight") ? plain.decayed(step, own, 0.01) : step;
    };
    const optimizer = adamW({ rate: cosine({ from: 0.02, steps: 30 }) });
    for (const dtype of ["f64", "f32"] as const) {
      const got = await trainAsWasm(dtype, optimizer, { hidden: { rate: 0.25 } });
      expect(worstError(dtype, got, trainByHand({ move })), dtype).toBeLessThanOrEqual(1);
    }
  });
});

describe("a frozen layer", () => {
  const frozen = { hidden: { trainable: false } };

  test("stays to the bit, while the others learn as if it were data", async () => {
    const expected = trainByHand({ move: (name) => (name.startsWith("out") ? plain.momentum(0.1, 0.9) : (w) => w) });
    const got = await trainAsWasm("f64", momentum({ rate: 0.1 }), frozen);
    expect(worstError("f64", got, expected)).toBeLessThanOrEqual(1);
    expect(got["hidden.weight"]).toEqual(start["hidden.weight"]);
    expect(got["hidden.bias"]).toEqual(start["hidden.bias"]);
  });

  test("has no optimiser state, no gradient and no penalty: the step is that of the rest alone", () => {
    const program = buildProgram(netModel(adam({ clip: { norm: 1 } }), { ...frozen, regularize: l2(0.1) }));
    const { step } = program;
    const states = program.states.map(({ name }) => name);
    expect(states.filter((name) => name.startsWith("adam") && name.includes("hidden"))).toEqual([]);
    expect([...program.gradients.keys()]).toEqual(["out.weight", "out.bias"]);
    expect(step.updates.map(({ state }) => leafName(state)).filter((name) => name.startsWith("hidden"))).toEqual([]);
    // One product a layer forward, and one for the gradient of the layer that learns.
    expect(nodesOf(step).filter(({ op }) => op.name === "matmul")).toHaveLength(3);
  });

  test("costs no time and no memory: loops and arena of a net whose first layer does not learn", () => {
    const net = (trainable: boolean) =>
      buildProgram(
        model({
          inputs: { x: [4] },
          targets: { y: [1] },
          batch: 8,
          forward: ({ x }) => ({ y: dense(relu(dense(x, 32, { name: "first", trainable })), 1, { name: "last" }) }),
          loss: ({ y }, targets) => meanSquaredError(y, targets.y),
          optimizer: sgd({ rate: 0.1 }),
        }),
      ).step;
    expect(stageOf("schedule", net(false), true)).toMatchInlineSnapshot(`
      "inline
        %2: f32[n,32] = add %1 first.bias
        %5: f32[n,1] = add %4 last.bias
        %7: f32[n,1] = mul %6 %6
        %9: f32[] = rows
        %11: f32[32,n] = transpose %3 permutation=[1,0]
        %16: f32[32,1] = mul 0.1 %15
        %18: f32[1] = mul 0.1 %14
        %21: bool[32,1] = lt %20 1.1754943508222875e-38
        %24: bool[1] = lt %23 1.1754943508222875e-38
      group 0 [] div -> %12
        %12: f32[] = div 2 %9
      group 1 [n,32] matmul relu -> %3
        %1: f32[n,32] = matmul x first.weight
        %3: f32[n,32] = relu %2
      group 2 [n,1] matmul sub mul -> %6, %13
        %4: f32[n,1] = matmul %3 last.weight
        %6: f32[n,1] = sub %5 y
        %13: f32[n,1] = mul %6 %12
      group 3 [] sum div -> %10
        %8: f32[] = sum %7 axes=[0,1] keep=false
        %10: f32[] = div %8 %9
      group 4 [1] sum sub abs select -> %25
        %14: f32[1] = sum %13 axes=[0] keep=false
        %19: f32[1] = sub last.bias %18
        %23: f32[1] = abs %19
        %25: f32[1] = select %24 0 %19
      group 5 [32,1] matmul sub abs select -> %22
        %15: f32[32,1] = matmul %11 %13
        %17: f32[32,1] = sub last.weight %16
        %20: f32[32,1] = abs %17
        %22: f32[32,1] = select %21 0 %17
      update last.weight = %22
      update last.bias = %25
      return loss = %10"
    `);
    const arena = (trainable: boolean) => Number(/^arena (\d+)/.exec(stageOf("plan", net(trainable), true))![1]);
    expect(arena(false)).toBeLessThan(arena(true));
  });

  test("is saved, restored and inferred with as any other", async () => {
    const built = await compile(netModel(sgd({ rate: 0.1 }), frozen));
    const net = await load(built.wasm as Uint8Array<ArrayBuffer>);
    expect(Object.keys(net.save().tensors)).toContain("hidden.weight");
    const x = [0.1, 0.2, 0.3];
    const before = net.infer({ x }).y![0];
    net.parameters["hidden.weight"]!.fill(0.5);
    expect(net.infer({ x }).y![0]).not.toBe(before);
  });
});

test("clipping by norm in the plan: the gradients are kept until their norm is known, the rest is done in place", () => {
  const { step } = buildProgram(netModel(adam({ rate: cosine({ from: 0.01, steps: 10 }), clip: { norm: 1 } })));
  expect(stageOf("plan", step, true)).toMatchInlineSnapshot(`
    "arena 320 bytes, at least 320 alive at once
      step.%15  144..148  groups 0-3
      step.%45  272..276  groups 0-21
      step.%98  288..292  groups 0-21
      step.%2  0..96  groups 1-2
      step.%3  0..96  groups 2-7  in place of step.%2
      step.%6  96..144  groups 3-4
      step.%16  192..240  groups 3-7
      step.%17  304..312  groups 5-21
      step.%20  96..192  groups 6-9
      step.%19  240..272  groups 7-20
      step.%21  48..64  groups 8-19
      step.%22  0..48  groups 9-18
      step.%24  64..68  groups 10-13
      step.%26  80..84  groups 11-13
      step.%28  96..100  groups 12-13
      step.%33  64..68  groups 13-17  in place of step.%24
      step.%50  80..84  groups 13-17  in place of step.%26
      step.%73  96..100  groups 13-21  in place of step.%28
      step.%53  112..116  groups 14-17
      step.%56  128..132  groups 15-17
      step.%59  144..148  groups 16-17
      step.%72  64..68  groups 17-21  in place of step.%33"
  `);
});

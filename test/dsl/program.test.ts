import {
  adam,
  classes,
  dense,
  heNormal,
  l1,
  l2,
  meanSquaredError,
  model,
  mul,
  ones,
  parameter,
  relu,
  sgd,
  softmaxCrossEntropy,
  zeros,
} from "nabla";
import { describe, expect, test } from "vitest";
import { leafName } from "../../compiler/graph/graph.ts";
import { interpret } from "../../compiler/graph/interpret.ts";
import { printGraph } from "../../compiler/graph/print.ts";
import { verifyGraph } from "../../compiler/graph/verify.ts";
import { buildProgram } from "../../compiler/program/program.ts";
import { Random } from "../support/random.ts";
import { bound, initialStates } from "./support.ts";

const iris = model({
  inputs: { flower: [4] },
  targets: { species: classes(3) },
  batch: 16,
  forward({ flower }) {
    const hidden = bound("hidden", () => relu(dense(flower, 16, { weight: heNormal() })));
    return { logits: bound("logits", () => dense(hidden, 3)) };
  },
  loss: ({ logits }, { species }) => softmaxCrossEntropy(logits, species),
  optimizer: adam({ rate: 1e-2 }),
});

describe("the program of a 4-16-3 net", () => {
  const program = buildProgram(iris);

  test("names its fields and the shape of one example", () => {
    const { inputs } = program.evaluate;
    expect(program.inputs).toEqual([{ name: "flower", dims: [4], dtype: "float", node: inputs[0] }]);
    expect(program.targets).toEqual([{ name: "species", dims: [], dtype: "label", classes: 3, node: inputs[1] }]);
    expect(program.outputs).toEqual([{ name: "logits", dims: [3], dtype: "float" }]);
    expect(program.metrics).toEqual([{ kind: "classes", output: "logits", target: "species" }]);
    expect([program.dtype, program.batch, program.seed]).toEqual(["f32", 16, 0]);
  });

  test("has the parameters first, then the optimiser's states", () => {
    expect(program.states.map(({ name, role }) => `${role} ${name}`)).toMatchInlineSnapshot(`
      [
        "parameter hidden.weight",
        "parameter hidden.bias",
        "parameter logits.weight",
        "parameter logits.bias",
        "optimizer adam.c1",
        "optimizer adam.c2",
        "optimizer adam.m.hidden.weight",
        "optimizer adam.v.hidden.weight",
        "optimizer adam.m.hidden.bias",
        "optimizer adam.v.hidden.bias",
        "optimizer adam.m.logits.weight",
        "optimizer adam.v.logits.weight",
        "optimizer adam.m.logits.bias",
        "optimizer adam.v.logits.bias",
      ]
    `);
    expect(program.states.map(({ node }) => node.type.dims.join("x"))).toMatchInlineSnapshot(`
      [
        "4x16",
        "16",
        "16x3",
        "3",
        "",
        "",
        "4x16",
        "4x16",
        "16",
        "16",
        "16x3",
        "16x3",
        "3",
        "3",
      ]
    `);
    expect(program.states.map(({ node }) => leafName(node))).toEqual(program.states.map(({ name }) => name));
  });

  test("has four graphs that verify", () => {
    for (const graph of [program.init, program.infer, program.evaluate, program.step]) verifyGraph(graph);
    expect(printGraph(program.infer)).toMatchInlineSnapshot(`
      "graph infer(flower: f32[n,4]; hidden.weight: f32[4,16], hidden.bias: f32[16], logits.weight: f32[16,3], logits.bias: f32[3])
        hidden.1: f32[n,16] = matmul flower hidden.weight
        hidden.2: f32[n,16] = add hidden.1 hidden.bias
        hidden.3: f32[n,16] = relu hidden.2
        logits.1: f32[n,3] = matmul hidden.3 logits.weight
        logits.2: f32[n,3] = add logits.1 logits.bias
        return logits = logits.2"
    `);
    expect(printGraph(program.evaluate)).toMatchInlineSnapshot(`
      "graph evaluate(flower: f32[n,4], species: i32[n]; hidden.weight: f32[4,16], hidden.bias: f32[16], logits.weight: f32[16,3], logits.bias: f32[3])
        hidden.1: f32[n,16] = matmul flower hidden.weight
        hidden.2: f32[n,16] = add hidden.1 hidden.bias
        hidden.3: f32[n,16] = relu hidden.2
        logits.1: f32[n,3] = matmul hidden.3 logits.weight
        logits.2: f32[n,3] = add logits.1 logits.bias
        %1: f32[n,1] = max logits.2 axes=[1] keep=true
        %2: f32[n,1] = stopGradient %1
        %3: f32[n,3] = sub logits.2 %2
        %4: f32[n,3] = exp %3
        %5: f32[n] = sum %4 axes=[1] keep=false
        %6: f32[n] = log %5
        %7: f32[n,3] = oneHot species classes=3
        %8: f32[n,3] = mulNoNan %7 %3
        %9: f32[n] = sum %8 axes=[1] keep=false
        %10: f32[n] = sub %6 %9
        %11: f32[] = sum %10 axes=[0] keep=false
        %12: f32[] = rows
        %13: f32[] = div %11 %12
        return logits = logits.2, loss = %13"
    `);
  });

  test("updates every state in init and in step", () => {
    const names = program.states.map(({ name }) => name);
    expect(program.init.updates.map(({ state }) => leafName(state))).toEqual(names);
    expect(program.step.updates.map(({ state }) => leafName(state)).sort()).toEqual([...names].sort());
    expect([...program.gradients.keys()]).toEqual(names.slice(0, 4));
  });

  test("takes another element type and batch", () => {
    const other = buildProgram(iris, { dtype: "f64", batch: 5 });
    expect(other.batch).toBe(5);
    expect(new Set(other.states.map(({ node }) => node.type.dtype))).toEqual(new Set(["f64"]));
  });
});

const regression = (options: {
  regularize?: ReturnType<typeof l2>;
  layer?: ReturnType<typeof l2> | false;
  frozen?: boolean;
}) =>
  model({
    inputs: { x: [2] },
    targets: { y: [1] },
    batch: 4,
    forward({ x }) {
      const scale = bound("scale", () => parameter([2], ones(), { trainable: !options.frozen }));
      const scaled = mul(x, scale);
      return { y: bound("head", () => dense(scaled, 1, { regularize: options.layer, biasInit: ones() })) };
    },
    loss: ({ y }, targets) => meanSquaredError(y, targets.y),
    optimizer: sgd({ rate: 0.5 }),
    ...(options.regularize && { regularize: options.regularize }),
  });

describe("regularisation", () => {
  /** The losses of evaluate and of step for the same states. */
  const losses = (options: Parameters<typeof regression>[0]) => {
    const program = buildProgram(regression(options), { dtype: "f64" });
    const states = initialStates(program);
    const leaves = new Map([...states, ["x", [1, 2]], ["y", [0.5]]] as [string, ArrayLike<number>][]);
    const loss = (graph: typeof program.step) => interpret(graph, { rows: 1, leaves }).outputs.get("loss")![0]!;
    return { difference: loss(program.step) - loss(program.evaluate), states };
  };
  const total = (values: Float64Array, f: (w: number) => number) => values.reduce((sum, w) => sum + f(w), 0);

  test("adds lambda * sum w^2 of every weight, biases excluded, to the loss of step alone", () => {
    const { difference, states } = losses({ regularize: l2(0.1) });
    const squares = total(states.get("scale")!, (w) => w * w) + total(states.get("head.weight")!, (w) => w * w);
    expect(difference).toBeCloseTo(0.1 * squares, 14);
  });
  test("a layer's own takes the place of the model's", () => {
    const { difference, states } = losses({ regularize: l2(0.1), layer: l1(0.3) });
    const squares = total(states.get("scale")!, (w) => w * w);
    expect(difference).toBeCloseTo(0.1 * squares + 0.3 * total(states.get("head.weight")!, Math.abs), 14);
  });
  test("false exempts a layer", () => {
    const { difference, states } = losses({ regularize: l2(0.1), layer: false });
    expect(difference).toBeCloseTo(0.1 * total(states.get("scale")!, (w) => w * w), 14);
  });
});

test("a parameter that is not trainable is a state that step leaves alone", () => {
  const program = buildProgram(regression({ frozen: true }));
  expect(program.states.filter(({ trainable }) => trainable).map(({ name }) => name)).toEqual([
    "head.weight",
    "head.bias",
  ]);
  expect(program.step.updates.map(({ state }) => leafName(state))).toEqual(["head.weight", "head.bias"]);
  expect(program.init.updates.map(({ state }) => leafName(state))).toContain("scale");
});

test("the gradient of the step is that of its loss, for any number of rows", () => {
  const program = buildProgram(iris, { dtype: "f64" });
  const parameter = program.states[0]!;
  const outputs = [{ name: "gradient", node: program.gradients.get(parameter.name)! }];
  const random = new Random(3);
  for (const rows of [1, 5, 16]) {
    const leaves = new Map<string, ArrayLike<number>>([
      ...initialStates(program, 4),
      ["flower", random.array(4 * rows)],
      ["species", Array.from({ length: rows }, () => random.integer(0, 2))],
    ]);
    const slope = interpret({ ...program.step, outputs, updates: [] }, { rows, leaves }).outputs.get("gradient")!;
    const weights = leaves.get(parameter.name)!;
    const lossAt = (element: number, by: number) => {
      const moved = Array.from(weights).with(element, weights[element]! + by);
      const graph = { ...program.step, updates: [] };
      return interpret(graph, { rows, leaves: new Map(leaves).set(parameter.name, moved) }).outputs.get("loss")![0]!;
    };
    for (const element of [0, 17, 40, 63]) {
      expect(slope[element]).toBeCloseTo((lossAt(element, 1e-6) - lossAt(element, -1e-6)) / 2e-6, 8);
    }
  }
});

test("a bias can be left out", () => {
  const program = buildProgram(
    model({
      inputs: { x: [2] },
      targets: { y: [1] },
      batch: 1,
      forward: ({ x }) => ({ y: dense(x, 1, { bias: false, weight: zeros() }) }),
      loss: ({ y }, targets) => meanSquaredError(y, targets.y),
      optimizer: sgd({ rate: 1 }),
    }),
  );
  expect(program.states.map(({ name }) => name)).toEqual(["dense1.weight"]);
});

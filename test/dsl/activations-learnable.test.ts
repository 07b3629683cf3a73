/** PReLU and Swish: their parameters, names and gradients; that they are learned, and go into the inference module. */
import {
  dense,
  l1,
  l2,
  meanSquaredError,
  model,
  type PreluOptions,
  prelu,
  type SwishOptions,
  sgd,
  swish,
  type Tensor,
} from "nabla";
import { load } from "nabla/runtime";
import { describe, expect, test } from "vitest";
import { compile } from "../../compiler/compile.ts";
import type { Model } from "../../compiler/dsl/model.ts";
import { interpret } from "../../compiler/graph/interpret.ts";
import { buildProgram } from "../../compiler/program/program.ts";
import { differences, worstError } from "../support/differences.ts";
import { bound, initialStates } from "./support.ts";

type Activation = (x: Tensor<[3]>) => Tensor<[3]>;
const x = [-2, -0.5, 1, 3, -1.5, 0.75, -0.25, 2, -4];
const t = [0.3, -0.7, 1.2, 0.9, 0.1, -0.4, 0.2, 1.1, -0.6];

/** y = activation(x), fitted to t; nothing else is learned. */
const fitted = (activation: Activation, changes: object = {}) =>
  model({
    inputs: { x: [3] },
    targets: { t: [3] },
    batch: 4,
    forward: ({ x }) => ({ y: bound("y", () => activation(x)) }),
    loss: ({ y }, { t }) => meanSquaredError(y, t),
    optimizer: sgd({ rate: 0.1 }),
    ...changes,
  });

/** The step's loss, and its gradients by name, as functions of the states, for the first rows of x and t. */
function stepOf(source: Model, rows: number) {
  const { step, gradients } = buildProgram(source, { dtype: "f64" });
  const slopes = [...gradients].map(([name, node]) => ({ name: `d ${name}`, node }));
  const graph = { ...step, outputs: [...step.outputs, ...slopes], updates: [] };
  const leaves = new Map([
    ["x", x.slice(0, 3 * rows)],
    ["t", t.slice(0, 3 * rows)],
  ]);
  return (states: ReadonlyMap<string, ArrayLike<number>>) =>
    interpret(graph, { rows, leaves: new Map<string, ArrayLike<number>>([...leaves, ...states]) }).outputs;
}

const cases: [string, Activation, parameter: string, value: number[]][] = [
  ["prelu per layer", (x) => prelu(x), "y.slope", [0.3]],
  ["prelu per unit", (x) => prelu(x, { per: "unit" }), "y.slope", [0.3, -0.2, 1.4]],
  ["swish per layer", (x) => swish(x), "y.beta", [0.8]],
  ["swish per unit", (x) => swish(x, { per: "unit" }), "y.beta", [0.8, -0.5, 2]],
];

const formulas = {
  slope: (x: number, slope: number) => (x > 0 ? x : slope * x),
  beta: (x: number, beta: number) => x / (1 + Math.exp(-beta * x)),
};

describe.each(cases)("%s", (_name, activation, parameter, value) => {
  const states = new Map([[parameter, Float64Array.from(value)]]);
  const formula = formulas[parameter.slice(2) as keyof typeof formulas];

  test.each([1, 2, 3])("is its formula, for %i rows", (rows) => {
    const loss = stepOf(fitted(activation), rows)(states).get("loss")![0]!;
    const errors = x.slice(0, 3 * rows).map((v, i) => (formula(v, value[i % value.length]!) - t[i]!) ** 2);
    expect(loss).toBeCloseTo(errors.reduce((a, b) => a + b) / errors.length, 13);
  });
  test.each([1, 2, 3])("has the gradient that central differences give, for %i rows", (rows) => {
    const run = stepOf(fitted(activation), rows);
    const want = differences((changed) => run(changed).get("loss")![0]!, states, parameter);
    expect(worstError(run(states).get(`d ${parameter}`)!, [...want])).toBeLessThan(1e-9);
  });
});

describe("where they start", () => {
  const start = (activation: Activation) =>
    [...initialStates(buildProgram(fitted(activation))).values()].map((v) => [...v]);

  test("slope 0.25, beta 1", () => {
    expect(start((x) => prelu(x))).toEqual([[0.25]]);
    expect(start((x) => swish(x))).toEqual([[1]]);
    expect(start((x) => prelu(x, { per: "unit" }))).toEqual([[0.25, 0.25, 0.25]]);
  });
  test("what is asked for", () => {
    const slope: PreluOptions = { slope: 0 };
    const beta: SwishOptions = { beta: 1.5, per: "unit" };
    expect(start((x) => prelu(x, slope))).toEqual([[0]]);
    expect(start((x) => swish(x, beta))).toEqual([[1.5, 1.5, 1.5]]);
  });
});

test("names stand beside those of the layer in the same binding", () => {
  const named = fitted((x) => {
    const hidden = bound("hidden", () => prelu(dense(x, 3)));
    const other = bound("other", () => swish(prelu(hidden, { name: "first" })));
    return other;
  });
  expect(buildProgram(named).states.map(({ name }) => name)).toEqual([
    "y.hidden.weight",
    "y.hidden.bias",
    "y.hidden.slope",
    "first.slope",
    "y.other.beta",
  ]);
  const unnamed = fitted((x) => x, { forward: ({ x }: { x: Tensor<[3]> }) => ({ y: prelu(prelu(x)) }) });
  expect(buildProgram(unnamed).states.map(({ name }) => name)).toEqual(["prelu1.slope", "prelu2.slope"]);
});

test("the model's regulariser leaves them out; their own counts", () => {
  const lossOf = (source: Model) => stepOf(source, 3)(new Map([["y.slope", [2]]])).get("loss")![0]!;
  const plain = lossOf(fitted((x) => prelu(x)));
  expect(lossOf(fitted((x) => prelu(x), { regularize: l2(1) }))).toBe(plain);
  expect(lossOf(fitted((x) => prelu(x, { regularize: l1(0.5) }))) - plain).toBeCloseTo(1, 13);
});

describe("as Wasm", () => {
  const inputs = { x: Float32Array.from([-3, -1, 0.5, -2, 2, -0.5]) };
  const learns = async (source: Model, target: (x: number) => number) => {
    const { wasm } = await compile(source);
    const net = await load(wasm as Uint8Array<ArrayBuffer>);
    net.init(0);
    for (let step = 0; step < 400; step++) net.step(inputs, { t: inputs.x.map(target) });
    const frozen = await compile(source, { mode: "infer", weights: net.parameters });
    const shipped = await load(frozen.wasm as Uint8Array<ArrayBuffer>);
    expect([...shipped.infer(inputs).y!]).toEqual([...net.infer(inputs).y!]);
    return net.parameters;
  };

  test("prelu learns a slope of 0.6, which the inference module has", async () => {
    const parameters = await learns(fitted((x) => prelu(x)) as never, (x) => (x > 0 ? x : 0.6 * x));
    expect(parameters["y.slope"]![0]).toBeCloseTo(0.6, 5);
  });
  test("swish learns a beta of 2, which the inference module has", async () => {
    const parameters = await learns(
      fitted((x) => swish(x), { optimizer: sgd({ rate: 3 }) }) as never,
      (x) => x / (1 + Math.exp(-2 * x)),
    );
    expect(parameters["y.beta"]![0]).toBeCloseTo(2, 3);
  });
});

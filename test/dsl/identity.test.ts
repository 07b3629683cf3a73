/**
 * Names decide nothing: whatever inputs, outputs, parameters, states and bindings are called, among them what the compiler calls
 * its own, a model computes the same bits. What a caller could not tell apart is refused with its place.
 */
import * as nabla from "nabla";
import { load } from "nabla/runtime";
import { describe, expect, test } from "vitest";
import { compile } from "../../compiler/compile.ts";
import { leafName } from "../../compiler/graph/graph.ts";
import { interpret } from "../../compiler/graph/interpret.ts";
import type { Node } from "../../compiler/graph/node.ts";
import { printGraph } from "../../compiler/graph/print.ts";
import { elementCount } from "../../compiler/graph/types.ts";
import { parseGraph } from "../../compiler/ops/parse-graph.ts";
import { buildProgram } from "../../compiler/program/program.ts";
import { checkModel } from "../../compiler/tasks/check-model.ts";
import { compareDerivatives } from "../../compiler/tasks/three-ways/compare.ts";
import { bound } from "./support.ts";

interface Called {
  readonly input: string;
  readonly output: string;
  readonly target: string;
  /** Two parameters, and the bindings of two layers. */
  readonly parameters: readonly [string, string];
  readonly bindings: readonly [string, string];
}

const plain: Called = {
  input: "x",
  output: "y",
  target: "t",
  parameters: ["gain", "shift"],
  bindings: ["hidden", "logits"],
};

/** A layer whose result has a batch norm to fold, a value with rows of a weight alone, and one node as two outputs. */
const modelOf = ({ input, output, target, parameters, bindings }: Called): nabla.Model =>
  nabla.model({
    inputs: { [input]: [3], kind: nabla.classes(4) },
    targets: { [target]: [2] },
    batch: 3,
    forward(inputs) {
      const { [input]: x, kind } = inputs as unknown as Record<string, nabla.Tensor<[3]>> & { kind: nabla.Labels<4> };
      const gain = nabla.parameter([4], nabla.uniformInit(1, 2), { name: parameters[0] });
      const shift = nabla.parameter([2], nabla.uniformInit(1, 2), { name: parameters[1] });
      const kinds = nabla.matmul(nabla.oneHot(kind), nabla.parameter([4, 3], nabla.uniformInit(-1, 1)));
      const layer = bound(bindings[0], () => nabla.dense(nabla.add(x!, kinds), 4));
      const weight = bound("weight", () => nabla.tanh(nabla.mul(nabla.batchNorm(layer), nabla.div(gain, 2))));
      const y = bound(bindings[1], () => nabla.add(nabla.dense(weight, 2), nabla.mul(shift, 2)));
      return { [output]: y, again: y, slope: nabla.grad(y, weight) };
    },
    loss: (outputs, targets) =>
      nabla.meanSquaredError(
        (outputs as unknown as Record<string, nabla.Tensor<[2]>>)[output]!,
        (targets as unknown as Record<string, nabla.Tensor<[2]>>)[target]!,
      ),
    optimizer: nabla.adam({ rate: 0.1 }),
  }) as unknown as nabla.Model;

/** All that a model computes, without names: states and outputs after two steps, of the training and of the inference module. */
async function bitsOf(called: Called): Promise<number[][]> {
  const model = modelOf(called);
  const net = await load((await compile(model)).wasm as BufferSource);
  const inputs = { [called.input]: [1, -2, 3, 0.5, 1, -1], kind: [3, 1] };
  const targets = { [called.target]: [1, 2, 3, 4] };
  const losses = [net.step(inputs, targets), net.step(inputs, targets)];
  const shipped = await load((await compile(model, { mode: "infer", weights: net.parameters })).wasm as BufferSource);
  const { loss, ...evaluated } = net.evaluate(inputs, targets);
  const states = [...Object.values(net.parameters), ...Object.values(net.optimizer)];
  const results = [evaluated, net.infer(inputs), shipped.infer(inputs)];
  expect(results.map((outputs) => Object.keys(outputs))).toEqual(results.map(() => [called.output, "again", "slope"]));
  return [[...losses, loss], ...states, ...results.flatMap(Object.values)].map((values) => [...values]);
}

const expected = await bitsOf(plain);

describe("the same bits", () => {
  const fields = [
    ...["seed", "step", "infer", "init", "evaluate", "memory", "n", "folded1", "acc0", "i0"],
    ...["outputs", "größe", "NaN", "$"],
  ];

  test.each(fields)("everything is called %s", async (name) => {
    const called = { ...plain, input: name, output: name, parameters: [name, `${name}.weight`] as const };
    expect(await bitsOf({ ...called, bindings: [name, name] })).toEqual(expected);
  });

  test.each<[string, Partial<Called>]>([
    ["parameters as what is folded", { parameters: ["folded2", "folded1"] }],
    ["an input as a layer's weight", { bindings: ["weight", "bias"], input: "weight" }],
    ["a parameter as the optimiser's state", { parameters: ["adam.m.x", "adam.c1"], bindings: ["adam", "m"] }],
    ["a target as an output and a parameter", { target: "y", parameters: ["y", "x"] }],
    ["a target as the loss", { target: "loss", parameters: ["loss", "loss.weight"], bindings: ["loss", "loss"] }],
    ["layers as functions", { bindings: ["infer", "step"] }],
    ["layers as members of all objects", { bindings: ["constructor", "toString"] }],
    ["parameters as members of members", { parameters: ["a.constructor", "__proto__.b"] }],
  ])("%s", async (_title, called) => {
    expect(await bitsOf({ ...plain, ...called })).toEqual(expected);
  });
});

describe("tools that run a model by hand know leaves by what they are", () => {
  const model = modelOf({ ...plain, input: "x", parameters: ["x", "t"], output: "x", bindings: ["step", "step"] });

  test("the proof of gradients, and three ways to differentiate", async () => {
    const check = await checkModel(model);
    expect(check.parameters.map(({ name }) => name)).toContain("x");
    expect(check.passed).toBe(true);
    const { gradient, widths } = await compareDerivatives(model, { rows: 2 });
    expect(gradient.operations).toBeGreaterThan(0);
    expect(Math.min(...widths.map(({ central }) => central))).toBeLessThan(1e-6);
  });

  test("the text form has one name each, and is read back to the same values", () => {
    const { step, infer } = buildProgram(model, { dtype: "f64" });
    for (const graph of [step, infer]) {
      const text = printGraph(graph);
      const read = parseGraph(text);
      expect(printGraph(read)).toBe(text);
      const leaves = [...graph.inputs, ...graph.states];
      const values = leaves.map(({ type }, i) =>
        Array.from({ length: elementCount(type.dims, 2) }, (_, j) => (i + j) % 3),
      );
      const valuesOf = (nodes: readonly Node[]) => new Map(nodes.map((node, i) => [node, values[i]!]));
      const want = interpret(graph, { rows: 2, leaves: valuesOf(leaves) }).outputs;
      const got = interpret(read, { rows: 2, leaves: valuesOf([...read.inputs, ...read.states]) }).outputs;
      expect([...got.values()]).toEqual([...want.values()]);
    }
  });

  test("a name that two leaves share gives neither a value", () => {
    const { infer } = buildProgram(model, { dtype: "f64" });
    const leaves = new Map([...infer.inputs, ...infer.states].map((leaf) => [leafName(leaf), [1]]));
    expect(() => interpret(infer, { rows: 1, leaves })).toThrow("x names two leaves");
  });

  test("stages, loops and code print buffers that differ by names that differ", async () => {
    const built = await compile(model);
    for (const { plan } of built.functions) {
      const { leaves, outputs, temporaries } = plan.assignment;
      const all = [...leaves.values(), ...outputs.values(), ...temporaries.map(({ buffer }) => buffer)];
      expect(new Set(all.map(({ name }) => name)).size).toBe(all.length);
    }
  });
});

describe("what a caller could not tell apart is refused, with its place", () => {
  const refusal = (called: Partial<Called>): string => {
    try {
      buildProgram(modelOf({ ...plain, ...called }));
    } catch (error) {
      return (error as Error).message;
    }
    return "nothing";
  };

  test("two parameters of one name", () => {
    expect(refusal({ parameters: ["gain", "gain"] })).toMatchInlineSnapshot(`
      "dsl/name
        parameter: "gain" cannot name a parameter: it already names another parameter
        Rename one of them."
    `);
  });

  test("a parameter called as one that a layer's part has", () => {
    const twice = () =>
      buildProgram(
        nabla.model({
          inputs: { x: [2] },
          targets: { t: [2] },
          batch: 1,
          forward: ({ x }) => ({
            y: nabla.mul(nabla.dense(x, 2, { name: "h" }), nabla.parameter([2], nabla.ones(), { name: "h.weight" })),
          }),
          loss: ({ y }, { t }) => nabla.meanSquaredError(y, t),
          optimizer: nabla.sgd({ rate: 0.1 }),
        }),
      );
    expect(twice).toThrowErrorMatchingInlineSnapshot(`
      [CompileError: dsl/name
        parameter: "h.weight" cannot name a parameter: it already names another parameter
        Rename one of them.]
    `);
  });

  test("a target called as an input, an output called loss, members of all objects", () => {
    expect(refusal({ target: "x" })).toContain('"x" cannot name a target: it already names an input');
    expect(refusal({ output: "loss" })).toContain('"loss" cannot name an output');
    for (const name of ["__proto__", "constructor", "toString"]) {
      expect(refusal({ parameters: [name, "other"] })).toContain("cannot name a parameter");
      expect(refusal({ output: name })).toContain("cannot name an output");
      expect(refusal({ input: name })).toContain("cannot name an input");
    }
    expect(refusal({ parameters: ["__metadata__", "other"] })).toContain("what a file of weights says of itself");
    for (const name of ["%3", "a b", "a/b", ""])
      expect(refusal({ parameters: [name, "other"] })).toContain("cannot name a parameter");
  });
});

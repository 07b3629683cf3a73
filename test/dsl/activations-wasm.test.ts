/** Activations and their derivatives as f32 Wasm, against the float64 interpreter, all in one module. */

import type { Tensor } from "nabla";
import * as nabla from "nabla";
import { beforeAll, describe, expect, test } from "vitest";
import { gradients } from "../../compiler/adjoint/build.ts";
import { createBuild, duringBuild } from "../../compiler/dsl/build.ts";
import type { Graph } from "../../compiler/graph/graph.ts";
import { interpret } from "../../compiler/graph/interpret.ts";
import type { Node } from "../../compiler/graph/node.ts";
import { input, mul, sum } from "../../compiler/ops/index.ts";
import { type GraphModule, graphModule } from "../support/run-graph.ts";

type Vector = Tensor<[5]>;
const activations: Record<string, (x: Vector) => Vector> = {
  leakyRelu: (x) => nabla.leakyRelu(x),
  elu: (x) => nabla.elu(x, 1.5),
  selu: nabla.selu,
  logSigmoid: nabla.logSigmoid,
  softplus: nabla.softplus,
  silu: nabla.silu,
  mish: nabla.mish,
  gelu: (x) => nabla.gelu(x),
  geluByTanh: (x) => nabla.gelu(x, { approximate: "tanh" }),
  hardSigmoid: nabla.hardSigmoid,
  hardSwish: nabla.hardSwish,
  softmax: nabla.softmax,
  logSoftmax: nabla.logSoftmax,
  prelu: (x) => nabla.prelu(x, { per: "unit" }),
  swish: (x) => nabla.swish(x),
};
const learned = new Map([
  ["prelu1.slope", [0.25, -0.5, 1.5, 0, 3]],
  ["swish1.beta", [1.25]],
]);

/** Outputs y.<name>, and dx.<name> for the sum of y times a weight for each element. */
function graphOf(names: readonly string[]): Graph {
  const [x, weight] = ["x", "weight"].map((name) => input(name, { dtype: "f32", dims: ["n", 5] })) as [Node, Node];
  const build = createBuild("f32");
  const outputs = names.flatMap((name) => {
    const y = duringBuild(build, () => activations[name]!(x as never)) as unknown as Node;
    const [dx] = gradients(sum(mul(y, weight)), [x]);
    return [
      { name: `y.${name}`, node: y },
      { name: `dx.${name}`, node: dx! },
    ];
  });
  return { name: "main", inputs: [x, weight], states: build.parameters.map(({ node }) => node), outputs, updates: [] };
}

const batch = 4;
/** What a batch leaves over, extremes, zeros, a few of everyday size. */
const values = [-1e4, 1e4, 0, -0, 5, -5, 0.3, -0.3, 1.7, -1.7, 12, -12, 30, -30, 1e-3].map(Math.fround);
const weights = values.map((_, i) => Math.fround(0.5 + ((7 * i) % 11) / 10));

describe("as f32 Wasm, for 3 rows of a batch of 4", () => {
  const graph = graphOf(Object.keys(activations));
  const leaves = new Map<string, ArrayLike<number>>([["x", values], ["weight", weights], ...learned]);
  let outputs: Map<string, Float64Array>;
  beforeAll(async () => {
    outputs = (await graphModule(graph, { batch, dtype: "f32" })).run({ rows: 3, leaves }).outputs;
  });
  const want = interpret(graph, { rows: 3, leaves }).outputs;

  test.each([...want.keys()])("%s", (name) => {
    want.get(name)!.forEach((value, i) => {
      const scale = Math.max(1, Math.abs(value));
      expect(Math.abs(outputs.get(name)![i]! - value) / scale, `at ${values[i]}`).toBeLessThan(2e-6);
    });
  });
});

describe("at the largest f32 either way", () => {
  const largest = 3.4e38;
  const names = ["softplus", "logSigmoid", "logSoftmax"];
  let module: GraphModule;
  beforeAll(async () => {
    module = await graphModule(graphOf(names), { batch: 1, dtype: "f32" });
  });

  test.each(names)("%s and its derivative are finite", (name) => {
    const x = [-largest, -0.25 * largest, 0, -1e-30, -1e30];
    const { outputs } = module.run({
      rows: 1,
      leaves: new Map([
        ["x", x],
        ["weight", [1, 1, 1, 1, 1]],
      ]),
    });
    expect([...outputs.get(`y.${name}`)!, ...outputs.get(`dx.${name}`)!].filter((v) => !Number.isFinite(v))).toEqual(
      [],
    );
  });
  test("also above 0", () => {
    const x = [largest, 0.5 * largest, 1e30, 90, 1];
    const { outputs } = module.run({
      rows: 1,
      leaves: new Map([
        ["x", x],
        ["weight", [1, 1, 1, 1, 1]],
      ]),
    });
    for (const values of outputs.values()) expect([...values].filter((v) => !Number.isFinite(v))).toEqual([]);
    expect(outputs.get("y.softplus")![0]).toBe(Math.fround(largest));
  });
});

/** Losses and their derivatives as f32 Wasm where it is hard: logits of 1e4, zeros, one class, one row. */
import * as nabla from "nabla";
import { beforeAll, describe, expect, test } from "vitest";
import { gradients } from "../../compiler/adjoint/build.ts";
import type { Graph } from "../../compiler/graph/graph.ts";
import { interpret } from "../../compiler/graph/interpret.ts";
import type { Node } from "../../compiler/graph/node.ts";
import { input } from "../../compiler/ops/index.ts";
import { type GraphModule, graphModule } from "../support/run-graph.ts";

type Loss = (x: never, t: never, label: never) => nabla.Scalar;
const losses: Record<string, Loss> = {
  squared: (x, t) => nabla.meanSquaredError(x, t),
  absolute: (x, t) => nabla.meanAbsoluteError(x, t),
  huber: (x, t) => nabla.huber(x, t),
  sigmoid: (x, t) => nabla.sigmoidCrossEntropy(x, t),
  labels: (x, _t, label) => nabla.softmaxCrossEntropy(x, label),
  smoothedLabels: (x, _t, label) => nabla.softmaxCrossEntropy(x, label, { labelSmoothing: 0.1 }),
  probabilities: (x, t) => nabla.softmaxCrossEntropy(x, t),
};
const weighted: Loss = (x, _t, label) => nabla.softmaxCrossEntropy(x, label, { classWeights: [0, 2, 1] });

/** Outputs loss.<name> and dx.<name>. */
function graphOf(classes: number, chosen: Record<string, Loss>): Graph {
  const x = input("x", { dtype: "f32", dims: ["n", classes] });
  const t = input("t", { dtype: "f32", dims: ["n", classes] });
  const label = input("label", { dtype: "i32", dims: ["n"] });
  const outputs = Object.entries(chosen).flatMap(([name, loss]) => {
    const node = loss(x as never, t as never, label as never) as unknown as Node;
    return [
      { name: `loss.${name}`, node },
      { name: `dx.${name}`, node: gradients(node, [x])[0]! },
    ];
  });
  return { name: "main", inputs: [x, t, label], states: [], outputs, updates: [] };
}

const batch = 4;
const widths = [
  { classes: 3, graph: graphOf(3, { ...losses, weighted }) },
  { classes: 1, graph: graphOf(1, losses) },
];
const big = [1e4, -1e4, 0, -1e4, -1e4, -1e4, 1e4, 1e4, -1e4];
const given: [string, number[]][] = [
  ["logits of 1e4 either way", big],
  ["all-zero logits", new Array(9).fill(0)],
  ["everyday logits", [0.5, -1.25, 2, 3, 0.25, -0.75, 1, 1.5, -2]],
];
const targets = [0, 1, 0, 0.25, 0.25, 0.5, 0, 0, 1];
const labels = [0, 2, 1];

describe.each(widths)("$classes classes", ({ classes, graph }) => {
  let module: GraphModule;
  beforeAll(async () => {
    module = await graphModule(graph, { batch, dtype: "f32" });
  });

  describe.each(given)("%s", (_name, logits) => {
    test.each([1, 2, 3])("%i rows: finite, and as the interpreter has it", (rows) => {
      const leaves = new Map<string, ArrayLike<number>>([
        ["x", logits.slice(0, rows * classes)],
        ["t", targets.slice(0, rows * classes)],
        ["label", labels.slice(0, rows).map((label) => Math.min(label, classes - 1))],
      ]);
      const want = interpret(graph, { rows, leaves }).outputs;
      for (const [name, values] of module.run({ rows, leaves }).outputs) {
        values.forEach((value, i) => {
          const expected = want.get(name)![i]!;
          expect(value, name).toSatisfy(Number.isFinite);
          expect(Math.abs(value - expected) / Math.max(1, Math.abs(expected)), name).toBeLessThan(1e-6);
        });
      }
    });
  });
});

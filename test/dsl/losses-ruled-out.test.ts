/** Classes and labels ruled out by a logit of -Infinity: the loss is that of what is left, and so is the derivative. */
import { sigmoidCrossEntropy, softmaxCrossEntropy } from "nabla";
import { beforeAll, describe, expect, test } from "vitest";
import { gradients } from "../../compiler/adjoint/build.ts";
import type { Node } from "../../compiler/graph/node.ts";
import { input } from "../../compiler/ops/index.ts";
import { simplifyAdjoint } from "../../compiler/simplify/index.ts";
import { type GraphModule, graphModule } from "../support/run-graph.ts";

const out = Number.NEGATIVE_INFINITY;
const lse = (...logits: number[]): number => Math.log(logits.reduce((sum, x) => sum + Math.exp(x), 0));
const share = (x: number, ...logits: number[]): number => Math.exp(x - lse(...logits));

/** One row each; `label` and `t` say the same where both are used. */
const rows = [
  { what: "of another class", z: [1, out, 3], label: 0, t: [1, 0, 0] },
  { what: "of all others", z: [out, out, 2], label: 2, t: [0, 0, 1] },
  { what: "finite, further apart than the largest number", z: [3e38, -3e38, 0], label: 0, t: [1, 0, 0] },
  { what: "of the class itself", z: [1, out, 3], label: 1, t: [0, 1, 0] },
];
const softmaxed = [
  { loss: lse(1, 3) - 1, dz: [share(1, 1, 3) - 1, 0, share(3, 1, 3)] },
  { loss: 0, dz: [0, 0, 0] },
  { loss: 0, dz: [0, 0, 0] },
  { loss: Number.POSITIVE_INFINITY, dz: [share(1, 1, 3), -1, share(3, 1, 3)] },
];

const losses = {
  labels: (z: never, _t: never, label: never) => softmaxCrossEntropy(z, label),
  "labels, class weights": (z: never, _t: never, label: never) =>
    softmaxCrossEntropy(z, label, { classWeights: [2, 2, 2] }),
  probabilities: (z: never, t: never) => softmaxCrossEntropy(z, t),
  sigmoids: (z: never, t: never) => sigmoidCrossEntropy(z, t),
};

describe.each(["f32", "f64"] as const)("%s", (dtype) => {
  let module: GraphModule;
  beforeAll(async () => {
    const [z, t] = ["z", "t"].map((name) => input(name, { dtype, dims: ["n", 3] })) as [Node, Node];
    const label = input("label", { dtype: "i32", dims: ["n"] });
    const outputs = Object.entries(losses).flatMap(([name, loss]) => {
      const node = loss(z as never, t as never, label as never) as unknown as Node;
      return [
        { name, node },
        { name: `${name}: dz`, node: simplifyAdjoint(gradients(node, [z]), [node])[0]! },
      ];
    });
    module = await graphModule(
      { name: "main", inputs: [z, t, label], states: [], outputs, updates: [] },
      { batch: 1, dtype },
    );
  });

  const run = ({ z, t, label }: (typeof rows)[number]) => {
    const { outputs } = module.run({
      rows: 1,
      leaves: new Map([
        ["z", z],
        ["t", t],
        ["label", [label]],
      ]),
    });
    return (name: string): number[] => [...outputs.get(name)!].map((value) => value + 0);
  };
  const expectNear = (got: number[], want: readonly number[]) =>
    got.forEach((value, i) => {
      const error = value === want[i] ? 0 : Math.abs(value - want[i]!);
      expect(error).toBeLessThanOrEqual(dtype === "f32" ? 1e-6 : 1e-14);
    });

  test.each(rows.map((row, i) => ({ ...row, ...softmaxed[i]! })))("a logit $what", ({ loss, dz, ...row }) => {
    const result = run(row);
    for (const name of ["labels", "labels, class weights", "probabilities"]) {
      expectNear(result(name), [loss]);
      expectNear(result(`${name}: dz`), dz);
    }
  });

  test("probabilities that leave the class out", () => {
    const result = run({ what: "", z: [1, out, 3], label: 0, t: [0.5, 0, 0.5] });
    expectNear(result("probabilities"), [lse(1, 3) - 2]);
  });

  test("a label whose sigmoid is 0, the target being 0", () => {
    const result = run({ what: "", z: [0, out, out], label: 0, t: [1, 0, 0] });
    expectNear(result("sigmoids"), [Math.log(2) / 3]);
    expectNear(result("sigmoids: dz"), [-1 / 6, 0, 0]);
    expect(run({ what: "", z: [0, out, 0], label: 0, t: [1, 1, 0] })("sigmoids")).toEqual([Number.POSITIVE_INFINITY]);
  });
});

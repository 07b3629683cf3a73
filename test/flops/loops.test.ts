/** A loop counts what its turns do, once for all of its results; its kernels are one group's. */
import { add, dense, meanSquaredError, model, mul, scan, sgd, tanh } from "nabla";
import { expect, test } from "vitest";
import { compile } from "../../compiler/compile.ts";
import { costsOf } from "../../compiler/tasks/inspect-page/costs.ts";

const recurrent = model({
  inputs: { x: [7, 5] },
  targets: { y: [8] },
  batch: 3,
  forward({ x }) {
    const { last, each } = scan([8], x, (h, element) =>
      tanh(add(dense(element, 8, { bias: false, name: "in" }), dense(h, 8, { bias: false, name: "own" }))),
    );
    return { out: add(last, mul(last, 2)), all: each };
  },
  loss: ({ out }, { y }) => meanSquaredError(out, y),
  optimizer: sgd({ rate: 0.1 }),
});

test("seven turns of 5-8 and 8-8 with tanh, read twice", async () => {
  const { manifest } = await compile(recurrent, { mode: "infer" });
  const products = 8 * (2 * 5 - 1) + 8 * (2 * 8 - 1) + 8;
  expect(manifest.flops).toEqual({ infer: { arithmetic: 3 * (7 * products + 2 * 8), activations: 3 * 7 * 8 } });
});

test("every kernel of a step belongs to a group, those of a turn to the loop's", async () => {
  const built = await compile(recurrent);
  const costs = costsOf(built, "step");
  const kernels = built.functions.find(({ name }) => name === "step")!.loops.map(({ name }) => name);
  expect(costs.flatMap((cost) => cost.kernels)).toEqual(kernels);
  const loops = costs.filter(({ ops }) => ops.includes("scan"));
  expect(loops.length).toBe(2);
  for (const { kernels: own } of loops) expect(own.length).toBeGreaterThan(1);
  expect(costs.length).toBeLessThan(kernels.length);
});

/** The convention of counting, on numbers worked out by hand. */
import { dense, meanSquaredError, model, relu, sgd } from "nabla";
import { expect, test } from "vitest";
import { compile } from "../../compiler/compile.ts";
import { totalFlops } from "../../compiler/flops.ts";
import { currentRegion, inRegion } from "../../compiler/graph/region.ts";
import { readModelFile } from "../../compiler/tasks/model-file.ts";

const net = (bias: boolean) =>
  model({
    inputs: { x: [8] },
    targets: { t: [3] },
    batch: 5,
    forward: ({ x }) => ({ y: dense(relu(dense(x, 16, { bias })), 3, { bias }) }),
    loss: ({ y }, { t }) => meanSquaredError(y, t),
    optimizer: sgd({ rate: 0.1 }),
  });

test.each([
  [true, 2 * 16 * 8 + 2 * 3 * 16],
  [false, 2 * 16 * 8 - 16 + 2 * 3 * 16 - 3],
])("inference of 8-16-3, bias %s: %i a row; its activations apart", async (bias, perRow) => {
  const { manifest } = await compile(net(bias), { mode: "infer" });
  expect(manifest.flops).toEqual({ infer: { arithmetic: 5 * perRow, activations: 5 * 16 } });
});

test("what is built after a function that threw belongs to the part that it belonged to before", () => {
  const refused = () => {
    throw new RangeError("refused");
  };
  expect(() => inRegion("update", () => inRegion("adjoint", refused))).toThrow("refused");
  expect(currentRegion()).toBe("forward");
});

test("a step: the forward part, twice the products of all layers but the first in the adjoint, two a weight in the update", async () => {
  const { flops } = (await compile(net(true))).manifest;
  const rows = 5;
  const weights = 16 * 8 + 3 * 16;
  const biases = 16 + 3;
  // y - t and its square, summed over all elements, divided by their count and by the rows.
  expect(flops.forward!.arithmetic).toBe(rows * (2 * weights) + rows * 3 * 2 + (rows * 3 - 1) + 2);
  expect(flops.forward!.activations).toBe(rows * 16);
  const dw = weights * (2 * rows - 1);
  const db = biases * (rows - 1);
  const dx = rows * 16 * (2 * 3 - 1);
  const seed = flops.adjoint!.arithmetic - dw - db - dx;
  // The rest is elementwise: the loss's own slope, and the ReLU's mask.
  expect(seed).toBeLessThanOrEqual(rows * (3 * 3 + 16) + 3);
  expect(seed).toBeGreaterThan(0);
  expect(flops.update!.arithmetic).toBe(2 * (weights + biases));
});

test("iris: what inspect and the manifest say", async () => {
  const { model: iris } = await readModelFile("examples/iris/iris.model.ts");
  const { flops } = (await compile(iris)).manifest;
  expect(flops).toMatchInlineSnapshot(`
    {
      "adjoint": {
        "activations": 0,
        "arithmetic": 5966,
      },
      "evaluate": {
        "activations": 320,
        "arithmetic": 3936,
      },
      "forward": {
        "activations": 320,
        "arithmetic": 3936,
      },
      "infer": {
        "activations": 256,
        "arithmetic": 3712,
      },
      "update": {
        "activations": 1317,
        "arithmetic": 1448,
      },
    }
  `);
  expect(totalFlops(flops.infer)).toBeLessThan(totalFlops(flops.forward!));
});

/** What `evaluate` says of any number of rows: the loss of them all, and the accuracy of the loss's own output. */
import { describe, expect, test } from "vitest";
import { compile } from "../../compiler/compile.ts";
import {
  add,
  batchMean,
  batchSum,
  classes,
  dense,
  div,
  greater,
  type Labels,
  log,
  type Model,
  maximum,
  meanSquaredError,
  model,
  mul,
  ones,
  parameter,
  type Scalar,
  sgd,
  softmax,
  softmaxCrossEntropy,
  sqrt,
  sub,
  sum,
  type Tensor,
  where,
} from "../../compiler/dsl/index.ts";
import { openBatches } from "../../runtime/batches.ts";
import { type Data, evaluate, load, type Row } from "../../runtime/index.ts";

const netOf = async (description: Model) => load((await compile(description)).wasm as Uint8Array<ArrayBuffer>);

describe("accuracy", () => {
  const common = { inputs: { x: [2] }, batch: 2, optimizer: sgd({ rate: 0.1 }) } as const;
  const x = [1, 0, 1, 0, 1, 0];

  test("is that of the output which the loss compared, whatever else there is", async () => {
    const net = await netOf(
      model({
        ...common,
        targets: { k: classes(2) },
        forward({ x }) {
          const logits = dense(x, 2, { name: "out" });
          return { opposite: mul(logits, -1), logits, shares: softmax(logits) };
        },
        loss: ({ logits }, { k }) => softmaxCrossEntropy(logits, k),
      }),
    );
    net.parameters["out.weight"]!.set([1, 0, 0, 1]);
    expect((await evaluate(net, { inputs: { x }, targets: { k: [0, 0, 1] } })).accuracy).toBeCloseTo(2 / 3, 15);
  });

  test("is none where the loss compared two", async () => {
    const net = await netOf(
      model({
        ...common,
        targets: { k: classes(2), j: classes(2) },
        forward: ({ x }) => ({ a: dense(x, 2), b: dense(x, 2) }),
        loss: ({ a, b }, { k, j }) => add(softmaxCrossEntropy(a, k), softmaxCrossEntropy(b, j)),
      }),
    );
    const data: Data = { inputs: { x }, targets: { k: [0, 0, 1], j: [1, 1, 1] } };
    expect((await evaluate(net, data)).accuracy).toBe(undefined);
  });
});

describe("data", () => {
  const line = async (dtype: "f32" | "f64") => {
    const description = model({
      inputs: { x: [] },
      targets: { y: [] },
      batch: 2,
      forward: ({ x }) => ({ y: mul(x, parameter([], ones(), { name: "w" })) }),
      loss: ({ y }, targets) => meanSquaredError(y, targets.y),
      optimizer: sgd({ rate: 0.1 }),
    });
    return load((await compile(description, { dtype })).wasm as Uint8Array<ArrayBuffer>);
  };

  test("beyond the element type is refused with its row, before anything runs", async () => {
    const [narrow, wide] = [await line("f32"), await line("f64")];
    const data: Data = { inputs: { x: [1, 2, 1e39] }, targets: { y: [1, 2, 3] } };
    await expect(evaluate(narrow, data)).rejects.toThrow(
      'input "x", row 2: expected a number that f32 holds, got 1e+39',
    );
    expect((await evaluate(wide, data)).loss / (1e78 / 3)).toBeCloseTo(1, 12);
  });

  test("rows by name, and names of classes, where the module knows them", async () => {
    const net = await line("f64");
    const [slot] = net.manifest.inputs;
    const named = { ...net, manifest: { ...net.manifest, inputs: [{ ...slot!, columns: ["length"] }] } };
    const y = { targets: { y: [1, 2, 4] } };
    const rows: Row[] = [{ length: 1, width: 5 }, { length: 2 }, { length: 3 }];
    expect(await evaluate(named, { inputs: { x: rows }, ...y })).toEqual(
      await evaluate(net, { inputs: { x: [1, 2, 3] }, ...y }),
    );
    const classed = { ...slot!, dtype: "i32", classes: 2, labels: ["low", "tall"] } as const;
    const labelled = { ...net.manifest, targets: [], inputs: [classed] };
    expect(openBatches(labelled, { inputs: { x: ["tall", "low"] }, targets: {} }, 2).values.inputs).toEqual({
      x: [1, 0],
    });
  });
});

describe("the loss of all rows", () => {
  type Given = { z: Tensor<[2]>; p: Tensor<[]> };
  type Truth = { k: Labels<2>; y: Tensor<[]> };
  type Loss = (outputs: Given, targets: Truth) => Scalar;
  const x = [0, 1, 2, 3, 4, 5, 6];
  const data: Data = { inputs: { x }, targets: { k: [0, 0, 0, 0, 1, 0, 1], y: [3, -1, 0, 0, 2, -5, 7] } };
  const weighted: Loss = ({ z }, { k }) => softmaxCrossEntropy(z, k, { classWeights: [1, 9] });
  const squares: Loss = ({ p }, { y }) => meanSquaredError(p, y);
  /** Rows with y above 0, at least one. */
  const masked: Loss = ({ p }, { y }) => {
    const counts = where(greater(y, 0), mul(y, 0), add(mul(y, 0), 1));
    return div(batchSum(mul(counts, mul(p, p))), maximum(batchSum(counts), 1));
  };

  async function lossOf(
    loss: Loss,
    batch: number,
    dtype: "f32" | "f64",
  ): Promise<{ loss: number; sums?: number | undefined }> {
    const description: Model = model({
      inputs: { x: [1] },
      targets: { k: classes(2), y: [] },
      batch,
      forward({ x }) {
        const w = parameter([], ones(), { name: "w" });
        return { z: dense(x, 2, { name: "z" }), p: mul(sum(x), w) };
      },
      // Both targets and both outputs are read, whatever is looked at.
      loss: (outputs, targets) =>
        add(
          loss(outputs, targets),
          mul(add(squares(outputs, targets), softmaxCrossEntropy(outputs.z, targets.k)), 1e-30),
        ),
      optimizer: sgd({ rate: 0.1 }),
    });
    const net = await load((await compile(description, { dtype, seed: 1 })).wasm as Uint8Array<ArrayBuffer>);
    net.parameters["z.weight"]!.set([1, -1]);
    net.parameters["z.bias"]!.set([0, 0.5]);
    net.parameters.w!.set([0.75]);
    // Twice, as nothing of the first may be left behind.
    await evaluate(net, data);
    return { loss: (await evaluate(net, data)).loss, sums: net.manifest.sums };
  }

  /** By hand, row by row. */
  const entropies = x.map((v, i) => {
    const [a, b] = [v, 0.5 - v];
    return Math.log(Math.exp(a) + Math.exp(b)) - ((data.targets.k as number[])[i] ? b : a);
  });
  const weights = (data.targets.k as number[]).map((k) => (k ? 9 : 1));
  const errors = x.map((v, i) => (0.75 * v - (data.targets.y as number[])[i]!) ** 2);
  const total = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
  const weightedMean = total(entropies.map((l, i) => l * weights[i]!)) / total(weights);
  const kept = x.filter((_, i) => (data.targets.y as number[])[i]! <= 0).map((v) => (0.75 * v) ** 2);
  const penalty =
    (loss: Loss): Loss =>
    (outputs, targets) =>
      add(loss(outputs, targets), 5);

  test.each<[string, Loss, number]>([
    ["classes with weights", weighted, weightedMean],
    ["a mask, its count held above 0", masked, total(kept) / kept.length],
    ["the root of a mean", (o, t) => sqrt(squares(o, t)), Math.sqrt(total(errors) / 7)],
    ["a sum", ({ p }) => batchSum(mul(p, p)), total(x.map((v) => (0.75 * v) ** 2))],
    [
      "two tasks and a constant, which counts once",
      penalty((o, t) => add(mul(weighted(o, t), 2), log(squares(o, t)))),
      2 * weightedMean + Math.log(total(errors) / 7) + 5,
    ],
  ])("%s", async (_, loss, expected) => {
    for (const batch of [1, 2, 3, 7]) {
      const found = await lossOf(loss, batch, "f64");
      expect(Math.abs(found.loss / expected - 1)).toBeLessThan(1e-13);
      expect(found.sums).toBeGreaterThan(0);
    }
    expect(Math.abs((await lossOf(loss, 2, "f32")).loss / expected - 1)).toBeLessThan(1e-6);
  });

  test("a mean over rows needs no sums, nor do rows that are measured against each other have any", async () => {
    for (const loss of [squares, penalty((o, t) => mul(sub(squares(o, t), 3), 0.5))])
      expect((await lossOf(loss, 2, "f64")).sums).toBe(undefined);
    const spread: Loss = ({ p }) => batchMean(mul(sub(p, batchMean(p)), sub(p, batchMean(p))));
    expect((await lossOf(spread, 2, "f64")).sums).toBe(undefined);
  });
});

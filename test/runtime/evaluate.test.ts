/** What `evaluate` says of any number of rows: the accuracy of the loss's own output. */
import { describe, expect, test } from "vitest";
import { compile } from "../../compiler/compile.ts";
import {
  add,
  classes,
  dense,
  type Model,
  model,
  mul,
  sgd,
  softmax,
  softmaxCrossEntropy,
} from "../../compiler/dsl/index.ts";
import { type Data, evaluate, load } from "../../runtime/index.ts";

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

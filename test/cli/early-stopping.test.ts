/** Early stopping: when a run ends, which weights it keeps, and that a resumed run comes to the same. */
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { compile } from "../../compiler/compile.ts";
import { classes, dense, model, relu, sgd, softmaxCrossEntropy } from "../../compiler/dsl/index.ts";
import { buildBundle } from "../../compiler/tasks/build-bundle.ts";
import { openTraining, shippedWeights } from "../../compiler/tasks/checkpoint.ts";
import { evaluateModel } from "../../compiler/tasks/evaluate-model.ts";
import { trainModel } from "../../compiler/tasks/train-model.ts";
import type { TrainModelOptions } from "../../compiler/tasks/train-options.ts";
import { load } from "../../runtime/index.ts";

const overfitted = model({
  inputs: { point: [2] },
  targets: { kind: classes(2) },
  batch: 8,
  forward: ({ point }) => ({ scores: dense(relu(dense(point, 32, { name: "hidden" })), 2, { name: "scores" }) }),
  loss: ({ scores }, { kind }) => softmaxCrossEntropy(scores, kind),
  optimizer: sgd({ rate: 0.7 }),
});

/** Labels that have nothing to do with the points: what is learnt of them holds for no other row. */
const noise = () => {
  let state = 4;
  const random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  const point = Array.from({ length: 80 }, () => 2 * random() - 1);
  return { inputs: { point }, targets: { kind: Array.from({ length: 40 }, () => Number(random() > 0.5)) } };
};

const folder = mkdtempSync(join(tmpdir(), "nabla-stopping-"));
const file = (name: string) => join(folder, name);

const options = {
  model: overfitted,
  data: noise(),
  validationSplit: 0.4,
  epochs: 200,
  seed: 2,
  stopping: { patience: 5 },
} satisfies TrainModelOptions;

describe("early stopping", () => {
  test("ends patience epochs after the lowest validation loss, and gives that epoch's weights", async () => {
    const losses: number[] = [];
    const { stoppedEarly, best, net, history, data } = await trainModel({
      ...options,
      onEpoch: ({ validation }) => losses.push(validation!.loss),
    });
    expect(stoppedEarly).toBe(true);
    const lowest = losses.indexOf(Math.min(...losses));
    expect(best!.found).toMatchObject({ epoch: lowest, loss: losses[lowest], waited: 5 });
    expect(history).toHaveLength(lowest + 6);
    const { inputs, targets, rows } = data.validation!;
    const again = await load((await compile(overfitted)).wasm as BufferSource);
    for (const [name, values] of Object.entries(net.parameters)) again.parameters[name] = values;
    let sum = 0;
    for (let from = 0; from < rows; from += 8) {
      const n = Math.min(8, rows - from);
      const slice = (values: ArrayLike<number>, size: number) =>
        Array.from(values).slice(from * size, (from + n) * size);
      const part = again.evaluate(
        { point: slice(inputs.point as ArrayLike<number>, 2) },
        { kind: slice(targets.kind as ArrayLike<number>, 1) },
        n,
      );
      sum += part.loss * n;
    }
    expect(sum / rows).toBe(losses[lowest]);
  });

  test("what is built from the checkpoint has the kept weights, the checkpoint the last ones, too", async () => {
    const { net } = await trainModel({ ...options, checkpoint: { file: file("kept") } });
    const checkpoint = openTraining(file("kept"));
    const shipped = shippedWeights(checkpoint);
    for (const [name, values] of Object.entries(net.parameters)) expect(shipped.get(name)).toEqual(values);
    expect(checkpoint.tensors.get("hidden.weight")!.data).not.toEqual(shipped.get("hidden.weight"));
    const { built } = await buildBundle(overfitted, { name: "kept", weights: file("kept") });
    const scores = (await load(built.wasm as BufferSource)).infer({ point: [0.3, -0.2] }).scores;
    expect(scores).toEqual(net.infer({ point: [0.3, -0.2] }).scores);
    const { evaluation } = await evaluateModel(overfitted, { weights: file("kept"), data: noise() });
    expect(evaluation.rows).toBe(40);
  });

  test("stopped at any step and resumed, it ends in the same epoch with the same file", async () => {
    const straight = await trainModel({ ...options, checkpoint: { file: file("straight") } });
    for (const stopAfter of [1, 4, 10, 17]) {
      const name = `stop-${stopAfter}`;
      const controller = new AbortController();
      let steps = 0;
      const first = await trainModel({
        ...options,
        checkpoint: { file: file(name) },
        signal: controller.signal,
        onStep: () => ++steps === stopAfter && controller.abort(),
      });
      expect(first.aborted).toBe(true);
      const { stopping: _, ...rest } = options;
      const resumed = await trainModel({ ...rest, checkpoint: { file: file(name) }, resume: file(name) });
      expect(resumed.net.save()).toEqual(straight.net.save());
      expect(readFileSync(file(name))).toEqual(readFileSync(file("straight")));
    }
    const again = await trainModel({ ...options, resume: file("straight"), checkpoint: { file: file("again") } });
    expect(again.history).toEqual([]);
    expect(again.net.parameters["hidden.weight"]).toEqual(straight.net.parameters["hidden.weight"]);
  });

  test("without rows to watch it is refused", async () => {
    const { validationSplit: _, ...rest } = options;
    await expect(trainModel(rest)).rejects.toThrow("expected rows held out for validation, got none");
  });
});

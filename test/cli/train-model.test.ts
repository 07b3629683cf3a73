import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { writeCheckpoint } from "../../compiler/data/checkpoint.ts";
import { classes, dense, model, momentum, plateau, sgd, softmaxCrossEntropy } from "../../compiler/dsl/index.ts";
import { buildProgram } from "../../compiler/program/program.ts";
import { openTraining } from "../../compiler/tasks/checkpoint.ts";
import { trainModel } from "../../compiler/tasks/train-model.ts";
import type { TrainModelOptions } from "../../compiler/tasks/train-options.ts";
import { readTrainingData } from "../../compiler/tasks/training-data.ts";
import { pointsTable } from "./samples.ts";

const points = model({
  inputs: { point: [2] },
  targets: { kind: classes(3) },
  batch: 4,
  forward: ({ point }) => ({ scores: dense(point, 3, { name: "scores" }) }),
  loss: ({ scores }, { kind }) => softmaxCrossEntropy(scores, kind),
  optimizer: momentum({ rate: 0.1 }),
});

const folder = mkdtempSync(join(tmpdir(), "nabla-train-model-"));
const file = (name: string) => join(folder, name);
const csv = (name: string, text = pointsTable()): string => {
  writeFileSync(file(name), text);
  return file(name);
};
const table = csv("points.csv");

describe("trainModel", () => {
  test("learns from a file, tells of each epoch, judges by rows held out", async () => {
    const told: number[] = [];
    const { net, history, test, data } = await trainModel({
      model: points,
      data: table,
      testSplit: 0.2,
      epochs: 20,
      onEpoch: ({ epoch }) => told.push(epoch),
    });
    expect(told).toEqual(Array.from({ length: 20 }, (_, epoch) => epoch));
    expect(history.at(-1)!.loss).toBeLessThan(history[0]!.loss / 4);
    expect(test).toMatchObject({ rows: 6, accuracy: 1 });
    expect(data.classNames).toEqual({ kind: ["north", "south", "west"] });
    expect(net.infer({ point: [0, 2] }).scores).toHaveLength(3);
  });

  test("of many rows and none to validate, some are watched", async () => {
    const many = csv("many.csv", pointsTable(1200));
    const { history } = await trainModel({ model: points, data: many, epochs: 1 });
    expect(history[0]).toMatchObject({ rows: 1200, validation: { rows: 1000 } });
  });

  test.each(["its data", "another's text"])("no checkpoint is written over %s", async (what) => {
    const other = csv(`${what}.csv`);
    const data = what === "its data" ? [other] : table;
    const run = trainModel({ model: points, data, epochs: 1, checkpoint: { file: other } });
    await expect(run).rejects.toThrow(what === "its data" ? "that the command does not read" : "did not write as such");
    expect(readFileSync(other, "utf8")).toBe(pointsTable());
  });

  test("arrays do as a file does", async () => {
    const fromFile = await trainModel({ model: points, data: table, epochs: 2 });
    const { inputs, targets } = fromFile.data.train;
    const fromArrays = await trainModel({ model: points, data: { inputs, targets }, epochs: 2 });
    expect(fromArrays.net.save()).toEqual(fromFile.net.save());
  });

  test("stopped at any step and resumed, it comes to the same bits", async () => {
    const options = {
      model: points,
      data: table,
      epochs: 3,
      validationSplit: 0.1,
      seed: 9,
    } satisfies TrainModelOptions;
    const straight = await trainModel({ ...options, checkpoint: { file: file("straight") } });
    // 27 rows are 7 steps an epoch.
    for (const stopAfter of [1, 6, 7, 10, 20]) {
      const name = `stop-${stopAfter}`;
      const controller = new AbortController();
      let steps = 0;
      const stopped = await trainModel({
        ...options,
        checkpoint: { file: file(name) },
        signal: controller.signal,
        onStep: () => ++steps === stopAfter && controller.abort(),
      });
      expect(stopped.aborted).toBe(true);
      expect(openTraining(file(name)).record?.step).toBe(stopAfter);
      const resumed = await trainModel({ ...options, checkpoint: { file: file(name) }, resume: file(name) });
      expect(resumed.net.save()).toEqual(straight.net.save());
      expect(resumed.history.at(-1)).toEqual(straight.history.at(-1));
      expect(readFileSync(file(name))).toEqual(readFileSync(file("straight")));
    }
  });

  test("a rate on plateaus falls where the loss does not, and a run that resumes counts on", async () => {
    // Nothing is that much better, so that every second epoch is a plateau.
    const rate = plateau({ from: 0.1, factor: 0.5, patience: 2, threshold: 0.99 });
    const options = { model: model({ ...points.spec, optimizer: sgd({ rate }) }), data: table, seed: 3 };
    const straight = await trainModel({ ...options, epochs: 6 });
    const { "plateau.factor": factor, "plateau.best": best } = straight.net.optimizer;
    expect(factor![0]).toBe(0.25);
    expect(best![0]).toBe(Math.fround(straight.history[0]!.validation!.loss));
    await trainModel({ ...options, epochs: 2, checkpoint: { file: file("plateau") } });
    const resumed = await trainModel({ ...options, epochs: 6, resume: file("plateau") });
    expect(resumed.net.save()).toEqual(straight.net.save());
  });

  test("inside an epoch it goes on with the same data only", async () => {
    const controller = new AbortController();
    const options = { model: points, data: table, epochs: 2 };
    const onStep = () => controller.abort();
    await trainModel({ ...options, checkpoint: { file: file("other-data") }, signal: controller.signal, onStep });
    const changed = csv("changed.csv", pointsTable().replace("south", "north"));
    await expect(trainModel({ ...options, data: changed, resume: file("other-data") })).rejects.toThrow(
      "the run stopped inside epoch 1, and the data is not what it was then",
    );
  });

  test("fewer epochs than are done are refused", async () => {
    await trainModel({ model: points, data: table, epochs: 2, checkpoint: { file: file("two") } });
    const again = trainModel({ model: points, data: table, epochs: 1, resume: file("two") });
    await expect(again).rejects.toThrow("2 epochs are done: expected more epochs than that in all, got 1");
  });

  test("a checkpoint every few epochs, and at the end", async () => {
    const written: (number | undefined)[] = [];
    const checkpoint = { file: file("every"), every: 2 };
    const seen = () => {
      try {
        return openTraining(checkpoint.file).record?.next.epoch;
      } catch {
        return undefined;
      }
    };
    await trainModel({ model: points, data: table, epochs: 5, checkpoint, onEpoch: () => written.push(seen()) });
    expect(written).toEqual([undefined, 2, 2, 4, 5]);
  });
});

describe("what is not kept, and not taken", () => {
  test("an update that overflows: the loss before it was good, the parameters are not", async () => {
    const wild = model({ ...points.spec, optimizer: momentum({ rate: 3e38 }) });
    const checkpoint = { file: file("wild") };
    const four = csv("four.csv", "x,y,kind\n9e5,9e5,north\n9e5,9e5,south\n9e5,9e5,west\n9e5,9e5,north\n");
    await expect(trainModel({ model: wild, data: four, epochs: 1, checkpoint })).rejects.toThrow(
      /^scores\.weight\[0\] is \S+ after the last step: expected a finite number/,
    );
    expect(() => openTraining(checkpoint.file)).toThrow("checkpoint/unreadable");
  });

  test("a checkpoint without one of the tensors, or with one of another shape, by its name", async () => {
    await trainModel({ model: points, data: table, epochs: 1, checkpoint: { file: file("whole") } });
    const { tensors, metadata } = openTraining(file("whole"));
    const bias = tensors.get("scores.bias")!;
    const resume = (changed: typeof tensors, name: string, kept = metadata) => {
      writeCheckpoint(file(name), changed, kept);
      return trainModel({ model: points, data: table, epochs: 2, resume: file(name) });
    };
    const fewer = new Map([...tensors].filter(([name]) => name !== "scores.bias"));
    await expect(resume(fewer, "fewer")).rejects.toThrow(
      /fewer checkpoint\/missing-tensor\n {2}it has no tensor "scores\.bias"/,
    );
    const turned = new Map([...tensors, ["scores.bias", { ...bias, shape: [3, 1] } as typeof bias]]);
    await expect(resume(turned, "turned")).rejects.toThrow(
      'checkpoint/shape\n  tensor "scores.bias": expected [3], got [3, 1]',
    );
    await expect(resume(tensors, "foreign", new Map())).rejects.toThrow("checkpoint/no-run");
  });
});

describe("readTrainingData", () => {
  const program = buildProgram(points);

  test("the test file has the labels of the training file", async () => {
    const apart = csv("apart.csv", "x,y,kind\n1,2,west\n3,4,south\n");
    const { test } = await readTrainingData(program, { data: table, test: apart, seed: 1 });
    expect(test).toMatchObject({ rows: 2, targets: { kind: Int32Array.of(2, 1) } });
  });

  test("parts share no row, and miss none", async () => {
    const { train, validation, test } = await readTrainingData(program, {
      data: table,
      testSplit: 0.2,
      validationSplit: 0.1,
      seed: 1,
    });
    const rows = [train, validation!, test!].flatMap(({ inputs }) => {
      const { point } = inputs as { point: Float64Array };
      return Array.from({ length: point.length / 2 }, (_, row) => `${point[2 * row]},${point[2 * row + 1]}`);
    });
    const all = await readTrainingData(program, { data: table, seed: 1 });
    expect([train.rows, validation!.rows, test!.rows, all.train.rows]).toEqual([21, 3, 6, 30]);
    const { point } = all.train.inputs as { point: Float64Array };
    expect(rows.sort()).toEqual(
      Array.from({ length: 30 }, (_, row) => `${point[2 * row]},${point[2 * row + 1]}`).sort(),
    );
  });

  test("a split that leaves nothing to train with is the user's error", async () => {
    const request = { data: table, testSplit: 0.6, validationSplit: 0.4, seed: 1 };
    await expect(readTrainingData(program, request)).rejects.toThrow(
      "split: expected at least one of 30 rows left to train with, got 18 to test and 12 to validate",
    );
  });
});

/** Every public function refuses options that it does not know, and values of another kind, by name. */
import * as nabla from "nabla";
import { buildBundle, CompileError, compile, evaluateModel, readDataset, splitRows, trainModel } from "nabla/compiler";
import {
  accuracy,
  keepBest,
  labelScores,
  load,
  openTrainer,
  reduceOnPlateau,
  regressionScores,
  scoresOf,
  train,
} from "nabla/runtime";
import { describe, expect, test } from "vitest";
import plugin from "../../compiler/plugin/index.ts";
import { parseRequest } from "../../compiler/plugin/request.ts";
import { show } from "../../runtime/kinds.ts";
import { serve } from "../../runtime/serve.ts";
import { linearModule } from "../runtime/linear.ts";

const { dense, meanSquaredError, sgd } = nabla;
const model = nabla.model({
  inputs: { x: [2] },
  targets: { t: [1] },
  batch: 4,
  forward: ({ x }) => ({ y: dense(x, 1) }),
  loss: ({ y }, { t }) => meanSquaredError(y, t),
  optimizer: sgd({ rate: 0.1 }),
});
const data = { inputs: { x: [1, 2] }, targets: { t: [1] } };
const bytes = await linearModule();
const rows = { inputs: { x: [1, 2, 3, 4] }, targets: { label: [0] } };

type Options = Record<string, unknown>;
type Call = (options: Options) => unknown;

/** What each takes, the options that it needs, and wrong values of its other ones. */
const calls: Record<string, [call: Call, needed: Options, wrong: Options[]]> = {
  compile: [
    (options) => compile(model, options as never),
    {},
    [
      { mode: "inference" },
      { dtype: "f16" },
      { batch: 2.5 },
      { batch: 0 },
      { batch: "4" },
      { seed: "1" },
      { seed: -1 },
      { seed: 2 ** 32 },
      { seed: Number.NaN },
      { simplify: 0 },
      { half: "yes" },
      { weights: [1, 2] },
      { weights: { "y.weight": ["1", "2"] } },
      { weights: { "y.weight": [[1], [2]] } },
      { weights: new Map([["y.weight", [undefined, 1]]]) },
      { weights: "iris.safetensors" },
      { tiles: {} },
      { name: 7 },
      { onStage: true },
    ],
  ],
  buildBundle: [
    (options) => buildBundle(model, options as never),
    { name: "net" },
    [{ name: undefined }, { target: "rust" }, { weights: { x: [1] } }, { mode: "predict" }, { half: 1 }],
  ],
  trainModel: [
    (options) => trainModel(options as never),
    { model, data, epochs: 1 },
    [
      { epochs: 2.5 },
      { epochs: "3" },
      { epochs: undefined },
      { epochs: -1 },
      { epochs: null },
      { seed: 1n },
      { data: undefined },
      { data: 5 },
      { data: { inputs: {} } },
      { testSplit: 1.5 },
      { testSplit: "0.2" },
      { validationSplit: Number.NaN },
      { checkpoint: "net.safetensors" },
      { checkpoint: { file: "net.safetensors", evry: 2 } },
      { checkpoint: { file: "net.safetensors", every: 0 } },
      { stopping: { patience: 0 } },
      { stopping: { patience: 3, delta: 1 } },
      { signal: {} },
      { onEpoch: "print" },
      { map: { x: 3 } },
      { dtype: "float32" },
    ],
  ],
  evaluateModel: [
    (options) => evaluateModel(model, options as never),
    { weights: "none.safetensors", data: "none.csv" },
    [{ weights: 3 }, { data: undefined }, { map: [] }],
  ],
  readDataset: [
    (options) => readDataset(options as never),
    { files: [], fields: [] },
    [{ files: "iris.csv" }, { files: [3] }, { fields: {} }, { map: "x=a" }],
  ],
  splitRows: [(options) => splitRows(10, options as never), { seed: 1 }, [{ test: "0.2" }, { seed: undefined }]],
  train: [
    async (options) => train(await load(bytes), rows, options as never),
    { epochs: 1, seed: 1 },
    [
      { epochs: 2.5 },
      { epochs: "1" },
      { epochs: undefined },
      { seed: "1" },
      { seed: undefined },
      { batch: 1.5 },
      { shuffle: 0 },
      { shuffle: "no" },
      { validation: rows.inputs },
      { onStep: {} },
      { signal: true },
      { start: { epoch: 0 } },
      { start: { epoch: 0, position: 0, lossSum: Number.NaN } },
    ],
  ],
  keepBest: [
    (options) => keepBest({ parameters: {} }, options as never),
    { patience: 2 },
    [{ patience: 0 }, { patience: "2" }, { minDelta: "0" }],
  ],
  reduceOnPlateau: [
    (options) => reduceOnPlateau({ optimizer: {} }, 1, options as never),
    { factor: 0.5, patience: 1 },
    [{ factor: "0.5" }, { factor: Number.NaN }, { patience: 0.5 }],
  ],
  "the plugin": [
    (options) => plugin.rollup(options as never),
    {},
    [{ inline: "4096" }, { inline: Number.NaN }, { types: true }, { cache: 3 }, { progress: "yes" }],
  ],
};

const refused = async (call: () => unknown): Promise<Error> => {
  try {
    await call();
  } catch (error) {
    return error as Error;
  }
  throw new Error("was taken, not refused");
};

describe.each(Object.entries(calls))("%s", (_, [call, needed, wrong]) => {
  const known = [...new Set([...Object.keys(needed), ...wrong.flatMap((one) => Object.keys(one))])];

  test.each(known)("a misspelt %s is no setting, and the right name is suggested", async (name) => {
    const error = await refused(() => call({ ...needed, [`${name}z`]: 1 }));
    expect(error).toBeInstanceOf(TypeError);
    expect(error.message).toMatch(new RegExp(`: ${name}z: expected one of .*; did you mean ${name}\\?$`));
  });

  test.each(
    wrong.map((one) => [
      Object.entries(one)
        .map(([k, v]) => `${k}: ${show(v)}`)
        .join(),
      one,
    ]),
  )("%s", async (_title, one) => {
    const error = await refused(() => call({ ...needed, ...(one as Options) }));
    const [[name, value]] = Object.entries(one) as [[string, unknown]];
    expect(error).toBeInstanceOf(
      typeof value === "number" || name === "start" || name === "checkpoint" || name === "stopping" ? Error : TypeError,
    );
    expect(error.message).toMatch(new RegExp(`: ${name}\\b.*: expected .*, got `));
  });

  test.each([null, 5, "text", [], () => 0])("%s is no options", async (value) => {
    expect((await refused(() => call(value as never))).message).toMatch(/options: expected an object, got /);
  });
});

test("what is no model", async () => {
  for (const value of [undefined, null, {}, "iris.model.ts", { default: model }])
    for (const call of [compile, buildBundle, evaluateModel])
      expect((await refused(() => call(value as never, {} as never))).message).toContain("expected a model");
  expect((await refused(() => trainModel({ data, epochs: 1 } as never))).message).toContain("expected a model");
});

test("numbers of metrics", () => {
  expect(() => accuracy(["0", "1"] as never, [1], 2)).toThrow("scores: expected an array of numbers, got a list of 2");
  expect(() => accuracy([[0], [1]] as never, [1], 2)).toThrow("scores");
  expect(() => accuracy([0, 1], [1], Number.NaN)).toThrow("classes: expected an integer");
  expect(() => labelScores([0, 1], [true, false] as never, 2)).toThrow("truth");
  expect(() => scoresOf([1, 0, "0", 1] as never, 2)).toThrow("counts");
  expect(() => regressionScores([1, 2], ["1", "2"] as never)).toThrow("truth");
  expect(() => regressionScores([1, 2], [1, 2], 0)).toThrow("width");
});

test("requests of a page, in the page and in the worker", async () => {
  const { port1, port2 } = new MessageChannel();
  serve(port2 as never);
  const trainer = await openTrainer(port1 as never, bytes);
  for (const [request, said] of [
    [{ data: rows, step: 3 }, "train: step: expected one of data, steps,"],
    [{ data: rows, steps: 2.5 }, "train: steps: expected an integer"],
    [{ data: rows, deadlineMs: "100" }, "train: deadlineMs: expected a finite number, 0 or above"],
    [{ data: rows, onProgress: 1 }, "train: onProgress: expected a function"],
  ] as const)
    await expect(trainer.train(request as never)).rejects.toThrow(said);
  port1.close();
});

test("the query of an import", () => {
  const said = (query: string) => {
    try {
      parseRequest(`/net.model.ts?${query}`);
    } catch (error) {
      return (error as Error).message;
    }
    return "was taken, not refused";
  };
  expect(said("trained&data=a.csv&epoch=5")).toContain("got epoch; did you mean epochs?");
  expect(said("infer&weight=a.safetensors")).toContain("did you mean weights?");
  expect(said("trained&data=a.csv&epochs=5&epochs=6")).toContain("epochs: expected it once, got 2 times");
  expect(said("trained&data=a.csv&data=b.csv&epochs=5")).toBe("was taken, not refused");
});

describe("the DSL", () => {
  const built = (change: object) => () => compile({ ...model, spec: { ...model.spec, ...change } } as never);
  const fault = async (call: () => unknown) => {
    const error = await refused(call);
    expect(error).toBeInstanceOf(CompileError);
    return error.message;
  };

  test("a number in place of options is no rate", async () => {
    for (const optimizer of [nabla.adam, nabla.sgd, nabla.momentum, nabla.rmsprop, nabla.lion])
      for (const options of [0.5, null, "0.5", [0.5]])
        expect(await fault(() => optimizer(options as never))).toContain("options is of the wrong kind");
    expect(await fault(() => nabla.stepDecay(5 as never))).toContain("options");
    expect(await fault(built({ forward: ({ x }: never) => ({ y: dense(x, 1, 5 as never) }) }))).toContain("options");
  });

  test("keep of a reduction", async () => {
    const summed = (options: unknown) =>
      built({ forward: ({ x }: never) => ({ y: nabla.reshape(nabla.sum(dense(x, 1), 0, options as never), [1]) }) });
    expect(await fault(summed({ keepDims: true }))).toContain("no option named keepDims");
    expect(await fault(summed({ keep: 1 }))).toContain("keep");
    expect(await fault(summed(true))).toContain("options");
  });

  test("the name that was meant", async () => {
    expect(await fault(() => nabla.adam({ beta1: 0.5, rat: 1 } as never))).toContain("Did you mean rate?");
    expect(await fault(built({ optimiser: 1 }))).toContain("Did you mean optimizer?");
    expect(await fault(built({ accuracy: "1" }))).toContain("accuracy");
  });
});

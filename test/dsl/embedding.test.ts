/** Rows of a table that labels name: embedding and gather, their values and gradients, what they refuse, and that they learn. */
import {
  adam,
  add,
  batchMean,
  classes,
  dense,
  embedding,
  gather,
  type Labels,
  meanSquaredError,
  model,
  mul,
  normal,
  parameter,
  sgd,
  softmaxCrossEntropy,
  sqrt,
  sum,
  tanh,
  transpose,
} from "nabla";
import { load } from "nabla/runtime";
import { describe, expect, test } from "vitest";
import { gradients } from "../../compiler/adjoint/build.ts";
import { compile } from "../../compiler/compile.ts";
import { freeze } from "../../compiler/freeze/freeze.ts";
import { leafName } from "../../compiler/graph/graph.ts";
import { interpret } from "../../compiler/graph/interpret.ts";
import { printGraph } from "../../compiler/graph/print.ts";
import { elementCount, printType } from "../../compiler/graph/types.ts";
import * as ops from "../../compiler/ops/index.ts";
import { parseGraph } from "../../compiler/ops/parse-graph.ts";
import { buildProgram } from "../../compiler/program/program.ts";
import { expectModelGradients } from "../support/model-gradients.ts";
import { Random } from "../support/random.ts";
import { graphModule } from "../support/run-graph.ts";
import { expectClose } from "./support.ts";
import { errors, inForward } from "./wrong-model.ts";

const batch = 5;

/** A word of its own, three words and a table that both share. */
const sentences = model({
  inputs: { kind: classes(3), words: classes(6, [3]) },
  targets: { t: [4] },
  batch,
  forward({ kind, words }) {
    const table = parameter([6, 2], normal(1));
    const byKind = embedding(kind, 4, { name: "kind" });
    const byWords = tanh(dense(sum(embedding(words, 4), [0]), 4));
    const tied = sum(mul(gather(table, words), gather(tanh(table), words)), [0]);
    return { y: add(add(byKind, byWords), dense(tied, 4)) };
  },
  loss: ({ y }, { t }) => meanSquaredError(y, t),
  optimizer: adam({ rate: 0.01 }),
});

test("the rows that labels name, for one label and for several a row", async () => {
  const both = model({
    inputs: { colour: classes(3), words: classes(2, [2]) },
    targets: { t: [2] },
    batch,
    forward: ({ colour, words }) => ({
      colour: embedding(colour, 2, { name: "colour" }),
      words: transpose(embedding(words, 3, { name: "word" })),
    }),
    loss: ({ colour, words }, { t }) => add(meanSquaredError(colour, t), batchMean(words)),
    optimizer: sgd({ rate: 1 }),
  });
  const weights = { "colour.weight": [1, 2, 3, 4, 5, 6], "word.weight": [10, 20, 30, 40, 50, 60] };
  const net = await load((await compile(both, { mode: "infer", weights })).wasm as BufferSource);
  const { colour, words } = net.infer({ colour: [2, 0], words: [1, 0, 0, 0] });
  expect([...colour!]).toEqual([5, 6, 1, 2]);
  expect([...words!]).toEqual([40, 10, 50, 20, 60, 30, 10, 10, 20, 20, 30, 30]);
});

test("names, shapes and starts: <binding>.weight, drawn from normal(1)", () => {
  const { states } = buildProgram(sentences);
  expect(states.slice(0, 4).map(({ node }) => `${leafName(node)}: ${printType(node.type)}`)).toMatchInlineSnapshot(`
    [
      "parameter1: f32[6,2]",
      "kind.weight: f32[3,4]",
      "embedding1.weight: f32[6,4]",
      "dense1.weight: f32[4,4]",
    ]
  `);
  expect(errors({ inputs: { words: classes(4, [0]) } })).toContain("classes(4, [0])");
});

/** PyTorch 2.x, w[idx] with repeated indices, in float64. */
const pytorch = {
  index: [0, 2, 2, 2],
  w: [
    ...[-1.0250516450298597, 1.4345632905844832, -3.062378517820247],
    ...[-0.14958098187557994, -0.28139228556595347, -1.1222983334117143],
    ...[1.2538206931345937, -0.17647520254299429, 0.9945977174963745],
    ...[-0.049010101389143516, 0.29808140366181624, 1.2972968964829752],
  ],
  upstream: [
    ...[-1.4617289200200023, -0.48778484355378804, -0.03621611511055267],
    ...[-1.5563354184940492, -1.1678789156865097, 0.32540566264320453],
    ...[1.4237833357422203, 1.0107968427778358, -0.4295036524843708],
    ...[0.17652729471638054, 0.2952674590174892, -1.1156143940471872],
  ],
  grad: [
    ...[-1.4617289200200023, -0.48778484355378804, -0.03621611511055267],
    ...[0, 0, 0],
    ...[0.04397521196455159, 0.13818538610881526, -1.2197123838883535],
    ...[0, 0, 0],
  ],
};

test("value and gradient are PyTorch's where labels repeat, as Wasm and as the interpreter has them", async () => {
  const index = ops.input("index", { dtype: "i32", dims: ["n", 2] });
  const upstream = ops.input("upstream", { dtype: "f64", dims: ["n", 2, 3] });
  const w = ops.state("w", { dtype: "f64", dims: [4, 3] });
  const y = ops.gather(w, index);
  const [grad] = gradients(ops.sum(ops.mul(y, upstream)), [w]);
  const outputs = [
    { name: "y", node: y },
    { name: "grad", node: grad! },
  ];
  const graph = { name: "g", inputs: [index, upstream], states: [w], outputs, updates: [] };
  const call = { rows: 2, leaves: new Map(Object.entries(pytorch)) };
  const rowsOf = pytorch.index.flatMap((row) => pytorch.w.slice(3 * row, 3 * row + 3));
  for (const got of [interpret(graph, call), (await graphModule(graph, { batch: 3, dtype: "f64" })).run(call)]) {
    expect([...got.outputs.get("y")!]).toEqual(rowsOf);
    expectClose(got.outputs.get("grad")!, pytorch.grad, 1e-15);
  }
});

test("gradients of a network with shared and computed tables agree with central differences", () => {
  const program = buildProgram(sentences, { dtype: "f64" });
  for (const rows of [1, 2, batch]) expectModelGradients(program, rows);
});

test("labels that name rows of two tables are held to the smaller", async () => {
  const graph = parseGraph(`graph main(label: i32[n], large: f64[5,2], small: f64[3,2])
    a: f64[n,2] = gather large label
    b: f64[n,2] = gather small label
    c: f64[n,2] = gather large label
    d: f64[n,2] = sub a b
    y: f64[n,2] = add d c
    return y`);
  const leaves = new Map([
    ["label", [2, 0]],
    ["large", [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]],
    ["small", [1, 1, 1, 1, 10, 10]],
  ]);
  const { run } = await graphModule(graph, { batch: 2, dtype: "f64" });
  expect([...run({ rows: 2, leaves }).outputs.get("y")!]).toEqual([0, 2, 1, 3]);
});

test("a row that no label names gets 0, whatever slope it has", async () => {
  const rooted = model({
    inputs: { kind: classes(3) },
    targets: { t: [2] },
    batch,
    forward: ({ kind }) => ({ y: gather(sqrt(parameter([3, 2], normal(1), { name: "table" })), kind) }),
    loss: ({ y }, { t }) => meanSquaredError(y, t),
    optimizer: sgd({ rate: 1 }),
  });
  const net = await load((await compile(rooted)).wasm as BufferSource);
  net.init(1);
  net.parameters.table!.set([4, 4, 0, 0, 9, 9]);
  net.step({ kind: [2, 0] }, { t: [3, 3, 2, 2] });
  expect([...net.parameters.table!]).toEqual([4, 4, 0, 0, 9, 9]);
});

test("an embedding learns what each word counts for", async () => {
  const worth = [2, -1, 0.5, 3, -2, 0.25, 1, -0.5];
  const scored = model({
    inputs: { words: classes(8, [4]) },
    targets: { score: [1] },
    batch: 16,
    forward: ({ words }) => ({ score: sum(embedding(words, 1), [0]) }),
    loss: ({ score }, truth) => meanSquaredError(score, truth.score),
    optimizer: adam({ rate: 0.05 }),
  });
  const net = await load((await compile(scored)).wasm as BufferSource);
  net.init(3);
  const random = new Random(1);
  for (let step = 0; step < 400; step++) {
    const words = Array.from({ length: 64 }, () => random.integer(0, 7));
    const score = Array.from({ length: 16 }, (_, row) =>
      [0, 1, 2, 3].reduce((s, i) => s + worth[words[4 * row + i]!]!, 0),
    );
    net.step({ words }, { score });
  }
  const [table] = Object.values(net.parameters);
  expectClose(table!, worth, 0.02);
});

describe("the module", () => {
  test("a step that is given a word out of range changes nothing", async () => {
    const { wasm, manifest } = await compile(sentences);
    const { exports } = await WebAssembly.instantiate(await WebAssembly.compile(wasm as BufferSource));
    const { memory, step } = exports as { memory: WebAssembly.Memory; step(n: number): number };
    const { offset } = manifest.inputs.find(({ name }) => name === "words")!;
    // Fields: the target t is 0, kind 1, words 2.
    for (const bad of [6, -1, 2 ** 31 - 1, -(2 ** 31)]) {
      new Int32Array(memory.buffer, offset, 6).set([0, 5, 1, 2, 3, bad]);
      const before = new Uint8Array(memory.buffer.slice(0));
      expect(step(2)).toBe(4);
      expect(Buffer.from(memory.buffer).equals(before)).toBe(true);
      expect(step(1)).toBe(0);
    }
  });

  test("of inference keeps the table and looks rows up", async () => {
    const { infer } = buildProgram(sentences);
    expect(printGraph(infer)).toContain("gather kind.weight kind");
    const values = new Map(
      infer.states.map((state) => [state, new Float64Array(elementCount(state.type.dims, 1)).fill(0.5)]),
    );
    const frozen = freeze(infer, values);
    expect(printGraph(frozen.graph)).toContain("gather kind.weight kind");
  });
});

describe("refusals", () => {
  test("what is no label", () => {
    expect(inForward((x) => embedding(x as never, 3))).toMatchInlineSnapshot(`
      "model.ts:6:3 type/dtype
        embedding: wrong element type
          expected  labels of classes(K)
          got       f32[n,4]  x is f32[n,4]"
    `);
  });

  const wrong = (forward: (words: Labels<4>) => unknown) =>
    errors({ inputs: { x: classes(4) }, forward: (({ x }: { x: Labels<4> }) => ({ logits: forward(x) })) as never });

  test.each<readonly [string, (words: Labels<4>) => unknown]>([
    ["no units", (words) => embedding(words, 0)],
    ["an option that is none", (words) => embedding(words, 3, { bias: true } as never)],
    ["a table with too few rows", (words) => gather(parameter([3, 2], normal(1)), words)],
    ["a table that each row has", (words) => gather(embedding(words, 3) as never, words)],
  ])("%s", (_title, forward) => {
    expect(wrong(forward)).toMatchSnapshot();
  });

  test("labels of a shape as the target of one answer", () => {
    const seven = model({
      inputs: { x: [2] },
      targets: { t: classes(3, [7]) },
      batch,
      forward: ({ x }) => ({ y: dense(x, 3) }),
      loss: ({ y }, { t }) => softmaxCrossEntropy(y, t as never),
      optimizer: sgd({ rate: 1 }),
    });
    expect(() => buildProgram(seven)).toThrowErrorMatchingSnapshot();
  });
});

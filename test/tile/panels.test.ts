/** Weights of large products in panels: what is packed, and that no bit of a result depends on it. */
import { describe, expect, test } from "vitest";
import { type Built, compile } from "../../compiler/compile.ts";
import {
  classes,
  conv2d,
  dense,
  heNormal,
  type Model,
  matmul,
  mean,
  meanSquaredError,
  model,
  parameter,
  relu,
  sgd,
  softmaxCrossEntropy,
  type Tensor,
  transpose,
} from "../../compiler/dsl/index.ts";
import type { Graph } from "../../compiler/graph/graph.ts";
import type { Node } from "../../compiler/graph/node.ts";
import { printGraph } from "../../compiler/graph/print.ts";
import { choosePanels } from "../../compiler/layout/panels.ts";
import { panelOrder } from "../../compiler/loop/panels.ts";
import { parseGraph } from "../../compiler/ops/parse-graph.ts";
import { load } from "../../runtime/index.ts";

const product = (batch: number, units = 272): Model =>
  model({
    inputs: { x: [21] },
    targets: { t: classes(10) },
    batch,
    forward: ({ x }) => ({ y: dense(relu(dense(x, units)), 10) }),
    loss: ({ y }, { t }) => softmaxCrossEntropy(y, t),
    optimizer: sgd({ rate: 0.1 }),
  });

const weights = new Map(
  [21 * 272, 272, 272 * 10, 10].map((count, at) => [
    ["dense1.weight", "dense1.bias", "dense2.weight", "dense2.bias"][at]!,
    Float32Array.from({ length: count }, (_, i) => Math.sin(i + at)),
  ]),
);

const sizes: Record<string, number> = { "dense1.weight": 21 * 64, "dense1.bias": 64, "dense2.weight": 64 * 10 };

const stage = (built: Built, name: string): string =>
  built.stages.find((s) => s.name.match(`^infer/.*${name}$`))!.text();

function outputs({ wasm, manifest }: Built, rows: number): number[] {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(wasm as BufferSource));
  const { buffer } = exports.memory as WebAssembly.Memory;
  new Float32Array(buffer, manifest.inputs[0]!.offset, rows * 21).set(
    Array.from({ length: rows * 21 }, (_, i) => Math.cos(i)),
  );
  expect((exports.infer as (n: number) => number)(rows)).toBe(0);
  return [...new Float32Array(buffer, manifest.outputs[0]!.offset, rows * 10)];
}

describe("panels of weights", () => {
  test("a matrix in panels of 16 columns", () => {
    const values = Array.from({ length: 2 * 32 }, (_, i) => i);
    const packed = panelOrder(values, 32, 16);
    expect([packed[0], packed[15], packed[16], packed[31], packed[32], packed[63]]).toEqual([0, 15, 32, 47, 16, 63]);
  });

  test("what is left over is a narrower panel, or a wider one where it were less than a vector", () => {
    const rows = (columns: number) => Array.from({ length: 2 * columns }, (_, i) => i);
    expect(panelOrder(rows(9), 9, 5)).toEqual([0, 1, 2, 3, 4, 9, 10, 11, 12, 13, 5, 6, 7, 8, 14, 15, 16, 17]);
    expect(panelOrder(rows(8), 8, 6)).toEqual(rows(8));
    expect(panelOrder(rows(9), 9, 6)).toEqual(rows(9));
    expect(panelOrder(rows(10), 10, 6)).not.toEqual(rows(10));
  });

  test("large batches read panels of a cache line", async () => {
    const built = await compile(product(64), { mode: "infer", weights });
    expect(stage(built, "lower")).toMatchInlineSnapshot(`
      "kernel infer.0 [i1p<17, i0<n, i1<16]
        infer.%3[272*i0 + i1 + 16*i1p] = pmax(add(sum[r0<21](mul(x[21*i0 + r0], dense1.weight[336*i1p + 16*r0 + i1])), dense1.bias[i1 + 16*i1p]), 0)
      kernel infer.1 [i0<n, i1<10]
        %out/y[10*i0 + i1] = add(sum[r0<272](mul(infer.%3[272*i0 + r0], dense2.weight[10*r0 + i1])), dense2.bias[i1])"
    `);
  });

  test("small ones panels of a single row's chains, and one of what is left", async () => {
    const built = await compile(product(63), { mode: "infer", weights });
    expect(stage(built, "lower")).toMatchInlineSnapshot(`
      "kernel infer.0.0 of infer.0 [i1p<11, i0<n, i1<24]
        infer.%3[272*i0 + i1 + 24*i1p] = pmax(add(sum[r0<21](mul(x[21*i0 + r0], dense1.weight[504*i1p + 24*r0 + i1])), dense1.bias[i1 + 24*i1p]), 0)
      kernel infer.0.1 of infer.0 [i0<n, i1<8]
        infer.%3[272*i0 + i1 + 264] = pmax(add(sum[r0<21](mul(x[21*i0 + r0], dense1.weight[8*r0 + i1 + 5544])), dense1.bias[i1 + 264]), 0)
      kernel infer.1 [i0<n, i1<10]
        %out/y[10*i0 + i1] = add(sum[r0<272](mul(infer.%3[272*i0 + r0], dense2.weight[10*r0 + i1])), dense2.bias[i1])"
    `);
    expect(stage(built, "tile")).toMatchInlineSnapshot(`
      "infer.0.0: lanes along i1 x2, i0 by 4, last rows x6
      infer.0.1: lanes along i1 x2, i0 by 3, last rows x2
      infer.1: lanes along i1 x3, i0 by 2, last rows x3"
    `);
  });

  test("the same bits come out of each at every number of rows", async () => {
    const [wide, narrow, rowByRow] = await Promise.all([
      compile(product(64), { mode: "infer", weights }),
      compile(product(63), { mode: "infer", weights }),
      compile(product(63), { mode: "train", weights }),
    ]);
    for (const rows of [1, 2, 3, 4, 5, 7, 63]) {
      expect(outputs(narrow, rows)).toEqual(outputs(rowByRow, rows));
      expect(outputs(wide, rows)).toEqual(outputs(rowByRow, rows));
    }
  });

  test("a matrix that is in L1 anyhow stays as it is", async () => {
    const small = new Map([...weights].map(([name, values]) => [name, values.subarray(0, sizes[name])]));
    const built = await compile(product(63, 64), { mode: "infer", weights: small });
    expect(stage(built, "lower")).toContain("dense1.weight[64*r0 + i1]");
  });

  test("training reads its weights row by row, as parameters show them", async () => {
    const trained = await compile(product(64), { mode: "train" });
    expect(stage(trained, "lower")).toContain("dense1.weight[272*r0 + i1]");
  });
});

describe("which operands lie in panels", () => {
  const product = parseGraph(`graph(x: f32[n,512]; w: f32[512,512])
    y: f32[n,512] = matmul x w
    return y`);
  const [w] = product.states as [Node];
  const chosen = (graph: Graph, batch: number, ...weights: Node[]): string[] => {
    const { panels = new Map() } = choosePanels(graph, { batch, weights: new Set(weights), chains: 6 });
    return [...panels].map(([{ op }, width]) => `${op.name} ${width}`);
  };

  test("weights that nobody else reads as they are, others as a copy, where they are read often enough", () => {
    expect(chosen(product, 512, w)).toEqual(["state 16"]);
    expect(chosen(product, 512)).toEqual(["copy 16"]);
    expect(chosen(product, 511)).toEqual([]);
  });

  test("what leaves the function stays row by row", () => {
    const leaving = { ...product, outputs: [...product.outputs, { name: "w", node: w }] };
    expect(chosen(leaving, 512, w)).toEqual(["copy 16"]);
    expect(chosen(leaving, 511, w)).toEqual([]);
  });
});

/** 257 channels: 16 panels and one column left over. The 8 x 8 x 8 places of a batch read each weight often enough for a copy. */
const wide = model({
  inputs: { x: [8, 8, 64] },
  targets: { t: classes(3) },
  batch: 8,
  forward: ({ x }) => ({ y: dense(mean(relu(conv2d(x, 257, { kernel: 3, padding: 1 })), [0, 1]), 3) }),
  loss: ({ y }, { t }) => softmaxCrossEntropy(y, t),
  optimizer: sgd({ rate: 0.1 }),
});

describe("panels of a convolution", () => {
  const x = Float32Array.from({ length: 8 * 8 * 8 * 64 }, (_, i) => Math.cos(i));
  const t = Int32Array.from({ length: 8 }, (_, i) => i % 3);

  test("inference has its weights so, training copies them once a step", async () => {
    const trained = await compile(wide, { mode: "train" });
    const shipped = await compile(wide, { mode: "infer" });
    const laid = (built: Built, fn: string) => built.stages.find(({ name }) => name === `${fn}/layout`)!.text();
    expect(laid(shipped, "infer")).toContain("conv1.weight: f32[3,3,64,257] in panels of 16");
    expect(laid(trained, "step")).toContain("f32[3,3,64,257] = copy conv1.weight in panels of 16");
    expect(printGraph(parseGraph(laid(shipped, "infer")))).toBe(laid(shipped, "infer"));
  });

  test("give the bits that weights give which lie row by row", async () => {
    // Five rows read each weight 320 times: too seldom for a copy.
    const few = await load((await compile(wide, { mode: "train", batch: 5 })).wasm as BufferSource);
    const many = await load((await compile(wide, { mode: "train" })).wasm as BufferSource);
    const shipped = await load((await compile(wide, { mode: "infer" })).wasm as BufferSource);
    for (const rows of [1, 5]) {
      const part = x.subarray(0, rows * 8 * 8 * 64);
      expect([...many.infer({ x: part }).y!]).toEqual([...few.infer({ x: part }).y!]);
      expect([...shipped.infer({ x: part }).y!]).toEqual([...few.infer({ x: part }).y!]);
      const given = [{ x: part }, { t: t.subarray(0, rows) }] as const;
      expect(many.step(...given)).toBe(few.step(...given));
      expect(many.parameters).toEqual(few.parameters);
      many.init(0);
      few.init(0);
    }
  });
});

test.each([
  ["both as it is", (w: Tensor<[64, 64], false>) => w],
  // The second cannot read panels.
  ["one turned round", (w: Tensor<[64, 64], false>) => transpose(w)],
])("a weight that two layers share, %s, is read right by both", async (_, second) => {
  const shared = model({
    inputs: { x: [64] },
    targets: { t: [64] },
    batch: 2,
    forward: ({ x }) => {
      const w = parameter([64, 64], heNormal(), { name: "w" });
      return { y: matmul(relu(matmul(x, w)), second(w)) };
    },
    loss: ({ y }, { t }) => meanSquaredError(y, t),
    optimizer: sgd({ rate: 0.1 }),
  });
  const x = Float32Array.from({ length: 128 }, (_, i) => Math.cos(i));
  const trained = await load((await compile(shared, { mode: "train", seed: 1 })).wasm as Uint8Array<ArrayBuffer>);
  const options = { mode: "infer", weights: new Map(Object.entries(trained.parameters)) } as const;
  const shipped = await load((await compile(shared, options)).wasm as Uint8Array<ArrayBuffer>);
  expect([...shipped.infer({ x }).y!]).toEqual([...trained.infer({ x }).y!]);
});

/** Weights of large products in panels: what is packed, and that no bit of a result depends on it. */
import { describe, expect, test } from "vitest";
import { type Built, compile } from "../../compiler/compile.ts";
import { classes, dense, type Model, model, relu, sgd, softmaxCrossEntropy } from "../../compiler/dsl/index.ts";
import { panelOrder } from "../../compiler/loop/panels.ts";

const product = (batch: number): Model =>
  model({
    inputs: { x: [21] },
    targets: { t: classes(10) },
    batch,
    forward: ({ x }) => ({ y: dense(relu(dense(x, 272)), 10) }),
    loss: ({ y }, { t }) => softmaxCrossEntropy(y, t),
    optimizer: sgd({ rate: 0.1 }),
  });

const weights = new Map(
  [21 * 272, 272, 272 * 10, 10].map((count, at) => [
    ["dense1.weight", "dense1.bias", "dense2.weight", "dense2.bias"][at]!,
    Float32Array.from({ length: count }, (_, i) => Math.sin(i + at)),
  ]),
);

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
    const packed = panelOrder(values, { buffer: "w", rows: 2, columns: 32 });
    expect([packed[0], packed[15], packed[16], packed[31], packed[32], packed[63]]).toEqual([0, 15, 32, 47, 16, 63]);
  });

  test("a wide layer is packed, the same bits come out at every number of rows", async () => {
    const packed = await compile(product(64), { mode: "infer", weights });
    const plain = await compile(product(63), { mode: "infer", weights });
    expect(stage(packed, "pack")).toMatchInlineSnapshot(`
      "kernel infer.0 [i1p<17, i0<n, i1<16]
        infer.%3[272*i0 + i1 + 16*i1p] = pmax(add(sum[r0<21](mul(x[21*i0 + r0], dense1.weight[336*i1p + 16*r0 + i1])), dense1.bias[i1 + 16*i1p]), 0)
      kernel infer.1 [i0<n, i1<10]
        %out/y[10*i0 + i1] = add(sum[r0<272](mul(infer.%3[272*i0 + r0], dense2.weight[10*r0 + i1])), dense2.bias[i1])"
    `);
    expect(stage(plain, "pack")).toContain("dense1.weight[272*r0 + i1]");
    for (const rows of [1, 2, 3, 4, 5, 7, 63]) expect(outputs(packed, rows)).toEqual(outputs(plain, rows));
  });

  test("training reads its weights row by row, as parameters show them", async () => {
    const trained = await compile(product(64), { mode: "train" });
    expect(stage(trained, "pack")).toContain("dense1.weight[272*r0 + i1]");
  });
});

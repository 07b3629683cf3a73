/** The scalar form of a module has no vector instruction and computes the same bits. */
import { describe, expect, test } from "vitest";
import wabt from "wabt";
import { compile } from "../../compiler/compile.ts";
import { dense, meanSquaredError, model, relu, sgd } from "../../compiler/dsl/index.ts";
import { scalarize } from "../../compiler/targets/scalar/scalarize.ts";
import { networks } from "../hosts/networks.ts";
import { digests } from "../hosts/work.ts";

describe.each(["f32", "f64"] as const)("%s", (dtype) => {
  test.each(Object.entries(networks))("%s: 200 steps give the same bits", async (_, network) => {
    const { wasm } = await compile(network, { dtype });
    const scalar = scalarize(wasm);
    expect(await textOf(scalar)).not.toMatch(/v128|[if](8x16|16x8|32x4|64x2)/);
    const [expected, found] = await Promise.all([wasm, scalar].map((bytes) => digest(bytes)));
    expect(found).toBe(expected);
  });
});

test("what is floats in the vector form is floats in the scalar one, and no two of them are a 64-bit integer", async () => {
  const layers = model({
    inputs: { x: [6] },
    targets: { t: [3] },
    batch: 16,
    forward: ({ x }) => ({ y: dense(relu(dense(x, 18)), 3) }),
    loss: ({ y }, { t }) => meanSquaredError(y, t),
    optimizer: sgd({ rate: 0.1 }),
  });
  const { wasm } = await compile(layers, { mode: "infer" });
  const text = await textOf(scalarize(wasm));
  expect(text.match(/f32\.mul/g)!.length).toBeGreaterThan(0);
  expect(text.match(/.*(reinterpret|i64).*/g)).toBeNull();
});

const textOf = async (wasm: Uint8Array) => (await wabt()).readWasm(wasm, {}).toText({});

const digest = async (wasm: Uint8Array) =>
  (await digests([{ name: "net", kind: "train", file: "" }], () => wasm as BufferSource)).net;

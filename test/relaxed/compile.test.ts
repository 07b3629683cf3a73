/** Both modules of a relaxed build: near to each other, the same layout, and nothing relaxed where it was not asked for. */
import { beforeAll, describe, expect, test } from "vitest";
import { type Built, compile } from "../../compiler/compile.ts";
import { adam, dense, meanSquaredError, model, relu } from "../../compiler/dsl/index.ts";
import { wasmText } from "../../compiler/wasm/text.ts";
import { load, type Net } from "../../runtime/load.ts";
import { firstDifference } from "../support/close.ts";
import { Random } from "../support/random.ts";
import "../support/relaxed-simd.ts";

const network = (hidden: number, budget?: { wasm: number }) =>
  model({
    inputs: { x: [20] },
    targets: { t: [3] },
    batch: 12,
    forward: ({ x }) => ({ y: dense(relu(dense(x, hidden, { name: "hidden" })), 3, { name: "out" }) }),
    loss: ({ y }, { t }) => meanSquaredError(y, t),
    optimizer: adam({ rate: 0.01 }),
    ...(budget ? { budget } : {}),
  });
const wide = network(64);

const random = new Random(5);
const x = random.array(12 * 20, -1, 1).map(Math.fround);
const t = random.array(12 * 3, -1, 1).map(Math.fround);

const open = async (wasm: Uint8Array): Promise<Net> => load(wasm as BufferSource);
const numbers = (values: Iterable<number>): Float64Array => Float64Array.from(values);

describe.each(["infer", "train"] as const)("%s", (mode) => {
  let built: Built;
  beforeAll(async () => {
    built = await compile(wide, { mode, relaxedSimd: true });
  });

  test("the default module has nothing relaxed, the other has", async () => {
    const plain = await compile(wide, { mode });
    expect(plain.relaxedWasm).toBeUndefined();
    expect(Buffer.from(built.wasm).equals(plain.wasm)).toBe(true);
    expect(await plain.wat()).not.toContain("relaxed");
    expect(await wasmText(built.relaxedWasm!)).toContain("f32x4.relaxed_madd");
    expect(built.manifest.bytes).toMatchObject({ wasm: built.wasm.length, relaxedWasm: built.relaxedWasm!.length });
  });

  test("the same answers but for rounding", async () => {
    const nets = [await open(built.wasm), await open(built.relaxedWasm!)] as const;
    for (const n of [1, 5, 12]) {
      const [plain, relaxed] = nets.map((net) => numbers(net.infer({ x: x.slice(0, 20 * n) }).y!));
      expect(firstDifference(relaxed!, plain!, 1e-5)).toBeUndefined();
    }
  });
});

describe("training", () => {
  let nets: readonly [Net, Net];
  beforeAll(async () => {
    const built = await compile(wide, { relaxedSimd: true });
    nets = [await open(built.wasm), await open(built.relaxedWasm!)];
  });
  const parameters = (net: Net) => numbers(Object.values(net.parameters).flatMap((values) => [...values]));

  test("initial values have the same bits", () => {
    for (const net of nets) net.init(4);
    expect(parameters(nets[1])).toEqual(parameters(nets[0]));
  });

  test("twenty steps lead to the same place but for rounding", () => {
    for (const net of nets) net.init(4);
    const losses = nets.map((net) => numbers(Array.from({ length: 20 }, () => net.step({ x }, { t }))));
    expect(firstDifference(losses[1]!, losses[0]!, 1e-5)).toBeUndefined();
    expect(firstDifference(parameters(nets[1]), parameters(nets[0]), 1e-4)).toBeUndefined();
  });

  test("a state that one saved goes on in the other, and back", () => {
    const [plain, relaxed] = nets;
    relaxed.init(4);
    for (let step = 0; step < 5; step++) relaxed.step({ x }, { t });
    plain.restore(structuredClone(relaxed.save()));
    expect(parameters(plain)).toEqual(parameters(relaxed));
    expect(plain.save().step).toBe(5);
    const loss = plain.step({ x }, { t });
    expect(relaxed.step({ x }, { t })).toBeCloseTo(loss, 5);
    relaxed.restore(structuredClone(plain.save()));
    expect(parameters(relaxed)).toEqual(parameters(plain));
  });
});

test("half weights are widened in both", async () => {
  const built = await compile(wide, { mode: "infer", half: true, relaxedSimd: true });
  const [plain, relaxed] = await Promise.all([built.wasm, built.relaxedWasm!].map(open));
  expect(firstDifference(numbers(relaxed!.infer({ x }).y!), numbers(plain!.infer({ x }).y!), 1e-5)).toBeUndefined();
});

test("one module where nothing gains", async () => {
  const built = await compile(network(16), { mode: "infer", relaxedSimd: true });
  expect(built.relaxedWasm).toBeUndefined();
  expect(built.js).not.toContain("relaxed");
});

test("a budget is for the larger of both", async () => {
  const { bytes } = (await compile(wide, { mode: "infer", relaxedSimd: true })).manifest;
  const [small, large] = [bytes.wasm, bytes.relaxedWasm!].sort((a, b) => a - b) as [number, number];
  const withBudget = (wasm: number) => compile(network(64, { wasm }), { mode: "infer", relaxedSimd: true });
  await expect(withBudget(large)).resolves.toBeDefined();
  expect(small).toBeLessThan(large);
  await expect(withBudget(large - 1)).rejects.toThrow("1 bytes over its budget");
});

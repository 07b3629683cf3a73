/** Kernels that differ only in where their buffers lie: one function, called with addresses. */
import * as nabla from "nabla";
import { beforeAll, describe, expect, test } from "vitest";
import { type Built, compile } from "../../compiler/compile.ts";
import type { LoopBuffer } from "../../compiler/loop/buffer.ts";
import { parseFunctions } from "../../compiler/loop/parse.ts";
import { emitModule } from "../../compiler/wasm/emit.ts";
import { shareKernels } from "../../compiler/wasm/share.ts";
import { load } from "../../runtime/load.ts";
import { columns } from "../targets/samples.ts";
import { type Buffers, executed, f32, interpreted, labels, planOf } from "./support.ts";

const numbers = (count: number, from = 0) => f32(Array.from({ length: count }, (_, i) => ((i * 37) % 19) + from));

const functionsOf = (wat: string): string[] => wat.match(/\(func \$kernel\S*/g) ?? [];
/** Calls of kernels with what they are given, on a line each. */
const callsOf = (wat: string): string[] =>
  (wat.match(/\(call \$kernel[^;]*?\)\)/g) ?? []).map((call) => call.replaceAll(/\s+/g, " "));

const textOf = async (text: string, buffers: Buffers, batch: number): Promise<string> =>
  (await emitModule(planOf(text, buffers, batch))).wat();

describe("two equal layers", () => {
  const layer = (name: string, [y, x, w]: readonly string[]) => `func ${name} f32
  for i in 0..n step 1
    for j in 0..8 step 4
      let acc = 0
      for k in 0..3 step 1
        set acc = add(acc, mul(splat ${x}[3*i + k], load ${w}[8*k + j]))
      store ${y}[8*i + j] = acc
`;
  const text = layer("one", ["y", "x", "w"]) + layer("two", ["z", "u", "v"]);
  const buffers: Buffers = {
    x: numbers(9),
    w: numbers(24),
    y: numbers(24),
    v: numbers(24, 3),
    gap: numbers(5),
    u: numbers(9, 1),
    z: numbers(24),
  };

  test("are one function, called with where their buffers lie", async () => {
    const wat = await textOf(text, buffers, 3);
    expect(functionsOf(wat)).toEqual(["(func $kernel_one"]);
    expect(callsOf(wat)).toMatchInlineSnapshot(`
      [
        "(call $kernel_one (local.get $p0) (i32.const 32) (i32.const 104) (i32.const 232))",
        "(call $kernel_one (local.get $p0) (i32.const 544) (i32.const 360) (i32.const 616))",
      ]
    `);
  });

  test.each([1, 2, 3])("have the interpreter's bits at %i rows", async (rows) => {
    expect(await executed(text, buffers, rows, true, 3)).toEqual(interpreted(text, buffers, rows, 3));
  });

  test("that lie equally far apart have one address", async () => {
    const apart = {
      x: numbers(9),
      w: numbers(24),
      y: numbers(24),
      u: numbers(9, 1),
      v: numbers(24, 3),
      z: numbers(24),
    };
    expect(callsOf(await textOf(text, apart, 3))).toMatchInlineSnapshot(`
      [
        "(call $kernel_one (local.get $p0) (i32.const 32))",
        "(call $kernel_one (local.get $p0) (i32.const 360))",
      ]
    `);
    expect(await executed(text, apart, 3)).toEqual(interpreted(text, apart, 3));
  });
});

test("a table and the labels that say where it is read have an address each", async () => {
  const lookUp = (name: string, [y, table, label]: readonly string[]) => `func ${name} f32
  for i in 0..n step 1
    for j in 0..4 step 4
      store ${y}[4*i + j] = add(load ${table}[4*${label}[i] + j], splat ${table}[4*${label}[0] + 1])
`;
  const text = lookUp("one", ["y", "t", "l"]) + lookUp("two", ["z", "s", "k"]);
  const buffers = {
    l: labels([2, 0, 1], 3),
    t: numbers(12),
    y: numbers(12),
    s: numbers(12, 5),
    k: labels([1, 2, 2], 3),
    z: numbers(12),
  };
  expect(functionsOf(await textOf(text, buffers, 3))).toHaveLength(1);
  for (const rows of [1, 2, 3])
    expect(await executed(text, buffers, rows, true, 3)).toEqual(interpreted(text, buffers, rows, 3));
});

describe("are functions of their own", () => {
  const buffers = ["a", "b", "c", "d"].map((name) => ({ name, dtype: "f32", elementCount: 8 }) as const);
  const scaled = (name: string, y: string, x: string, by: string) =>
    `func ${name} f32\n  for i in 0..8 step 4\n    store ${y}[i] = mul(load ${x}[i], ${by})\n`;
  const countOf = (text: string, places: readonly number[]): number => {
    const kernels = parseFunctions(text, buffers);
    const placeOf = new Map(buffers.map((buffer, at) => [buffer, places[at]!]));
    return new Set(
      shareKernels(
        kernels,
        (buffer) => placeOf.get(buffer as (typeof buffers)[0])!,
        () => "",
      ).values(),
    ).size;
  };
  const two = scaled("one", "a", "b", "2") + scaled("two", "c", "d", "2");

  test("kernels whose buffers overlap otherwise, as loads may leave a loop in one of them only", () => {
    expect(countOf(two, [0, 32, 64, 96])).toBe(1);
    expect(countOf(two, [0, 32, 64, 64])).toBe(2);
    expect(countOf(two, [0, 0, 64, 64])).toBe(1);
    expect(countOf(two, [0, 28, 64, 96])).toBe(2);
  });

  test("none that differ in names alone", () => {
    const other = scaled("two", "c", "d", "2").replaceAll("[i]", "[j]").replace("for i", "for j");
    expect(countOf(scaled("one", "a", "b", "2") + other, [0, 32, 64, 96])).toBe(1);
  });

  test("kernels that copy floats and labels", () => {
    const typed = buffers.map((buffer, at) => ({ ...buffer, dtype: at < 2 ? "f64" : "i32" }) as const);
    const copied = (name: string, y: string, x: string) =>
      `func ${name} f64\n  for i in 0..8 step 2\n    store ${y}[i] = load ${x}[i]\n`;
    const kernels = parseFunctions(copied("one", "a", "b") + copied("two", "c", "d"), typed);
    const places = new Map<LoopBuffer, number>(typed.map((buffer, at) => [buffer, 64 * at]));
    const shared = shareKernels(
      kernels,
      (buffer) => places.get(buffer)!,
      () => "",
    );
    expect(new Set(shared.values()).size).toBe(2);
  });

  test("kernels that say something else, a zero without its sign included", () => {
    const one = scaled("one", "a", "b", "0");
    const places = [0, 32, 64, 96];
    expect(countOf(one + scaled("two", "c", "d", "0"), places)).toBe(1);
    expect(countOf(one + scaled("two", "c", "d", "-0"), places)).toBe(2);
    expect(countOf(one + scaled("two", "c", "c", "0"), places)).toBe(2);
    expect(countOf(one + scaled("two", "c", "d", "0").replace("step 4", "step 8"), places)).toBe(2);
    expect(countOf(one + scaled("two", "c", "d", "0").replace("f32", "f32 (t<2)"), places)).toBe(2);
  });
});

const { adam, add, classes, concat, dense, embedding, meanSquaredError, model, scan, tanh } = nabla;

const layers = model({
  inputs: { x: [8] },
  targets: { t: [8] },
  batch: 5,
  forward: ({ x }) => ({ y: dense(tanh(dense(tanh(dense(tanh(dense(x, 8)), 8)), 8)), 8) }),
  loss: ({ y }, { t }) => meanSquaredError(y, t),
  optimizer: adam({ rate: 0.01 }),
});

/** Two tables, and two loops whose kernels are alike. */
const loops = model({
  inputs: { x: [4, 3], a: classes(5), b: classes(5) },
  targets: { t: [4] },
  batch: 4,
  forward: ({ x, a, b }) => {
    const along = (backwards: boolean) =>
      scan([4], x, (h, e) => tanh(add(dense(e, 4), dense(h, 4))), { backwards }).last;
    const both = concat([along(false), along(false), along(true), embedding(a, 4), embedding(b, 4)]);
    return { y: dense(both, 4) };
  },
  loss: ({ y }, { t }) => meanSquaredError(y, t),
  optimizer: adam({ rate: 0.01 }),
});

describe.each([
  ["equal layers", layers],
  ["loops and tables", loops],
] as const)("a network of %s", (_, network) => {
  let built: Built;
  beforeAll(async () => {
    built = await compile(network as nabla.Model);
  });

  test("has fewer functions than kernels", async () => {
    const functions = functionsOf(await built.wat());
    expect([built.plan.kernels.length, functions.length]).toMatchSnapshot();
  });

  test("has the same bits as with a function for each kernel, at all numbers of rows", async () => {
    const apart = await emitModule(built.plan, { optimize: false });
    expect(functionsOf(await apart.wat())).toHaveLength(built.plan.kernels.length);
    const nets = [await load(built.wasm), await load(apart.wasm)];
    const { inputs, targets, batch } = built.manifest;
    for (let rows = 1; rows <= batch; rows++) {
      const results = nets.map((net) => {
        const loss = net.step(columns(inputs, rows), columns(targets, rows));
        const judged = net.evaluate(columns(inputs, rows), columns(targets, rows));
        return { loss, judged, outputs: net.infer(columns(inputs, rows), rows), parameters: net.parameters };
      });
      expect(results[0]).toEqual(results[1]);
    }
  });
});

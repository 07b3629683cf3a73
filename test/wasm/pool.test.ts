/** Vector constants in memory: what moves there, what stays, and that no result changes. */
import { expect, test } from "vitest";
import type { PoolPlace } from "../../compiler/plan/place.ts";
import { emitModule } from "../../compiler/wasm/emit.ts";
import type { ModulePlan } from "../../compiler/wasm/plan.ts";
import { f32, f64, placeOf, planOf } from "./support.ts";

const text = (dtype: string) => `func kernel ${dtype}
  for i in 0..8 step ${dtype === "f32" ? 4 : 2}
    store y[i] = tanh(mul(load x[i], 0.75))
    store z[i] = pmax(load x[i], 0)`;

const values = [-3, -1, -0.5, -0, 0, 0.25, 1, 20];
const plan = (dtype: "f32" | "f64", pool?: PoolPlace): ModulePlan => {
  const elements = (dtype === "f32" ? f32 : f64)(values);
  const buffers = { x: elements, y: elements, z: elements };
  return { ...planOf(text(dtype), buffers, 1), ...(pool ? { pool } : {}) };
};

const place = { byteOffset: 1024, byteLength: 512 };
const constants = (wat: string): string[] => wat.match(/v128\.const [^)]*/g) ?? [];

async function run(given: ModulePlan): Promise<{ wat: string; memory: ArrayBuffer; bytes: number; poolBytes: number }> {
  const { wasm, wat, poolBytes } = await emitModule(given);
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(wasm as BufferSource));
  const { buffer } = exports.memory as WebAssembly.Memory;
  const x = placeOf(given, "x");
  new (x.buffer.dtype === "f32" ? Float32Array : Float64Array)(buffer, x.byteOffset, 8).set(values);
  expect((exports.kernel as (n: number) => number)(1)).toBe(0);
  return { wat: await wat(), memory: buffer.slice(0, 1024), bytes: wasm.length, poolBytes };
}

test.each(["f32", "f64"] as const)(
  "%s: constants are read from memory, each once, and the bits are the same",
  async (dtype) => {
    const apart = await run(plan(dtype, place));
    const inCode = await run(plan(dtype));
    expect(new Uint8Array(apart.memory)).toEqual(new Uint8Array(inCode.memory));
    expect(constants(apart.wat)).toEqual([]);
    const width = dtype === "f32" ? 4 : 8;
    const distinct = new Set(constants(inCode.wat)).size - 1;
    expect(Math.ceil((distinct * width) / 8) * 8).toBe(apart.poolBytes);
    expect(apart.bytes).toBeLessThan(inCode.bytes);
  },
);

test("those of loops are loaded at the start of the function, once for all loops", async () => {
  const buffers = { x: f32(values), y: f32(values) };
  const loop = "\n  for j in 0..8 step 4\n    store y[j] = exp(load x[j])";
  const loads = (wat: string) => wat.match(/v128\.load32_splat/g)?.length ?? 0;
  const watOf = async (body: string) =>
    (await emitModule({ ...planOf(`func kernel f32${body}`, buffers, 1), pool: place })).wat();
  const one = await watOf(loop);
  expect(loads(one)).toBeGreaterThan(10);
  expect(loads(one.slice(one.indexOf("(loop")))).toBe(0);
  expect(loads(await watOf(loop + loop))).toBe(loads(one));
  // Where nothing loops, no local is needed.
  expect(await watOf("\n  store y[0] = exp(load x[0])")).not.toMatch(/local\.set \$\w+\s+\(v128\.load32_splat/);
});

test("what does not fit stays in the code", async () => {
  const little = await run(plan("f32", { ...place, byteLength: 12 }));
  const inCode = await run(plan("f32"));
  expect(little.poolBytes).toBe(16);
  expect(new Set(constants(little.wat)).size).toBe(new Set(constants(inCode.wat)).size - 4);
  expect(new Uint8Array(little.memory)).toEqual(new Uint8Array(inCode.memory));
});

test("a pool outside the memory, or not aligned, is refused", async () => {
  await expect(emitModule(plan("f32", { byteOffset: 65_536 - 8, byteLength: 16 }))).rejects.toThrow(
    "the pool of constants, bytes 65528 to 65544, leaves the 1 pages of memory",
  );
  await expect(emitModule(plan("f32", { byteOffset: 4, byteLength: 16 }))).rejects.toThrow("is not aligned");
});

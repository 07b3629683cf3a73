import { expect, test } from "vitest";
import type { LoopBuffer } from "../../compiler/loop/buffer.ts";
import type { LoopFunction } from "../../compiler/loop/ir.ts";
import { bytesPerPage } from "../../compiler/plan/place.ts";
import { emitModule } from "../../compiler/wasm/emit.ts";
import type { Entry, ModulePlan } from "../../compiler/wasm/plan.ts";
import { type Buffers, compiled, f32, i32, instantiate, placeOf, planOf } from "./support.ts";

const batch = 6;
const text = `
func double f32
  for i in 0..n step 1
    store y[i]:1 = mul(load x[i]:1, 2)
func count f32
  store y[0]:1 = float(splat step[0])`;

const buffers: Buffers = {
  digit: i32([0, 9, 5, 1, 2, 3, 4, 5, 6, 7, 8, 9]),
  kind: i32([0, 1, 2, 0, 1, 2]),
  x: f32([1, 2, 3, 4, 5, 6]),
  y: f32([0, 0, 0, 0, 0, 0]),
  seed: i32([11]),
  step: i32([41]),
};

const own = planOf(text, buffers, batch);
const named = (name: string): LoopBuffer => placeOf(own, name).buffer;
const [double, count] = own.kernels as [LoopFunction, LoopFunction];
const entries: Entry[] = [
  {
    name: "step",
    parameter: "rows",
    checks: [
      { buffer: named("digit"), perRow: 2, classes: 10, status: 2 },
      { buffer: named("kind"), perRow: 1, classes: 3, status: 3 },
    ],
    increments: named("step"),
    kernels: [double],
  },
  { name: "init", parameter: "seed", checks: [], kernels: [] },
  { name: "reset", parameter: "none", checks: [], kernels: [double] },
  { name: "steps", parameter: "rows", checks: [], increments: named("step"), kernels: [count] },
];

const plan: ModulePlan = { ...own, entries };
const module = await compiled(plan);
const start = (changed: Buffers = {}) => instantiate(module, plan, { ...buffers, ...changed });

test.each([0, batch + 1, -1, 2 ** 31 - 1, -(2 ** 31)])("%i rows are refused with status 1, nothing written", (n) => {
  const instance = start();
  const before = new Uint8Array(instance.memory.slice(0));
  expect(instance.call("step", n)).toBe(1);
  expect(Buffer.from(instance.memory).equals(before)).toBe(true);
});

const places = [
  ["digit", 10, 2, 2],
  ["kind", 3, 1, 3],
] as const;
const bad = (classes: number) => [classes, -1, 2 ** 31 - 1, -(2 ** 31)];

test.each(places)("a %s out of range gives its status, nothing written", (buffer, classes, perRow, status) => {
  for (let n = 1; n <= batch; n++) {
    const last = n * perRow - 1;
    for (const at of new Set([0, last >> 1, last])) {
      for (const label of bad(classes)) {
        const values = buffers[buffer]!.values.with(at, label);
        const instance = start({ [buffer]: i32(values) });
        const before = new Uint8Array(instance.memory.slice(0));
        expect([n, at, label, instance.call("step", n)]).toEqual([n, at, label, status]);
        expect(Buffer.from(instance.memory).equals(before)).toBe(true);
      }
    }
    if (n === batch) continue;
    const beyond = buffers[buffer]!.values.with(last + 1, -1);
    const instance = start({ [buffer]: i32(beyond) });
    expect([n, instance.call("step", n)]).toEqual([n, 0]);
  }
});

test("step counts before its kernels; init stores the seed and starts the count again", () => {
  const instance = start();
  expect(instance.call("step", 3)).toBe(0);
  expect(instance.elements("y")).toEqual([2, 4, 6, 0, 0, 0]);
  expect(instance.elements("step")).toEqual([42]);
  instance.call("steps", 1);
  expect(instance.elements("y")[0]).toBe(43);
  expect(instance.call("init", -7)).toBeUndefined();
  expect([instance.elements("seed"), instance.elements("step")]).toEqual([[-7], [0]]);
  instance.call("reset");
  expect(instance.elements("y")).toEqual([2, 4, 6, 8, 10, 12]);
});

test("the module imports nothing, exports its entries and one memory that cannot grow", async () => {
  const { wasm } = await emitModule(plan);
  expect(WebAssembly.Module.imports(module)).toEqual([]);
  expect(WebAssembly.Module.exports(module)).toEqual([
    { name: "memory", kind: "memory" },
    ...entries.map(({ name }) => ({ name, kind: "function" })),
  ]);
  const sections = sectionsOf(wasm);
  // Types, functions, memory, exports, code: no import (2), table (4), global (6), start (8), names or producers (0).
  expect([...sections.keys()]).toEqual([1, 3, 5, 7, 10]);
  const hasMaximum = 1;
  expect([...sections.get(5)!]).toEqual([1, hasMaximum, plan.pages, plan.pages]);
  const { instance } = await WebAssembly.instantiate(wasm as BufferSource);
  const memory = instance.exports.memory as WebAssembly.Memory;
  expect(memory.buffer.byteLength).toBe(plan.pages * bytesPerPage);
  expect(() => memory.grow(1)).toThrow(RangeError);
  expect(await (await emitModule(plan)).wat()).not.toMatch(/memory\.(grow|size)|call_indirect/);
});

test("data segments and custom sections arrive as they are", async () => {
  const bytes = Uint8Array.from({ length: 20_000 }, (_, i) => i * 7);
  const data = [
    { byteOffset: 400, bytes },
    { byteOffset: plan.pages * bytesPerPage - bytes.length, bytes },
  ];
  const { wasm } = await emitModule({ ...plan, data, customSections: [{ name: "nabla", bytes }] });
  const module = new WebAssembly.Module(wasm as BufferSource);
  expect(WebAssembly.Module.customSections(module, "nabla").map((section) => [...new Uint8Array(section)])).toEqual([
    [...bytes],
  ]);
  const { exports } = new WebAssembly.Instance(module);
  const memory = new Uint8Array((exports.memory as WebAssembly.Memory).buffer);
  for (const { byteOffset } of data) expect(memory.slice(byteOffset, byteOffset + bytes.length)).toEqual(bytes);
});

test("the same plan gives the same bytes, also after another one", async () => {
  const first = (await emitModule(plan)).wasm;
  const other = await emitModule({ ...plan, kernels: [...plan.kernels].reverse() }, { optimize: false });
  await other.wat();
  expect((await emitModule(plan)).wasm).toEqual(first);
  expect(other.wasm).not.toEqual(first);
});

const refused: [string, Partial<ModulePlan>][] = [
  ["a batch of 0", { batch: 0 }],
  ["too much memory", { pages: 40_000 }],
  [
    "a buffer beyond the memory",
    { buffers: [...plan.buffers, { buffer: { name: "z", dtype: "f64", elementCount: 2 }, byteOffset: 65_528 }] },
  ],
  [
    "a buffer off its alignment",
    { buffers: [...plan.buffers, { buffer: { name: "z", dtype: "f64", elementCount: 2 }, byteOffset: 4 }] },
  ],
  ["a buffer in two places", { buffers: [...plan.buffers, plan.buffers[0]!] }],
  ["data beyond the memory", { data: [{ byteOffset: 65_535, bytes: new Uint8Array(2) }] }],
  ["an unknown kernel", { entries: [{ ...entries[0]!, kernels: [{ ...double, name: "triple" }] }] }],
  [
    "labels that are floats",
    { entries: [{ ...entries[0]!, checks: [{ buffer: named("x"), perRow: 1, classes: 3, status: 2 }] }] },
  ],
  [
    "fewer labels than rows",
    { entries: [{ ...entries[0]!, checks: [{ buffer: named("kind"), perRow: 2, classes: 3, status: 2 }] }] },
  ],
  [
    "a status that is taken",
    { entries: [{ ...entries[0]!, checks: [{ buffer: named("kind"), perRow: 1, classes: 3, status: 1 }] }] },
  ],
  ["checks without rows", { entries: [{ ...entries[0]!, parameter: "seed" }] }],
  ["a seed without its buffer", { seedBuffer: { name: "none", dtype: "i32", elementCount: 1 } }],
];

test.each(refused)("refuses %s", async (_, change) => {
  await expect(emitModule({ ...plan, ...change })).rejects.toThrowErrorMatchingSnapshot();
});

/** Section contents by id, in order; the format has at most one of each but custom ones. */
function sectionsOf(wasm: Uint8Array): Map<number, Uint8Array> {
  const sections = new Map<number, Uint8Array>();
  let at = 8;
  while (at < wasm.length) {
    const id = wasm[at++]!;
    let length = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = wasm[at++]!;
      length |= (byte & 0x7f) << shift;
      if (byte < 0x80) break;
    }
    sections.set(id, wasm.slice(at, at + length));
    at += length;
  }
  return sections;
}

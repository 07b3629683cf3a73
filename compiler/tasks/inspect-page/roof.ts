/**
 * What this engine can do at most, measured now: multiply-adds of registers, and bytes read from a cache and from memory.
 *
 *   await measureRoof()   // -> { flops: 53, cache: 95, memory: 12 }   in 10^9 a second
 */
import { parseFunctions } from "../../loop/parse.ts";
import { bytesPerPage } from "../../plan/place.ts";
import { emitModule } from "../../wasm/emit.ts";
import type { ModulePlan } from "../../wasm/plan.ts";
import { timesOf } from "./stopwatch.ts";

export interface Roof {
  /** GFLOP/s of f32: a multiplication and an addition apart, four lanes. */
  readonly flops: number;
  /** GB/s of 15 KiB that are read again and again. */
  readonly cache: number;
  /** GB/s of 30 MiB. */
  readonly memory: number;
}

/** How many chains hide the latency and still fit in the registers that an engine gives differs: the best of these counts. */
const chains = [8, 10, 12];
const turns = 4096;
/** Elements, a whole number of rounds for every count of chains. */
const cacheElements = 3840;
const cacheTimes = 16;
const memoryElements = 2 ** 15 * 240;

export async function measureRoof(): Promise<Roof> {
  const { wasm } = await emitModule(plan());
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(wasm as BufferSource));
  const entries = exports as unknown as Record<string, (n: number) => number>;
  // Memory that nobody has written is one page of zeros, mapped everywhere.
  new Float32Array((exports.memory as WebAssembly.Memory).buffer).fill(0.5);
  const names = chains.flatMap((count) => [`flops${count}`, `near${count}`, `far${count}`]);
  const times = await timesOf(new Map(names.map((name) => [name, () => void entries[name]!(1)] as const)));
  const best = (work: (count: number) => number, name: string) =>
    Math.max(...chains.map((count) => work(count) / times.get(name + count)!));
  return {
    flops: best((count) => 2 * lanes * count * turns, "flops"),
    cache: best(() => 4 * cacheElements * cacheTimes, "near"),
    memory: best(() => 4 * memoryElements, "far"),
  };
}

const lanes = 4;

function plan(): ModulePlan {
  const texts = chains.flatMap((count) => [
    flopsText(count),
    readText(`near${count}`, count, cacheElements, cacheTimes),
    readText(`far${count}`, count, memoryElements, 1),
  ]);
  const place = (name: string, byteOffset: number, elementCount: number) =>
    ({ buffer: { name, dtype: "f32", elementCount }, byteOffset }) as const;
  const buffers = [place("out", 0, lanes), place("c", 16, 128), place("s", 1024, memoryElements)];
  const kernels = parseFunctions(
    texts.join("\n\n"),
    buffers.map(({ buffer }) => buffer),
  );
  return {
    buffers,
    pages: Math.ceil((1024 + 4 * memoryElements) / bytesPerPage),
    batch: 1,
    kernels,
    entries: kernels.map((kernel) => ({ name: kernel.name, parameter: "rows", checks: [], kernels: [kernel] })),
    data: [],
    customSections: [],
  };
}

const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

const sumOf = (count: number): string =>
  range(count)
    .map((i) => `a${i}`)
    .reduce((all, one) => `add(${all}, ${one})`);

/** Every chain has a start of its own: equal ones could be computed once. */
const flopsText = (count: number): string =>
  [
    `func flops${count} f32`,
    "  let x = load c[0]",
    "  let y = load c[4]",
    ...range(count).map((i) => `  let a${i} = load c[${8 + lanes * i}]`),
    `  for i in 0..${turns} step 1`,
    ...range(count).map((i) => `    set a${i} = add(mul(a${i}, x), y)`),
    `  store out[0] = ${sumOf(count)}`,
  ].join("\n");

const readText = (name: string, count: number, elements: number, times: number): string =>
  [
    `func ${name} f32`,
    ...range(count).map((i) => `  let a${i} = 0`),
    `  for r in 0..${times} step 1`,
    `    for i in 0..${elements} step ${lanes * count}`,
    ...range(count).map((i) => `      set a${i} = add(a${i}, load s[i + ${lanes * i}])`),
    `  store out[0] = ${sumOf(count)}`,
  ].join("\n");

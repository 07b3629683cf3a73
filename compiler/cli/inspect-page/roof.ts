/**
 * What this engine can do at most, measured now: multiply-adds of registers, and bytes read from a cache and from memory.
 *
 *   await measureRoof()   // -> { flops: 53, cache: 95, memory: 12 }   in 10^9 a second
 */
import { parseFunctions } from "../../loop/parse.ts";
import { emitModule } from "../../wasm/emit.ts";
import { bytesPerPage, type ModulePlan } from "../../wasm/plan.ts";
import { timesOf } from "./stopwatch.ts";

export interface Roof {
  /** GFLOP/s of f32: a multiplication and an addition apart, four lanes. */
  readonly flops: number;
  /** GB/s of 16 KiB that are read again and again. */
  readonly cache: number;
  /** GB/s of 32 MiB. */
  readonly memory: number;
}

const chains = 10;
const turns = 4096;
const cacheElements = 4096;
const memoryElements = 8 * 2 ** 20;

export async function measureRoof(): Promise<Roof> {
  const { wasm } = await emitModule(plan());
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(wasm as BufferSource));
  const entries = exports as unknown as Record<string, (n: number) => number>;
  // Memory that nobody has written is one page of zeros, mapped everywhere.
  new Float32Array((exports.memory as WebAssembly.Memory).buffer).fill(0.5);
  const calls = ["flops", "near", "far"].map((name) => [name, () => void entries[name]!(1)] as const);
  const times = await timesOf(new Map(calls));
  return {
    flops: (2 * 4 * chains * turns) / times.get("flops")!,
    cache: (4 * cacheElements * 16) / times.get("near")!,
    memory: (4 * memoryElements) / times.get("far")!,
  };
}

function plan(): ModulePlan {
  const kernels = parseFunctions(
    [flopsText(), readText("near", cacheElements, 16), readText("far", memoryElements, 1)].join("\n\n"),
  );
  const buffer = (name: string, byteOffset: number, elementCount: number) =>
    ({ name, dtype: "f32", byteOffset, elementCount }) as const;
  const bytes = 1024 + 4 * memoryElements;
  return {
    buffers: [buffer("out", 0, 4), buffer("c", 16, 128), buffer("s", 1024, memoryElements)],
    pages: Math.ceil(bytes / bytesPerPage),
    batch: 1,
    kernels,
    entries: kernels.map(({ name }) => ({ name, parameter: "rows", checks: [], kernels: [name] })),
    data: [],
    customSections: [],
    seedBuffer: "seed",
    stepBuffer: "step",
  };
}

const indices = Array.from({ length: chains }, (_, i) => i);
const sum = indices.map((i) => `a${i}`).reduce((all, name) => `add(${all}, ${name})`);

/** Every chain has a start of its own: equal ones could be computed once. */
const flopsText = (): string =>
  [
    "func flops f32",
    "  let x = load c[0]",
    "  let y = load c[4]",
    ...indices.map((i) => `  let a${i} = load c[${8 + 4 * i}]`),
    `  for i in 0..${turns} step 1`,
    ...indices.map((i) => `    set a${i} = add(mul(a${i}, x), y)`),
    `  store out[0] = ${sum}`,
  ].join("\n");

function readText(name: string, elements: number, times: number): string {
  const eight = indices.slice(0, 8);
  return [
    `func ${name} f32`,
    ...eight.map((i) => `  let a${i} = 0`),
    `  for r in 0..${times} step 1`,
    `    for i in 0..${elements} step 32`,
    ...eight.map((i) => `      set a${i} = add(a${i}, load s[i + ${4 * i}])`),
    `  store out[0] = ${eight.map((i) => `a${i}`).reduce((all, one) => `add(${all}, ${one})`)}`,
  ].join("\n");
}

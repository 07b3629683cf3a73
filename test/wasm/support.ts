/** Runs loop IR text as emitted Wasm and by the interpreter, on the same elements, and compares all of the memory. */
import { bytesPerElement, type DType } from "../../compiler/graph/types.ts";
import { interpretFunction } from "../../compiler/loop/interpret.ts";
import { parseFunctions } from "../../compiler/loop/parse.ts";
import { emitModule } from "../../compiler/wasm/emit.ts";
import { type BufferPlace, bytesPerPage, type Entry, type ModulePlan } from "../../compiler/wasm/plan.ts";

export interface Elements {
  readonly dtype: DType;
  readonly values: readonly number[];
}

export const f32 = (values: Iterable<number>): Elements => ({ dtype: "f32", values: [...values].map(Math.fround) });
export const f64 = (values: Iterable<number>): Elements => ({ dtype: "f64", values: [...values] });
export const i32 = (values: Iterable<number>): Elements => ({ dtype: "i32", values: [...values] });

export type Buffers = Readonly<Record<string, Elements>>;

/** Bytes before and after every buffer that nothing may touch. */
const guardBytes = 32;
const guardByte = 0xa5;

export function placeBuffers(buffers: Buffers): { places: BufferPlace[]; pages: number } {
  let byteOffset = 0;
  const places = Object.entries(buffers).map(([name, { dtype, values }]) => {
    byteOffset += guardBytes;
    const place = { name, dtype, byteOffset, elementCount: values.length };
    byteOffset += Math.ceil((values.length * bytesPerElement(dtype)) / 8) * 8;
    return place;
  });
  return { places, pages: Math.ceil((byteOffset + guardBytes) / bytesPerPage) };
}

/** A plan in which every kernel of the text has an entry of its name, with rows. */
export function planOf(text: string, buffers: Buffers, batch: number, entries?: readonly Entry[]): ModulePlan {
  const kernels = parseFunctions(text);
  const { places, pages } = placeBuffers(buffers);
  const own = kernels.map(({ name }): Entry => ({ name, parameter: "rows", checks: [], kernels: [name] }));
  const keys = { seedBuffer: "seed", stepBuffer: "step" };
  return { buffers: places, pages, batch, kernels, entries: entries ?? own, data: [], customSections: [], ...keys };
}

export interface Instance {
  readonly plan: ModulePlan;
  readonly memory: ArrayBuffer;
  call(entry: string, argument?: number): number | undefined;
  elements(buffer: string): number[];
}

export async function compiled(plan: ModulePlan, optimize = true): Promise<WebAssembly.Module> {
  return new WebAssembly.Module((await emitModule(plan, { optimize })).wasm as BufferSource);
}

/** The module with its memory filled by guards and the buffers' elements. */
export function instantiate(module: WebAssembly.Module, plan: ModulePlan, buffers: Buffers): Instance {
  const instance = new WebAssembly.Instance(module);
  const exported = instance.exports as Record<string, (argument?: number) => number | undefined>;
  const { buffer: memory } = instance.exports.memory as WebAssembly.Memory;
  new Uint8Array(memory).fill(guardByte);
  for (const place of plan.buffers) viewOf(memory, place).set(buffers[place.name]!.values);
  const elements = (name: string) => [...viewOf(memory, plan.buffers.find((place) => place.name === name)!)];
  return { plan, memory, elements, call: (entry, argument) => exported[entry]!(argument) };
}

export function viewOf(memory: ArrayBuffer, { dtype, byteOffset, elementCount }: BufferPlace) {
  const view = { f32: Float32Array, f64: Float64Array, i32: Int32Array, bool: Int32Array }[dtype];
  return new view(memory, byteOffset, elementCount);
}

/** Whether every byte outside the buffers is as it was. */
export function guardsIntact({ plan, memory }: Instance): boolean {
  const bytes = new Uint8Array(memory.slice(0));
  for (const { byteOffset, elementCount, dtype } of plan.buffers) {
    bytes.fill(guardByte, byteOffset, byteOffset + elementCount * bytesPerElement(dtype));
  }
  return bytes.every((byte) => byte === guardByte);
}

/** The buffers after the kernels of the text ran in order, by the interpreter. */
export function interpreted(text: string, buffers: Buffers, rows: number): Record<string, number[]> {
  const elements = new Map(Object.entries(buffers).map(([name, { values }]) => [name, Float64Array.from(values)]));
  const [seed, step] = [elements.get("seed")?.[0], elements.get("step")?.[0]];
  for (const fn of parseFunctions(text)) interpretFunction(fn, { buffers: elements, rows, seed, step });
  return Object.fromEntries([...elements].map(([name, values]) => [name, [...values]]));
}

/** The same, by the emitted module. */
export async function executed(text: string, buffers: Buffers, rows: number, optimize = true) {
  const plan = planOf(text, buffers, rows);
  const instance = instantiate(await compiled(plan, optimize), plan, buffers);
  for (const { name } of instance.plan.entries) instance.call(name, rows);
  if (!guardsIntact(instance)) throw new Error("a byte outside the buffers was written");
  return Object.fromEntries(instance.plan.buffers.map(({ name }) => [name, instance.elements(name)]));
}

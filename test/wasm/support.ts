/** Runs loop IR text as emitted Wasm and by the interpreter, on the same elements, and compares all of the memory. */
import { bytesPerElement, type DType } from "../../compiler/graph/types.ts";
import { interpretFunctions } from "../../compiler/loop/interpret.ts";
import { parseFunctions } from "../../compiler/loop/parse.ts";
import { type BufferPlace, bytesPerPage } from "../../compiler/plan/place.ts";
import { emitModule } from "../../compiler/wasm/emit.ts";
import type { Entry, ModulePlan } from "../../compiler/wasm/plan.ts";

export interface Elements {
  readonly dtype: DType;
  readonly values: readonly number[];
  /** Of labels that say where others are. */
  readonly below?: number;
}

export const f32 = (values: Iterable<number>): Elements => ({ dtype: "f32", values: [...values].map(Math.fround) });
export const f64 = (values: Iterable<number>): Elements => ({ dtype: "f64", values: [...values] });
export const i32 = (values: Iterable<number>): Elements => ({ dtype: "i32", values: [...values] });
export const labels = (values: Iterable<number>, below: number): Elements => ({ ...i32(values), below });

export type Buffers = Readonly<Record<string, Elements>>;

/** Bytes before and after every buffer that nothing may touch. */
const guardBytes = 32;
const guardByte = 0xa5;

export function placeBuffers(buffers: Buffers): { places: BufferPlace[]; pages: number } {
  let byteOffset = 0;
  const places = Object.entries(buffers).map(([name, { dtype, values, below }]) => {
    byteOffset += guardBytes;
    const place = { buffer: { name, dtype, elementCount: values.length, ...(below && { below }) }, byteOffset };
    byteOffset += Math.ceil((values.length * bytesPerElement(dtype)) / 8) * 8;
    return place;
  });
  return { places, pages: Math.ceil((byteOffset + guardBytes) / bytesPerPage) };
}

/** A plan in which every kernel of the text has an entry of its name, with rows. */
export function planOf(text: string, buffers: Buffers, batch: number): ModulePlan {
  const { places, pages } = placeBuffers(buffers);
  const named = new Map(places.map(({ buffer }) => [buffer.name, buffer]));
  const kernels = parseFunctions(text, named.values());
  const checks = [...named.values()].flatMap((buffer) =>
    buffer.below ? [{ buffer, perRow: buffer.elementCount / batch, classes: buffer.below, status: 2 }] : [],
  );
  const entries = kernels.map((kernel): Entry => ({ name: kernel.name, parameter: "rows", checks, kernels: [kernel] }));
  const [seedBuffer, stepBuffer] = [named.get("seed"), named.get("step")];
  const keys = { ...(seedBuffer && { seedBuffer }), ...(stepBuffer && { stepBuffer }) };
  return { buffers: places, pages, batch, kernels, entries, data: [], customSections: [], ...keys };
}

export const placeOf = ({ buffers }: ModulePlan, name: string): BufferPlace =>
  buffers.find(({ buffer }) => buffer.name === name)!;

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
  for (const place of plan.buffers) viewOf(memory, place).set(buffers[place.buffer.name]!.values);
  const elements = (name: string) => [...viewOf(memory, placeOf(plan, name))];
  return { plan, memory, elements, call: (entry, argument) => exported[entry]!(argument) };
}

export function viewOf(memory: ArrayBuffer, { buffer: { dtype, elementCount }, byteOffset }: BufferPlace) {
  const view = { f32: Float32Array, f64: Float64Array, i32: Int32Array, bool: Int32Array }[dtype];
  return new view(memory, byteOffset, elementCount);
}

/** Whether every byte outside the buffers is as it was. */
export function guardsIntact({ plan, memory }: Instance): boolean {
  const bytes = new Uint8Array(memory.slice(0));
  for (const { byteOffset, buffer } of plan.buffers) {
    bytes.fill(guardByte, byteOffset, byteOffset + buffer.elementCount * bytesPerElement(buffer.dtype));
  }
  return bytes.every((byte) => byte === guardByte);
}

/** The buffers after the kernels of the text ran in order, by the interpreter. */
export function interpreted(text: string, buffers: Buffers, rows: number, batch = rows): Record<string, number[]> {
  const { kernels, buffers: places } = planOf(text, buffers, batch);
  const elements = new Map(places.map(({ buffer }) => [buffer, Float64Array.from(buffers[buffer.name]!.values)]));
  const [seed, step] = [buffers.seed?.values[0], buffers.step?.values[0]];
  interpretFunctions(kernels, { buffers: elements, rows, seed, step });
  return Object.fromEntries([...elements].map(([{ name }, values]) => [name, [...values]]));
}

/** The same, by the emitted module. */
export async function executed(text: string, buffers: Buffers, rows: number, optimize = true, batch = rows) {
  const plan = planOf(text, buffers, batch);
  const instance = instantiate(await compiled(plan, optimize), plan, buffers);
  for (const { name } of instance.plan.entries) instance.call(name, rows);
  if (!guardsIntact(instance)) throw new Error("a byte outside the buffers was written");
  return Object.fromEntries(instance.plan.buffers.map(({ buffer: { name } }) => [name, instance.elements(name)]));
}

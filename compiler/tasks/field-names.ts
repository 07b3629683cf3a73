/**
 * Puts the names of columns and classes into a built module, so that whoever has the module alone can ask by them and say
 * what its answers mean.
 *
 *   inputs: [{ name: "colour", dims: [], classes: 2 }], outputs: [{ name: "logits", dims: [3] }]
 *   -> inputs: [{ name: "colour", dims: [], classes: 2, labels: ["blue", "red"], columns: ["paint"] }],
 *      outputs: [{ name: "logits", dims: [3], classes: 3, labels: ["setosa", "versicolor", "virginica"] }]
 */

import type { Manifest, Slot } from "../bindings/manifest.ts";
import { appendSection, encodeSection } from "../bindings/section.ts";
import { writeBindings } from "../bindings/write.ts";
import { type Built, withBytes } from "../compile.ts";
import { compactNames } from "../data/columnMap.ts";
import type { Program } from "../program/program.ts";
import type { ClassNames, FoundNames } from "./fields.ts";

/** `wasmFile`: what the bindings load, as compile() was told. */
export async function nameFields(
  built: Built,
  { classNames: names = {}, columns = {} }: FoundNames,
  wasmFile: string,
): Promise<Built> {
  const slots = (list: readonly Slot[], target: (slot: Slot) => string | undefined) =>
    list.map((slot) => describeClasses(slot, built.program, names, target(slot)));
  const described: Manifest = {
    ...built.manifest,
    inputs: built.manifest.inputs.map((slot) => nameInput(slot, names[slot.name], columns[slot.name])),
    targets: slots(built.manifest.targets, ({ name }) => name),
    outputs: slots(built.manifest.outputs, ({ name }) => scoredTarget(built.program, name)),
  };
  const renamed = (wasm: Uint8Array) => appendSection(withoutSection(wasm, "nabla"), encodeSection(described));
  const { wasm, relaxedWasm } = built;
  const modules = { wasm: renamed(wasm), ...(relaxedWasm && { relaxedWasm: renamed(relaxedWasm) }) };
  const manifest = withBytes(described, modules);
  const bindings = await writeBindings(manifest, wasmFile, { relaxed: relaxedWasm !== undefined });
  return { ...built, ...bindings, ...modules, manifest };
}

/** With the names that the data had and no others: the loader takes these, and a class that no row had is none to ask for. */
const nameInput = (
  slot: Slot,
  labels: readonly string[] | undefined,
  columns: readonly string[] | undefined,
): Slot => ({
  ...slot,
  ...(slot.classes && labels && { labels }),
  // A column of the input's own name is found without.
  ...(columns && columns.join() !== slot.name && { columns: compactNames(columns) }),
});

/** The target whose classes an output scores. */
const scoredTarget = ({ metrics }: Program, output: string): string | undefined =>
  metrics.find(({ kind, ...metric }) => kind === "classes" && metric.output === output)?.target;

function describeClasses(slot: Slot, program: Program, names: ClassNames, target: string | undefined): Slot {
  const classes = program.targets.find(({ name }) => name === target)?.classes;
  if (target === undefined || classes === undefined) return slot;
  // A file need not have rows of every class; the labels that no row has keep their numbers.
  const known = names[target];
  const labels = known && Array.from({ length: classes }, (_, label) => known[label] ?? String(label));
  return { ...slot, classes, ...(labels ? { labels } : {}) };
}

/** The module without its custom sections of that name. Source: WebAssembly core specification, 5.5.2 to 5.5.3. */
export function withoutSection(wasm: Uint8Array, name: string): Uint8Array {
  const kept: Uint8Array[] = [wasm.subarray(0, 8)];
  for (let start = 8; start < wasm.length; ) {
    const size = readLeb128(wasm, start + 1);
    const end = size.next + size.value;
    if (wasm[start] !== 0 || sectionName(wasm, size.next) !== name) kept.push(wasm.subarray(start, end));
    start = end;
  }
  return Uint8Array.from(Buffer.concat(kept));
}

export function hasSection(wasm: Uint8Array, name: string): boolean {
  for (let start = 8; start < wasm.length; ) {
    const size = readLeb128(wasm, start + 1);
    if (wasm[start] === 0 && sectionName(wasm, size.next) === name) return true;
    start = size.next + size.value;
  }
  return false;
}

function sectionName(wasm: Uint8Array, at: number): string {
  const { value, next } = readLeb128(wasm, at);
  return new TextDecoder().decode(wasm.subarray(next, next + value));
}

/** Unsigned LEB128: seven bits a byte, the lowest first. */
function readLeb128(bytes: Uint8Array, at: number): { value: number; next: number } {
  let value = 0;
  for (let shift = 0; ; shift += 7, at++) {
    value += (bytes[at]! & 127) * 2 ** shift;
    if ((bytes[at] ?? 0) < 128) return { value, next: at + 1 };
  }
}

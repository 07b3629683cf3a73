/**
 * Time of every kernel, from an instrumented build: the same module with one more entry for each kernel.
 *
 *   await timeKernels(built)   // -> Map { "infer.0" => 210, ... } nanoseconds
 *
 * A kernel runs alone, again and again, so what it reads is in the cache where it fits. Memory is put back before each sample.
 */
import type { Built } from "../../compile.ts";
import { emitModule } from "../../wasm/emit.ts";
import type { ModulePlan } from "../../wasm/plan.ts";
import { timesOf } from "./stopwatch.ts";

const emptyEntry = "nothing";

export async function timeKernels({ plan, manifest, program }: Built): Promise<Map<string, number>> {
  const names = plan.kernels.map(({ name }) => name);
  const { wasm } = await emitModule(instrumented(plan));
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(wasm as BufferSource));
  const entries = exports as unknown as Record<string, (n: number) => number>;
  const { buffer } = exports.memory as WebAssembly.Memory;
  fillInputs(buffer, [...manifest.inputs, ...manifest.targets], manifest.batch);
  // States get their start, temporaries the values of a run.
  for (const { name, parameter } of plan.entries) entries[name]!(parameter === "seed" ? program.seed : manifest.batch);
  const state = new Uint8Array(buffer).slice();
  const calls = [emptyEntry, ...names.map(entryOf)].map(
    (name) => [name, () => void entries[name]!(manifest.batch)] as const,
  );
  const times = await timesOf(new Map(calls), () => new Uint8Array(buffer).set(state));
  const call = times.get(emptyEntry)!;
  // A kernel of no rows takes no time that could be told from a call's.
  return new Map(names.map((name) => [name, Math.max(0.1, times.get(entryOf(name))! - call)]));
}

const entryOf = (kernel: string): string => `time ${kernel}`;

const instrumented = (plan: ModulePlan): ModulePlan => ({
  ...plan,
  customSections: [],
  entries: [
    ...plan.entries,
    { name: emptyEntry, parameter: "rows", checks: [], kernels: [] },
    ...plan.kernels.map((kernel) => ({
      name: entryOf(kernel.name),
      parameter: "rows" as const,
      checks: [],
      kernels: [kernel],
    })),
  ],
});

/** Numbers between -1 and 1, labels in their range. */
function fillInputs(memory: ArrayBuffer, slots: Built["manifest"]["inputs"], batch: number): void {
  for (const { offset, dims, dtype, classes = 1 } of slots) {
    const count = dims.reduce((product, extent) => product * extent, batch);
    const view =
      dtype === "i32"
        ? new Int32Array(memory, offset, count)
        : dtype === "f64"
          ? new Float64Array(memory, offset, count)
          : new Float32Array(memory, offset, count);
    for (let i = 0; i < count; i++) view[i] = dtype === "i32" ? i % classes : Math.sin(12.9898 * (i + 1));
  }
}

/**
 * One kernel in several tiles as a module of its own, to be timed: an entry for each tile, in the memory of the module that
 * the kernel is from.
 *
 *   const bench = await openKernel(kernel, tiles, place);
 *   bench.results(0)                // what the first tile computes
 *   bench.time(0, 1000)             // milliseconds that a thousand batches take it
 */
import type { FloatType } from "../graph/types.ts";
import type { LoopBuffer } from "../loop/buffer.ts";
import type { Index, Kernel } from "../loop/kernel.ts";
import type { Tiling } from "../loop/tiling.ts";
import { vectorize } from "../loop/vectorize.ts";
import { subexpressions } from "../loop/walk.ts";
import type { Layout } from "../plan/layout.ts";
import type { BufferPlace } from "../plan/place.ts";
import { emitModule } from "../wasm/emit.ts";

/** What a kernel is timed in: the memory of the real module. */
export interface Surroundings {
  readonly layout: Layout;
  readonly batch: number;
  readonly dtype: FloatType;
}

export interface KernelModule {
  /** Everything that a tile writes for so many rows, from the same memory each time. */
  results(tile: number, rows: number): ArrayLike<number>[];
  /** Runs a tile on whole batches; gives the milliseconds of them all. */
  time(tile: number, repeats: number): number;
}

export async function openKernel(
  kernel: Kernel,
  tiles: readonly Tiling[],
  { layout, batch, dtype }: Surroundings,
): Promise<KernelModule> {
  const name = (tile: number) => `tile${tile}`;
  const kernels = tiles.map((tile, at) => ({ ...vectorize([{ kernel, tile }], dtype), name: name(at) }));
  const entries = kernels.map((loops) => ({
    name: loops.name,
    parameter: "rows" as const,
    checks: labelsOf(kernel).map((buffer) => ({
      buffer,
      perRow: buffer.elementCount / batch,
      classes: buffer.below!,
      status: 2,
    })),
    kernels: [loops],
  }));
  const { buffers, pages, pool, seed, step } = layout;
  const keys = { seedBuffer: seed.buffer, stepBuffer: step.buffer };
  const plan = { buffers, pages, pool, batch, kernels, entries, data: [], customSections: [], ...keys };
  const { wasm } = await emitModule(plan);
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(wasm as BufferSource));
  const memory = (exports.memory as WebAssembly.Memory).buffer;
  const call = (tile: number) => exports[name(tile)] as (rows: number) => number;
  const reset = fresh(memory, usedBy(kernel, layout));
  const written = kernel.stores.map(({ buffer }) =>
    viewOf(memory, layout.buffers.find((place) => place.buffer === buffer)!),
  );
  return {
    results(tile, rows) {
      reset();
      call(tile)(rows);
      return written.map((view) => view.slice());
    },
    time(tile, repeats) {
      reset();
      const entry = call(tile);
      const start = performance.now();
      for (let i = 0; i < repeats; i++) entry(batch);
      return performance.now() - start;
    },
  };
}

function usedBy(kernel: Kernel, { buffers }: Layout): BufferPlace[] {
  const used = new Set([...accessesOf(kernel).map(({ buffer }) => buffer), ...labelsOf(kernel)]);
  return buffers.filter(({ buffer }) => used.has(buffer));
}

const accessesOf = ({ stores }: Kernel): { readonly buffer: LoopBuffer; readonly index: Index }[] =>
  stores.flatMap((store) => [store, ...subexpressions(store.value).filter((e) => e.kind === "load")]);

/** The buffers of labels that say where it reads and writes. */
const labelsOf = (kernel: Kernel): LoopBuffer[] => [
  ...new Set(accessesOf(kernel).flatMap(({ index }) => (index.dynamic ? [index.dynamic.buffer] : []))),
];

/**
 * Gives the buffers their values: floats from 0.25 to 1, spread by the golden ratio, so that no root, logarithm or quotient of
 * a model is out of its range and no sum is exact. A kernel that updates in place would drift away otherwise.
 */
function fresh(memory: ArrayBuffer, places: readonly BufferPlace[]): () => void {
  const starts = places.map((place) => {
    const view = viewOf(memory, place);
    const { dtype, below = 2 } = place.buffer;
    return {
      view,
      values: view.map((_, i) => (dtype === "i32" ? i % below : 0.25 + 0.75 * ((i * 0.618034) % 1))),
    };
  });
  return () => {
    for (const { view, values } of starts) view.set(values);
  };
}

type View = Float32Array | Float64Array | Int32Array;

function viewOf(memory: ArrayBuffer, { buffer: { dtype, elementCount }, byteOffset }: BufferPlace): View {
  if (dtype === "f64") return new Float64Array(memory, byteOffset, elementCount);
  return new (dtype === "f32" ? Float32Array : Int32Array)(memory, byteOffset, elementCount);
}

/**
 * Judges a memory plan by what the kernels read and write, and knows nothing of how it was made.
 *
 *   kernel 0 writes a, kernel 1 reads a and writes b       a and b share bytes: a fault, unless each point of b is
 *                                                          written where just that point of a was read
 */
import { bytesPerElement } from "../../compiler/graph/types.ts";
import type { LoopBuffer } from "../../compiler/loop/buffer.ts";
import type { Affine, Expr, Kernel } from "../../compiler/loop/kernel.ts";
import { printAffine } from "../../compiler/loop/print.ts";
import type { BufferPlace } from "../../compiler/wasm/plan.ts";

export interface PlanInMemory {
  /** In the order they run. */
  readonly kernels: readonly Kernel[];
  readonly places: readonly BufferPlace[];
  /** Buffers that hold values before the run: states, inputs, constants. */
  readonly given: ReadonlySet<LoopBuffer>;
  /** Buffers that must hold their values after the run, beside the given ones: outputs. */
  readonly kept: ReadonlySet<LoopBuffer>;
}

interface Load {
  readonly buffer: LoopBuffer;
  readonly index: Affine;
  readonly reduced: boolean;
}

/** From the kernel that writes a buffer first to the one that reads it last; given and kept ones live throughout. */
interface Life {
  readonly place: BufferPlace;
  readonly first: number;
  readonly last: number;
}

/** Every fault of the plan, in words; none for a good one. */
export function planFaults(plan: PlanInMemory): string[] {
  return [...readsBeforeWrites(plan), ...misaligned(plan), ...overlaps(plan)];
}

function readsBeforeWrites({ kernels, given }: PlanInMemory): string[] {
  const written = new Set(given);
  const faults: string[] = [];
  for (const kernel of kernels) {
    for (const { buffer } of loadsOf(kernel)) {
      if (!written.has(buffer)) faults.push(`${kernel.name} reads ${buffer.name}, which nothing wrote`);
    }
    for (const { buffer } of kernel.stores) written.add(buffer);
  }
  return faults;
}

/** Counters of one i32 need but their own 4 bytes. */
const misaligned = ({ places }: PlanInMemory): string[] =>
  places
    .filter(
      ({ byteOffset, buffer: { dtype, elementCount } }) =>
        byteOffset % (dtype === "i32" && elementCount === 1 ? 4 : 16) !== 0,
    )
    .map(({ buffer, byteOffset }) => `${buffer.name} at byte ${byteOffset} is not aligned`);

function overlaps(plan: PlanInMemory): string[] {
  const lives = livesOf(plan);
  const faults: string[] = [];
  lives.forEach((a, i) => {
    for (const b of lives.slice(i + 1)) {
      if (!shareBytes(a.place, b.place) || a.last < b.first || b.last < a.first) continue;
      const handedOver =
        (a.last === b.first && takesPlace(plan.kernels[b.first]!, a.place, b.place)) ||
        (b.last === a.first && takesPlace(plan.kernels[a.first]!, b.place, a.place));
      if (!handedOver)
        faults.push(`${a.place.buffer.name} and ${b.place.buffer.name} share bytes while both are alive`);
    }
  });
  return faults;
}

function livesOf({ kernels, places, given, kept }: PlanInMemory): Life[] {
  return places.map((place) => {
    const always = given.has(place.buffer) || kept.has(place.buffer);
    const writers = kernels.flatMap((kernel, t) => (kernel.stores.some((s) => s.buffer === place.buffer) ? [t] : []));
    const readers = kernels.flatMap((kernel, t) => (loadsOf(kernel).some((l) => l.buffer === place.buffer) ? [t] : []));
    if (always) return { place, first: -1, last: kernels.length };
    return { place, first: Math.min(...writers), last: Math.max(...writers, ...readers) };
  });
}

const end = ({ byteOffset, buffer: { dtype, elementCount } }: BufferPlace) =>
  byteOffset + elementCount * bytesPerElement(dtype);
const shareBytes = (a: BufferPlace, b: BufferPlace): boolean => a.byteOffset < end(b) && b.byteOffset < end(a);

/** Whether the kernel reads each point of `old` only for the store of `next` to those very bytes. */
function takesPlace(kernel: Kernel, old: BufferPlace, next: BufferPlace): boolean {
  const targets = kernel.stores.filter((s) => s.buffer === next.buffer).map((s) => printAffine(s.index));
  const loads = loadsOf(kernel).filter((load) => load.buffer === old.buffer);
  return (
    old.byteOffset === next.byteOffset &&
    bytesPerElement(old.buffer.dtype) === bytesPerElement(next.buffer.dtype) &&
    loads.every(({ index, reduced }) => !reduced && targets.every((target) => target === printAffine(index)))
  );
}

function loadsOf(kernel: Kernel): Load[] {
  const loads: Load[] = [];
  const visit = (expr: Expr, reduced: boolean): void => {
    if (expr.kind === "load") loads.push({ buffer: expr.buffer, index: expr.index, reduced });
    if (expr.kind === "op") for (const arg of expr.args) visit(arg, reduced);
    if (expr.kind === "reduce") visit(expr.body, true);
  };
  for (const store of kernel.stores) visit(store.value, false);
  return loads;
}

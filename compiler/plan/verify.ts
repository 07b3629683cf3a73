/**
 * Judges a memory plan by what the kernels read and write, and knows nothing of how it was made.
 *
 *   kernel 0 writes a, kernel 1 reads a and writes b       a and b share bytes: a fault, unless each point of b is written
 *                                                          where just that point of a was read
 */
import { internalError } from "../diagnostics.ts";
import { bytesPerElement } from "../graph/types.ts";
import type { LoopBuffer } from "../loop/buffer.ts";
import { type Expr, type Index, isSamePlace, type Kernel, type Nest, type Repeat } from "../loop/kernel.ts";
import { partsOf } from "../loop/walk.ts";
import { numbering } from "../numbering.ts";
import type { BufferPlace } from "./place.ts";

export interface PlanInMemory {
  /** In the order they run. */
  readonly kernels: readonly Kernel[];
  /** Of the buffers in question, in bytes from wherever. */
  readonly places: readonly BufferPlace[];
  /** Buffers that hold values before the run: states, inputs, constants. */
  readonly given?: ReadonlySet<LoopBuffer>;
  /** Buffers that must hold their values after the run, beside the given ones: outputs. */
  readonly kept?: ReadonlySet<LoopBuffer>;
}

interface Load {
  readonly buffer: LoopBuffer;
  readonly index: Index;
  readonly reduced: boolean;
}

/** From the nest that writes a buffer first to the one that touches it last; given and kept ones live throughout. */
interface Life extends BufferPlace {
  readonly end: number;
  readonly first: number;
  readonly last: number;
}

/** Throws an internal error where two values that are alive at once share bytes, or one is read before it is written. */
export function verifyPlan(plan: PlanInMemory): void {
  const [fault] = planFaults(plan);
  if (fault !== undefined) throw internalError(`the plan of the memory is wrong: ${fault}`);
}

/** Every fault in words; none for a good plan. */
export function planFaults(plan: PlanInMemory): string[] {
  const loads = plan.kernels.map(loadsOf);
  return [...readsBeforeWrites(plan, loads), ...misaligned(plan), ...overlaps(plan, loads)];
}

function readsBeforeWrites({ kernels, places, given }: PlanInMemory, loads: readonly Load[][]): string[] {
  const unwritten = new Set(places.map(({ buffer }) => buffer).filter((buffer) => !given?.has(buffer)));
  return kernels.flatMap(({ name, stores }, time) => {
    const early = loads[time]!.filter(({ buffer }) => unwritten.has(buffer));
    for (const { buffer } of stores) unwritten.delete(buffer);
    return early.map(({ buffer }) => `${name} reads ${buffer.name}, which nothing wrote`);
  });
}

/** Counters of one i32 need but their own 4 bytes. */
const misaligned = ({ places }: PlanInMemory): string[] =>
  places
    .filter(
      ({ byteOffset, buffer: { dtype, elementCount } }) =>
        byteOffset % (dtype === "i32" && elementCount === 1 ? 4 : 16),
    )
    .map(({ buffer, byteOffset }) => `${buffer.name} at byte ${byteOffset} is not aligned`);

/** The kernels of each nest, in the order of the nests: the boxes of one run at one time. */
function timesOf(kernels: readonly Kernel[]): number[][] {
  const timeOf = numbering<Nest>();
  const times: number[][] = [];
  kernels.forEach(({ nest }, at) => {
    const time = timeOf(nest);
    times[time] = [...(times[time] ?? []), at];
  });
  return times;
}

/** Values come to life in order and find, among those alive, the neighbours that they share bytes with. */
function overlaps(plan: PlanInMemory, loads: readonly Load[][]): string[] {
  const times = timesOf(plan.kernels);
  const alive: Life[] = [];
  const faults: string[] = [];
  for (const life of livesOf(plan, loads, times).sort((a, b) => a.first - b.first || a.byteOffset - b.byteOffset)) {
    let at = firstBehind(alive, life.byteOffset);
    while (at < alive.length && alive[at]!.byteOffset < life.end) {
      const older = alive[at]!;
      if (older.last < life.first || takesPlace(plan.kernels, loads, times, older, life)) alive.splice(at, 1);
      else {
        faults.push(`${older.buffer.name} and ${life.buffer.name} share bytes while both are alive`);
        at++;
      }
    }
    alive.splice(at, 0, life);
  }
  return faults;
}

/** The first of these, which lie one behind the other, that ends behind a byte. */
function firstBehind(lives: readonly Life[], byteOffset: number): number {
  let [low, high] = [0, lives.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (lives[middle]!.end <= byteOffset) low = middle + 1;
    else high = middle;
  }
  return low;
}

function livesOf(
  { kernels, places, given, kept }: PlanInMemory,
  loads: readonly Load[][],
  times: readonly (readonly number[])[],
): Life[] {
  const first = new Map<LoopBuffer, number>();
  const last = new Map<LoopBuffer, number>();
  times.forEach((boxes, time) => {
    for (const at of boxes) {
      const { stores } = kernels[at]!;
      for (const { buffer } of stores) if (!first.has(buffer)) first.set(buffer, time);
      for (const { buffer } of [...stores, ...loads[at]!]) last.set(buffer, time);
    }
  });
  for (const [start, end] of loopsOf(kernels, times)) keepThrough(start, end, { kernels, loads, times, first, last });
  return places.map(({ buffer, byteOffset }) => {
    const always = given?.has(buffer) || kept?.has(buffer);
    const end = byteOffset + buffer.elementCount * bytesPerElement(buffer.dtype);
    const life = always ? { first: -1, last: kernels.length } : { first: first.get(buffer)!, last: last.get(buffer)! };
    return { buffer, byteOffset, end, ...life };
  });
}

/** From the first to the last nest of each loop around several, the inner ones first. */
function loopsOf(kernels: readonly Kernel[], times: readonly (readonly number[])[]): [start: number, end: number][] {
  const ranges = new Map<Repeat, [number, number]>();
  times.forEach((boxes, time) => {
    for (const repeat of kernels[boxes[0]!]!.nest.repeats ?? [])
      ranges.set(repeat, [ranges.get(repeat)?.[0] ?? time, time]);
  });
  return [...ranges.values()].sort(([a, b], [c, d]) => b - a - (d - c));
}

interface Lives {
  readonly kernels: readonly Kernel[];
  readonly loads: readonly Load[][];
  readonly times: readonly (readonly number[])[];
  readonly first: Map<LoopBuffer, number>;
  readonly last: Map<LoopBuffer, number>;
}

/**
 * What a loop does not write before it reads it, or what is touched outside of it too, lives through all of its turns; the rest
 * is made anew in each.
 */
function keepThrough(start: number, end: number, { kernels, loads, times, first, last }: Lives): void {
  const written = new Set<LoopBuffer>();
  const kept = new Set<LoopBuffer>();
  for (let time = start; time <= end; time++) {
    for (const at of times[time]!) {
      for (const { buffer } of loads[at]!) if (!written.has(buffer)) kept.add(buffer);
      for (const { buffer } of kernels[at]!.stores) {
        written.add(buffer);
        if (first.get(buffer)! < start || last.get(buffer)! > end) kept.add(buffer);
      }
    }
  }
  for (const buffer of kept) {
    if (first.has(buffer)) first.set(buffer, Math.min(first.get(buffer)!, start));
    last.set(buffer, Math.max(last.get(buffer)!, end));
  }
}

/**
 * Whether the older value dies where the newer begins, each point of it read only for the store to those very bytes. The boxes of
 * one nest have points of their own each, so that what one writes no other reads. A store that accumulates begins with zeros.
 */
function takesPlace(
  kernels: readonly Kernel[],
  loads: readonly Load[][],
  times: readonly (readonly number[])[],
  older: Life,
  newer: Life,
): boolean {
  if (older.last !== newer.first || older.byteOffset !== newer.byteOffset) return false;
  if (bytesPerElement(older.buffer.dtype) !== bytesPerElement(newer.buffer.dtype)) return false;
  return times[newer.first]!.every((at) => {
    const own = kernels[at]!.stores.filter(({ buffer }) => buffer === newer.buffer);
    const read = loads[at]!.filter(({ buffer }) => buffer === older.buffer);
    const isTarget = (load: Index): boolean => own.every(({ index }) => isSamePlace(index, load));
    return read.every(({ index, reduced }) => !reduced && isTarget(index)) && !own.some((store) => store.accumulates);
  });
}

/** Each distinct expression once, inside and outside of reductions. */
function loadsOf({ stores }: Kernel): Load[] {
  const loads: Load[] = [];
  const seen = { true: new Set<Expr>(), false: new Set<Expr>() };
  const visit = (expr: Expr, reduced: boolean): void => {
    if (seen[`${reduced}`].has(expr)) return;
    seen[`${reduced}`].add(expr);
    if (expr.kind === "load") loads.push({ buffer: expr.buffer, index: expr.index, reduced });
    for (const part of partsOf(expr)) visit(part, reduced || expr.kind === "reduce");
  };
  for (const { value } of stores) visit(value, false);
  return loads;
}

/**
 * A module as plain data: where every buffer lies, which loop functions run in which exported entry. All decisions are
 * made by now; the emitter follows.
 */
import { internalError } from "../diagnostics.ts";
import { bytesPerElement } from "../graph/types.ts";
import type { LoopBuffer } from "../loop/buffer.ts";
import type { LoopFunction } from "../loop/ir.ts";
import { type BufferPlace, bytesPerPage, maxPages, type PoolPlace } from "../plan/place.ts";
import type { HalfRange } from "./half.ts";

export interface DataSegment {
  readonly byteOffset: number;
  readonly bytes: Uint8Array;
}

export interface CustomSection {
  readonly name: string;
  readonly bytes: Uint8Array;
}

export interface ModulePlan {
  /** Of all kernels: two functions may have one each for the same place. */
  readonly buffers: readonly BufferPlace[];
  /** Pages of 65,536 bytes; the memory never grows. */
  readonly pages: number;
  /** The most rows of a call. */
  readonly batch: number;
  readonly kernels: readonly LoopFunction[];
  readonly entries: readonly Entry[];
  readonly data: readonly DataSegment[];
  /** Weights that the start function widens from half precision. */
  readonly halves?: HalfRange;
  /** Without one, vector constants stay in the code. */
  readonly pool?: PoolPlace;
  readonly customSections: readonly CustomSection[];
  /** Whether it may have relaxed SIMD, which not every engine knows and not every engine rounds alike. */
  readonly relaxed?: boolean;
  /** Buffers of one i32, the keys of random numbers; they may be absent where no kernel reads them. */
  readonly seedBuffer?: LoopBuffer;
  readonly stepBuffer?: LoopBuffer;
}

/** An exported function that runs kernels in order. */
export interface Entry {
  readonly name: string;
  /**
   * rows: (n: i32) -> status, 0 when done, 1 when n is not 1 to the batch, else the number of a failed check.
   * seed: (seed: i32) -> (), stores the seed and sets the step to 0. Kernels of it, and of "none", get n = batch.
   */
  readonly parameter: "rows" | "seed" | "none";
  /** Run before anything is written. */
  readonly checks: readonly LabelCheck[];
  /** A buffer of one i32, incremented before the kernels. */
  readonly increments?: LoopBuffer;
  readonly kernels: readonly LoopFunction[];
}

/** Every one of the first n * perRow labels is 0 to classes - 1, or the entry returns `status`. */
export interface LabelCheck {
  readonly buffer: LoopBuffer;
  readonly perRow: number;
  readonly classes: number;
  readonly status: number;
}

/** Throws an internal error where the plan contradicts itself; kernels are verified apart. */
export function checkPlan(plan: ModulePlan): void {
  check(isCount(plan.batch), `the batch is ${plan.batch}, expected a positive integer`);
  check(isCount(plan.pages) && plan.pages <= maxPages, `${plan.pages} pages of memory, expected 1 to ${maxPages}`);
  check(new Set(plan.buffers.map(({ buffer }) => buffer)).size === plan.buffers.length, "a buffer has two places");
  // Binaryen knows functions by name.
  checkUnique("kernel", plan.kernels);
  checkUnique("entry", plan.entries);
  for (const { buffer, byteOffset } of plan.buffers) {
    const { name, dtype, elementCount } = buffer;
    check(byteOffset % bytesPerElement(dtype) === 0, `buffer ${name} at byte ${byteOffset} is not aligned to ${dtype}`);
    checkInside(`buffer ${name}`, byteOffset, elementCount * bytesPerElement(dtype), plan);
  }
  for (const [at, { byteOffset, bytes }] of plan.data.entries()) {
    checkInside(`data segment ${at}`, byteOffset, bytes.length, plan);
  }
  if (plan.pool) {
    const { byteOffset, byteLength } = plan.pool;
    check(byteOffset % 8 === 0, `the pool of constants at byte ${byteOffset} is not aligned`);
    checkInside("the pool of constants", byteOffset, byteLength, plan);
  }
  const kernels = new Set(plan.kernels);
  for (const entry of plan.entries) checkEntry(entry, kernels, plan);
  if (plan.halves) {
    const { byteOffset, elementCount } = plan.halves;
    check(isCount(elementCount) && byteOffset % 4 === 0, `${elementCount} halves at byte ${byteOffset}`);
    checkInside("halves", byteOffset, 4 * elementCount, plan);
  }
}

function checkEntry(entry: Entry, kernels: ReadonlySet<LoopFunction>, plan: ModulePlan): void {
  const what = `entry ${entry.name}`;
  for (const kernel of entry.kernels) {
    check(kernels.has(kernel), `${what} runs kernel ${kernel.name}, which the plan does not have`);
  }
  check(entry.parameter === "rows" || entry.checks.length === 0, `${what} checks labels but takes no rows`);
  for (const { buffer, perRow, classes, status } of entry.checks) {
    check(isCount(perRow) && isCount(classes), `${what} checks ${perRow} labels a row of ${classes} classes`);
    check(isCount(status) && status > 1, `${what} has a check with status ${status}; 0 is success, 1 the row count`);
    checkIntegers(what, buffer, perRow * plan.batch, plan);
  }
  if (entry.increments !== undefined) checkIntegers(what, entry.increments, 1, plan);
  if (entry.parameter === "seed")
    for (const key of [plan.seedBuffer, plan.stepBuffer]) checkIntegers(what, key, 1, plan);
}

function checkIntegers(what: string, buffer: LoopBuffer | undefined, count: number, plan: ModulePlan): void {
  const isPlaced = buffer !== undefined && plan.buffers.some((place) => place.buffer === buffer);
  const got = isPlaced ? `${buffer.elementCount} of ${buffer.dtype}` : "no buffer";
  check(
    isPlaced && buffer.dtype === "i32" && buffer.elementCount >= count,
    `${what} needs ${count} elements of i32${buffer ? ` in buffer ${buffer.name}` : ""}, got ${got}`,
  );
}

const checkInside = (what: string, byteOffset: number, byteLength: number, { pages }: ModulePlan): void =>
  check(
    byteOffset >= 0 && byteOffset + byteLength <= pages * bytesPerPage,
    `${what}, bytes ${byteOffset} to ${byteOffset + byteLength}, leaves the ${pages} pages of memory`,
  );

function checkUnique(what: string, named: readonly { readonly name: string }[]): void {
  const names = new Set<string>();
  for (const { name } of named) {
    check(!names.has(name), `two of ${what} ${name}`);
    names.add(name);
  }
}

const isCount = (value: number): boolean => Number.isInteger(value) && value >= 1;

function check(holds: boolean, message: string): asserts holds {
  if (!holds) throw internalError(`module plan: ${message}`);
}

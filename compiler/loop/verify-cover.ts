/**
 * What the kernels of one nest store in a buffer covers it, each element once. A store that accumulates begins with zeros
 * everywhere and may meet an element again: it covers its buffer by itself.
 *
 *   k.0 [i0<2]  y[i0] = ...         0 to 1
 *   k.1 [i0<3]  y[i0 + 3] = ...     3 to 5: nothing stores y[2]
 */
import { internalError } from "../diagnostics.ts";
import type { LoopBuffer } from "./buffer.ts";
import { type Kernel, type KernelStore, nestsOf, strideOf } from "./kernel.ts";
import { sizeAt } from "./tiling.ts";

/** The elements that a store writes where a call has as many rows as it may: base + any sum of a stride * 0 to size - 1. */
interface Box {
  readonly base: number;
  readonly sides: readonly Side[];
}

interface Side {
  readonly stride: number;
  readonly size: number;
}

/** Throws an internal error that names the nest, and an element that none of its kernels or two of them store. */
export function verifyCover(kernels: readonly Kernel[], batch: number): void {
  for (const nest of nestsOf(kernels, (kernel) => kernel)) {
    const fault = coverFault(nest, batch);
    if (fault !== undefined) throw internalError(`kernels of ${nest[0]!.nest.name}: ${fault}`);
  }
}

function coverFault(nest: readonly Kernel[], batch: number): string | undefined {
  const boxes = new Map<LoopBuffer, Box[]>();
  const added = new Set<LoopBuffer>();
  for (const kernel of nest)
    for (const store of kernel.stores) {
      const { buffer, accumulates } = store;
      if (accumulates) added.add(buffer);
      else boxes.set(buffer, [...(boxes.get(buffer) ?? []), boxOf(store, kernel, batch)]);
    }
  for (const [buffer, own] of boxes) {
    const fault = added.has(buffer) ? undefined : faultOf(own, buffer.elementCount);
    if (fault) return `${buffer.name}[${fault.at}] is stored ${fault.times === 0 ? "by none of them" : "twice"}`;
  }
  return undefined;
}

/** Turns of loops around that a store does not name write the same elements anew. */
function boxOf({ index }: KernelStore, { axes, nest }: Kernel, batch: number): Box {
  const points = axes.map((axis) => ({ stride: strideOf(index, axis.name), size: sizeAt(axis, batch) }));
  const turns = (nest.repeats ?? [])
    .map(({ axis, extent }) => ({ stride: strideOf(index, axis), size: extent }))
    .filter(({ stride }) => stride !== 0);
  const sides = [...points, ...turns].filter(({ size }) => size > 1);
  const back = sides.reduce((sum, { stride, size }) => sum + Math.min(0, stride * (size - 1)), 0);
  return {
    base: index.base + back,
    sides: merged(sides.map(({ stride, size }) => ({ stride: Math.abs(stride), size }))),
  };
}

/** Largest strides first; a side that goes on where the next one ends is one with it. */
function merged(sides: readonly Side[]): Side[] {
  const result: Side[] = [];
  for (const { stride, size } of sides.toSorted((a, b) => b.stride - a.stride)) {
    const outer = result.at(-1);
    if (outer?.stride === stride * size) result.splice(-1, 1, { stride, size: outer.size * size });
    else result.push({ stride, size });
  }
  return result;
}

interface Fault {
  readonly at: number;
  readonly times: number;
}

function faultOf(boxes: readonly Box[], elementCount: number): Fault | undefined {
  const runs = boxes.map(runOf);
  if (runs.every((run) => run !== undefined)) return faultOfRuns(runs, elementCount);
  const rows = boxes[0]!.sides.find((side) => areRows(side, boxes, elementCount));
  if (rows)
    return faultOf(
      boxes.map((box) => ({ ...box, sides: without(box.sides, rows) })),
      rows.stride,
    );
  return faultOfElements(boxes, elementCount);
}

/** Whether all boxes are the same in each of some equal parts of the buffer. */
const areRows = ({ stride, size }: Side, boxes: readonly Box[], elementCount: number): boolean =>
  stride * size === elementCount &&
  boxes.every(({ base, sides }) => {
    const rest = without(sides, { stride, size });
    return rest.length < sides.length && base + reachOf(rest) <= stride;
  });

const without = (sides: readonly Side[], { stride, size }: Side): Side[] => {
  const at = sides.findIndex((side) => side.stride === stride && side.size === size);
  return sides.filter((_, i) => i !== at);
};

const reachOf = (sides: readonly Side[]): number =>
  sides.reduce((reach, { stride, size }) => reach + stride * (size - 1), 1);

/** From the first element of a box to the one behind its last, where it has no gaps. */
function runOf({ base, sides: [side, ...more] }: Box): [start: number, end: number] | undefined {
  if (side === undefined) return [base, base + 1];
  return side.stride === 1 && more.length === 0 ? [base, base + side.size] : undefined;
}

function faultOfRuns(runs: readonly (readonly [number, number])[], elementCount: number): Fault | undefined {
  let done = 0;
  for (const [start, end] of runs.toSorted(([a], [b]) => a - b)) {
    if (start > done) return { at: done, times: 0 };
    if (start < done) return { at: start, times: 2 };
    done = end;
  }
  return done < elementCount ? { at: done, times: 0 } : undefined;
}

function faultOfElements(boxes: readonly Box[], elementCount: number): Fault | undefined {
  const times = new Uint8Array(elementCount);
  for (const { base, sides } of boxes) {
    const visit = (start: number, depth: number): void => {
      const side = sides[depth];
      if (side === undefined) times[start] = Math.min(2, times[start]! + 1);
      else for (let i = 0, at = start; i < side.size; i++, at += side.stride) visit(at, depth + 1);
    };
    visit(base, 0);
  }
  const at = times.findIndex((count) => count !== 1);
  return at < 0 ? undefined : { at, times: times[at]! };
}

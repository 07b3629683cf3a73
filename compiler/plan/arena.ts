/**
 * Places temporaries in the arena: rectangles of bytes against time, none overlapping. Values updated in place are one
 * rectangle. First fit over several orders, the smallest result kept; the lower bound is the most bytes alive at once.
 * Whatever rises above all others is placed first the next time: it found the gaps taken.
 */
import type { LoopBuffer } from "../loop/buffer.ts";
import type { Temporary } from "./buffers.ts";
import { firstFit, type Placement, type Rectangle } from "./first-fit.ts";
import { alignTo } from "./place.ts";

export interface Arena {
  /** Bytes from the start of the arena; 16-aligned for v128 loads. */
  readonly offsets: ReadonlyMap<LoopBuffer, number>;
  readonly bytes: number;
  readonly lowerBoundBytes: number;
}

export function packArena(temporaries: readonly Temporary[]): Arena {
  const rectangles = mergeInPlace(temporaries);
  const area = (r: Rectangle) => r.bytes * (r.last - r.first + 1);
  const orders: ((a: Rectangle, b: Rectangle) => number)[] = [
    (a, b) => b.bytes - a.bytes || a.first - b.first,
    (a, b) => a.first - b.first || b.bytes - a.bytes,
    (a, b) => area(b) - area(a) || a.first - b.first,
    (a, b) => b.last - b.first - (a.last - a.first) || b.bytes - a.bytes,
  ];
  const lowerBoundBytes = mostAlive(rectangles);
  let best: Placement | undefined;
  for (const order of orders) {
    const found = promoteTallest([...rectangles].sort(order), lowerBoundBytes);
    if (best === undefined || found.bytes < best.bytes) best = found;
    if (best.bytes === lowerBoundBytes) break;
  }
  return { offsets: best!.offsets, bytes: best!.bytes, lowerBoundBytes };
}

/** Rounds of first fit from one order. Of random graphs 1 leaves 6 % above the lower bound, 16 leave 1.8 %, 64 1.4 %. */
const rounds = 16;

/** First fit again and again, each time with the rectangle that reached the top moved to the front. */
function promoteTallest(order: readonly Rectangle[], lowerBoundBytes: number): Placement {
  let rectangles = order;
  let best = firstFit(rectangles);
  let last = best;
  for (let round = 1; round < rounds && best.bytes > lowerBoundBytes; round++) {
    const { top } = last;
    rectangles = [top!, ...rectangles.filter((rectangle) => rectangle !== top)];
    last = firstFit(rectangles);
    if (last.bytes < best.bytes) best = last;
  }
  return best;
}

function mergeInPlace(temporaries: readonly Temporary[]): Rectangle[] {
  const holding = new Map<LoopBuffer, Rectangle>();
  for (const { buffer, bytes, first, last, inPlaceOf } of temporaries) {
    const host = inPlaceOf === undefined ? undefined : holding.get(inPlaceOf);
    const rectangle = host ?? { buffers: [], bytes: alignTo(bytes, 16), first, last };
    rectangle.buffers.push(buffer);
    rectangle.last = Math.max(rectangle.last, last);
    holding.set(buffer, rectangle);
  }
  return [...new Set(holding.values())];
}

function mostAlive(rectangles: readonly Rectangle[]): number {
  const changes = new Map<number, number>();
  const change = (time: number, bytes: number) => changes.set(time, (changes.get(time) ?? 0) + bytes);
  for (const { first, last, bytes } of rectangles) {
    change(first, bytes);
    change(last + 1, -bytes);
  }
  let most = 0;
  let alive = 0;
  for (const [, bytes] of [...changes].sort(([a], [b]) => a - b)) {
    alive += bytes;
    most = Math.max(most, alive);
  }
  return most;
}

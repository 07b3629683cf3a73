/**
 * First fit: each rectangle of bytes against time goes to the lowest offset where it overlaps none placed before.
 *
 *   a: 64 bytes, groups 0-2; b: 32, 1-4; c: 32, 3-4      ==>      a at 0, b at 64, c at 0
 */
import type { LoopBuffer } from "../loop/buffer.ts";

export interface Rectangle {
  readonly buffers: LoopBuffer[];
  readonly bytes: number;
  first: number;
  last: number;
}

const overlapInTime = (a: Rectangle, b: Rectangle): boolean => a.first <= b.last && b.first <= a.last;

export interface Placement {
  readonly offsets: ReadonlyMap<LoopBuffer, number>;
  readonly bytes: number;
  /** The first to end at `bytes`. */
  readonly top: Rectangle | undefined;
}

interface Placed {
  readonly rectangle: Rectangle;
  readonly offset: number;
}

/** Places rectangles in their order. Takes the square of their number: 10 ms for 2,000 of random lengths. */
export function firstFit(rectangles: readonly Rectangle[]): Placement {
  const byOffset: Placed[] = [];
  const offsets = new Map<LoopBuffer, number>();
  let bytes = 0;
  let top: Rectangle | undefined;
  for (const rectangle of rectangles) {
    const offset = lowestGap(rectangle, byOffset);
    insert({ rectangle, offset }, byOffset);
    for (const buffer of rectangle.buffers) offsets.set(buffer, offset);
    if (offset + rectangle.bytes > bytes) {
      bytes = offset + rectangle.bytes;
      top = rectangle;
    }
  }
  return { offsets, bytes, top };
}

function lowestGap(rectangle: Rectangle, byOffset: readonly Placed[]): number {
  let offset = 0;
  for (const other of byOffset) {
    if (offset + rectangle.bytes <= other.offset) break;
    if (overlapInTime(other.rectangle, rectangle)) offset = Math.max(offset, other.offset + other.rectangle.bytes);
  }
  return offset;
}

function insert(placed: Placed, byOffset: Placed[]): void {
  const after = byOffset.findLastIndex((other) => other.offset <= placed.offset);
  byOffset.splice(after + 1, 0, placed);
}

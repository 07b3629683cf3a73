/**
 * The memory plan of one function as text: temporaries with their offsets and lifetimes, and the arena beside its lower
 * bound.
 *
 *   arena 8192 bytes, at least 8192 alive at once
 *     step.h  0..4096  groups 0-3
 */
import type { Arena } from "./arena.ts";
import type { Assignment } from "./buffers.ts";

export function printPlan({ assignment, arena }: { assignment: Assignment; arena: Arena }): string {
  const lines = assignment.temporaries.map(({ buffer, bytes, first, last, inPlaceOf }) => {
    const offset = arena.offsets.get(buffer)!;
    return `  ${buffer.name}  ${offset}..${offset + bytes}  groups ${first}-${last}${inPlaceOf ? `  in place of ${inPlaceOf.name}` : ""}`;
  });
  const copies = assignment.copies.map(({ from, to }) => `  copy ${from.name} -> ${to.name}`);
  return [`arena ${arena.bytes} bytes, at least ${arena.lowerBoundBytes} alive at once`, ...lines, ...copies].join(
    "\n",
  );
}

/**
 * The memory plan of one function as text: temporaries with their offsets and lifetimes, and the arena beside its lower
 * bound.
 *
 *   arena 8192 bytes, at least 8192 alive at once
 *     step.h  0..4096  groups 0-3
 */
import type { PlannedFunction } from "./plan.ts";

export function printPlan({ assignment, arena, bodies }: PlannedFunction): string {
  const lines = assignment.temporaries.map(({ buffer, bytes, first, last, inPlaceOf }) => {
    const offset = arena.offsets.get(buffer)!;
    return `  ${buffer.name}  ${offset}..${offset + bytes}  groups ${first}-${last}${inPlaceOf ? `  in place of ${inPlaceOf.name}` : ""}`;
  });
  const loops = [...bodies.values()].flatMap((body) => {
    const [own, ...rest] = printPlan(body).split("\n");
    return [`  ${body.room.name}  ${arena.offsets.get(body.room) ?? 0}, ${own}`, ...rest.map((line) => `  ${line}`)];
  });
  const copies = assignment.copies.map(({ from, to }) => `  copy ${from.name} -> ${to.name}`);
  return [
    `arena ${arena.bytes} bytes, at least ${arena.lowerBoundBytes} alive at once`,
    ...lines,
    ...loops,
    ...copies,
  ].join("\n");
}

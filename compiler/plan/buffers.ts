/**
 * Gives every stored value of a function its buffers: a state's own memory for its new value, the output slot for a
 * result, else a temporary of the arena.
 *
 *   group 3 ... -> w', h        w' goes into state w (in place), h into temporary step.h
 */
import type { Group } from "../fuse/groups.ts";
import { readsOf } from "../fuse/groups.ts";
import type { Schedule } from "../fuse/schedule.ts";
import { isLeaf, leafName, nodesOf } from "../graph/graph.ts";
import type { Node } from "../graph/node.ts";
import { nodeNames } from "../graph/print.ts";
import { bytesPerElement, elementCount } from "../graph/types.ts";

/** A value of the arena, alive from the run of one group to that of another (positions in the schedule, inclusive). */
export interface Temporary {
  readonly name: string;
  readonly node: Node;
  readonly bytes: number;
  readonly first: number;
  readonly last: number;
  /** A temporary whose last reading happens where this one is written, point by point: both can share memory. */
  readonly inPlaceOf: string | undefined;
}

export interface Copy {
  readonly from: string;
  readonly to: string;
  readonly node: Node;
}

export interface Assignment {
  /** Where each stored node is written; readers use the first. */
  readonly buffersOf: ReadonlyMap<Node, readonly string[]>;
  readonly temporaries: readonly Temporary[];
  /** Staged states, copied after all groups. */
  readonly copies: readonly Copy[];
}

/** The buffer of a function's result. */
export const outputBuffer = (name: string): string => `%out/${name}`;

export function assignBuffers(schedule: Schedule, batch: number): Assignment {
  const { graph } = schedule.fused;
  const names = nodeNames(graph, nodesOf(graph));
  const buffersOf = new Map<Node, string[]>();
  const copies: Copy[] = [];
  const temporaries: Temporary[] = [];
  /** By the position of their last reading; after the last group those that a copy reads. */
  const ending = Array.from({ length: schedule.groups.length + 1 }, (): Temporary[] => []);
  const life = lifetimes(schedule);
  const updatesOf = grouped(graph.updates, (update) => update.value);
  const outputsOf = grouped(graph.outputs, (output) => output.node);
  schedule.groups.forEach((group, position) => {
    const taken = new Set<string>();
    for (const node of group.stored) {
      const updates = updatesOf.get(node) ?? [];
      const fixed = [
        ...updates.filter((u) => !schedule.staged.has(u.state)).map((u) => leafName(u.state)),
        ...(outputsOf.get(node) ?? []).map((o) => outputBuffer(o.name)),
      ];
      const stagedStates = updates.filter((u) => schedule.staged.has(u.state));
      const name = `${graph.name}.${names.of(node)}`;
      const needsTemporary = fixed.length === 0;
      for (const { state } of stagedStates)
        copies.push({ from: needsTemporary ? name : fixed[0]!, to: leafName(state), node });
      if (needsTemporary) {
        const bytes = elementCount(node.type.dims, batch) * bytesPerElement(node.type.dtype);
        const last = stagedStates.length > 0 ? schedule.groups.length : life.lastUse(node, position);
        const inPlaceOf = ending[position]!.find(
          (t) => !taken.has(t.name) && life.readOnlyAtSamePoint(group, t.node),
        )?.name;
        if (inPlaceOf) taken.add(inPlaceOf);
        const temporary = { name, node, bytes, first: position, last, inPlaceOf };
        temporaries.push(temporary);
        ending[last]!.push(temporary);
        fixed.push(name);
      }
      buffersOf.set(node, fixed);
    }
  });
  return { buffersOf, temporaries, copies };
}

/** Items by their node, in order: a search through all of them for every node would take the square of the graph's size. */
function grouped<T>(items: readonly T[], nodeOf: (item: T) => Node): Map<Node, T[]> {
  const groups = new Map<Node, T[]>();
  for (const item of items) {
    const group = groups.get(nodeOf(item));
    if (group) group.push(item);
    else groups.set(nodeOf(item), [item]);
  }
  return groups;
}

function lifetimes({ groups }: Schedule) {
  const placed = new Set(groups.flatMap((group) => group.nodes));
  const inline = (node: Node): boolean => !placed.has(node) && !isLeaf(node);
  const readers = new Map<Node, { position: number; group: Group; samePoint: boolean }[]>();
  groups.forEach((group, position) => {
    for (const node of group.nodes) {
      for (const read of readsOf(node, inline)) {
        const list = readers.get(read.node) ?? [];
        list.push({ position, group, samePoint: read.samePoint });
        readers.set(read.node, list);
      }
    }
  });
  return {
    lastUse: (node: Node, from: number): number => Math.max(from, ...(readers.get(node) ?? []).map((r) => r.position)),
    readOnlyAtSamePoint: (group: Group, node: Node): boolean =>
      (readers.get(node) ?? []).filter((r) => r.group === group).every((r) => r.samePoint),
  };
}

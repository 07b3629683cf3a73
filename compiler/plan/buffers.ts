/**
 * Gives every stored value of a function its buffers: a state's own memory for its new value, the output slot for a
 * result, else a temporary of the arena. All buffers of a function are made here, one each for what it is: a leaf, an output,
 * a value in between.
 *
 *   group 3 ... -> w', h        w' goes into state w (in place), h into temporary step.h
 */
import type { Group } from "../fuse/groups.ts";
import type { Schedule } from "../fuse/schedule.ts";
import { inputOf } from "../graph/body.ts";
import { type Graph, isConstant, isNumber, nodesOf } from "../graph/graph.ts";
import { type Node, typesOf } from "../graph/node.ts";
import { nodeNames, uniqueName } from "../graph/print.ts";
import { bytesPerElement, elementCount, sameDims } from "../graph/types.ts";
import type { LoopBuffer } from "../loop/buffer.ts";

/** A value of the arena, alive from the run of one group to that of another (positions in the schedule, inclusive). */
export interface Temporary {
  readonly buffer: LoopBuffer;
  readonly node: Node;
  readonly bytes: number;
  readonly first: number;
  readonly last: number;
  /** A temporary whose last reading happens where this one is written, point by point: both can share memory. */
  readonly inPlaceOf: LoopBuffer | undefined;
}

export interface Copy {
  readonly from: LoopBuffer;
  readonly to: LoopBuffer;
  readonly node: Node;
}

export interface Assignment {
  /** Where each stored node is written; readers use the first. */
  readonly buffersOf: ReadonlyMap<Node, readonly LoopBuffer[]>;
  /** Of inputs and states, read or not, and of constants with several elements. */
  readonly leaves: ReadonlyMap<Node, LoopBuffer>;
  /** By the output's name. */
  readonly outputs: ReadonlyMap<string, LoopBuffer>;
  readonly temporaries: readonly Temporary[];
  /** Staged states, and further places of what a loop gives, copied after all groups. */
  readonly copies: readonly Copy[];
}

/** What the body of a loop finds in memory. */
export interface Around {
  /** Begins the names of its own buffers. */
  readonly name: string;
  /** States that are a result of the loop, and inputs; but for inputs that are a number. */
  readonly leaves: ReadonlyMap<Node, LoopBuffer>;
  readonly outputs: ReadonlyMap<string, LoopBuffer>;
}

export function assignBuffers(schedule: Schedule, batch: number, around?: Around): Assignment {
  const { graph } = schedule.fused;
  const { leaves, outputs, temporary } = makeBuffers(graph, batch, around);
  const buffersOf = new Map<Node, LoopBuffer[]>();
  const copies: Copy[] = [];
  const temporaries: Temporary[] = [];
  /** By the position of their last reading; after the last group those that a copy reads. */
  const ending = Array.from({ length: schedule.groups.length + 1 }, (): Temporary[] => []);
  const life = lifetimes(schedule);
  const updatesOf = grouped(graph.updates, (update) => update.value);
  const outputsOf = grouped(graph.outputs, (output) => output.node);
  schedule.groups.forEach((group, position) => {
    const replaced = new Set<LoopBuffer>();
    for (const node of group.stored) {
      const updates = updatesOf.get(node) ?? [];
      const fixed = [
        ...updates.filter((u) => !schedule.staged.has(u.state)).map((u) => leaves.get(u.state)!),
        ...(outputsOf.get(node) ?? []).map((o) => outputs.get(o.name)!),
      ];
      // The turns of a loop write to one place.
      if (group.body) for (const to of fixed.splice(1)) copies.push({ from: fixed[0]!, to, node });
      const stagedStates = updates.filter((u) => schedule.staged.has(u.state));
      const temporaryNeeded = fixed.length === 0;
      if (temporaryNeeded) fixed.push(temporary(node));
      const buffer = fixed[0]!;
      for (const { state } of stagedStates) copies.push({ from: buffer, to: leaves.get(state)!, node });
      if (temporaryNeeded) {
        const bytes = buffer.elementCount * bytesPerElement(buffer.dtype);
        const last = stagedStates.length > 0 ? schedule.groups.length : life.lastUse(node, position);
        // A framed value is written beside the group's point.
        const atPoint = sameDims(node.type.dims, group.dims);
        const inPlaceOf = ending[position]!.find(
          (t) => atPoint && !replaced.has(t.buffer) && life.readOnlyAtSamePoint(group, t.node),
        )?.buffer;
        if (inPlaceOf) replaced.add(inPlaceOf);
        const value = { buffer, node, bytes, first: position, last, inPlaceOf };
        temporaries.push(value);
        ending[last]!.push(value);
      }
      buffersOf.set(node, fixed);
    }
  });
  const handedOn = around ? graph.states.filter((leaf) => !around.leaves.has(leaf)) : [];
  const always = { first: 0, last: schedule.groups.length, inPlaceOf: undefined };
  for (const node of handedOn) {
    const buffer = leaves.get(node)!;
    temporaries.push({ buffer, node, bytes: buffer.elementCount * bytesPerElement(buffer.dtype), ...always });
  }
  return { buffersOf, leaves, outputs, temporaries, copies };
}

/** A buffer for each leaf and output, and what makes one for a value in between. No two have the same name. */
function makeBuffers(graph: Graph, batch: number, around?: Around) {
  const nodes = nodesOf(graph);
  const names = nodeNames(graph, nodes);
  const taken = new Set<string>();
  const below = labelBounds(nodes);
  const bufferOf = (name: string, node: Node): LoopBuffer => ({
    name: uniqueName(name, taken),
    dtype: node.type.dtype,
    elementCount: elementCount(node.type.dims, batch),
    ...(below.has(node) && { below: below.get(node)! }),
  });
  const tables = nodes.filter((node) => isConstant(node) && !isNumber(node));
  const own = around?.name ?? graph.name;
  const leafBuffer = (leaf: Node): LoopBuffer =>
    around?.leaves.get(leaf) ?? bufferOf(around ? `${own}.${names.of(leaf)}` : names.of(leaf), leaf);
  const leaves = new Map<Node, LoopBuffer>([
    ...[...graph.inputs, ...graph.states].map((leaf) => [leaf, leafBuffer(leaf)] as const),
    ...tables.map((node) => [node, bufferOf(`%const/${node.id}`, node)] as const),
  ]);
  const outputs =
    around?.outputs ?? new Map(graph.outputs.map(({ name, node }) => [name, bufferOf(`%out/${name}`, node)]));
  return { leaves, outputs, temporary: (node: Node) => bufferOf(`${own}.${names.of(node)}`, node) };
}

/** Below what labels are: what an op gives, and the least that an op which reads them takes. */
function labelBounds(nodes: readonly Node[]): Map<Node, number> {
  const bounds = new Map<Node, number>();
  const lower = (label: Node, bound: number) => bounds.set(label, Math.min(bound, bounds.get(label) ?? bound));
  for (const node of nodes) {
    if (node.op.classes) lower(node, node.op.classes(typesOf(node), node.attrs));
    node.op.inputs.forEach((name, at) => {
      const label = node.inputs[at]!;
      const bound = node.op.labels?.[name]?.(typesOf(node), node.attrs);
      if (bound !== undefined) lower(label, bound);
    });
    if (node.op.body)
      for (const [leaf, bound] of labelBounds(nodesOf(node.op.body.graph))) lower(inputOf(node, leaf), bound);
  }
  return bounds;
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

function lifetimes({ groups, fused: { reads } }: Schedule) {
  const readers = new Map<Node, { position: number; group: Group; samePoint: boolean }[]>();
  groups.forEach((group, position) => {
    for (const node of group.nodes) {
      for (const read of reads.get(node)!) {
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

/**
 * Orders the groups so that states can be updated in place: a group that writes a state runs after every other group
 * that reads its old value.
 *
 *   group 3: dw, w' = w - r * dw -> w      ==>      group 4, then group 3
 *   group 4: dx = matmul dy (transpose w)
 *
 * Where that is impossible (a later group needs both), the update is staged: computed beside and copied at the end.
 */
import { internalError } from "../diagnostics.ts";
import { isLeaf } from "../graph/graph.ts";
import type { Node } from "../graph/node.ts";
import type { Fused, Group } from "./groups.ts";

export interface Schedule {
  readonly fused: Fused;
  /** The groups in the order they run. */
  readonly groups: readonly Group[];
  /** States whose new value cannot be written where it is computed. */
  readonly staged: ReadonlySet<Node>;
  /** What the turns of loops run. */
  readonly bodies: ReadonlyMap<Group, Schedule>;
}

export function schedule(fused: Fused): Schedule {
  const staged = new Set<Node>();
  for (;;) {
    const edges = dependencies(fused, staged);
    const result = order(fused.groups, edges);
    if (result.stuck.length === 0) return { fused, groups: result.order, staged, bodies: bodiesOf(fused) };
    const culprit = fused.graph.updates.find(
      ({ state, value }) => !staged.has(state) && result.stuck.some((group) => group.nodes.includes(value)),
    );
    if (!culprit) throw internalError("the groups depend on each other in a circle");
    staged.add(culprit.state);
  }
}

const bodiesOf = ({ groups }: Fused): Map<Group, Schedule> =>
  new Map(groups.flatMap((group) => (group.body ? [[group, schedule(group.body)]] : [])));

/** For each group, the groups that must run before it. */
function dependencies(fused: Fused, staged: Set<Node>): Map<Group, Set<Group>> {
  const { groupOf } = fused;
  const before = new Map(fused.groups.map((group) => [group, new Set<Group>()]));
  const readers = new Map<Node, { group: Group; samePoint: boolean }[]>();
  for (const group of fused.groups) {
    for (const node of group.nodes) {
      for (const read of fused.reads.get(node)!) {
        const from = groupOf.get(read.node);
        if (from !== undefined && from !== group) before.get(group)!.add(from);
        if (isLeaf(read.node)) {
          const list = readers.get(read.node) ?? [];
          list.push({ group, samePoint: read.samePoint });
          readers.set(read.node, list);
        }
      }
    }
  }
  for (const { state, value } of fused.graph.updates) {
    const writer = groupOf.get(value)!;
    for (const { group, samePoint } of readers.get(state) ?? []) {
      if (group === writer && !samePoint) staged.add(state);
      if (group !== writer && !staged.has(state)) before.get(writer)!.add(group);
    }
  }
  return before;
}

/** Kahn's order, the smallest index first; `stuck` are those on or behind a circle. */
function order(groups: readonly Group[], before: ReadonlyMap<Group, ReadonlySet<Group>>) {
  const done = new Set<Group>();
  const result: Group[] = [];
  const waiting = new Set(groups);
  for (;;) {
    const ready = [...waiting].find((group) => [...before.get(group)!].every((other) => done.has(other)));
    if (ready === undefined) return { order: result, stuck: [...waiting] };
    waiting.delete(ready);
    done.add(ready);
    result.push(ready);
  }
}

/**
 * What each group of fused nodes costs: FLOPs, bytes that it must move, and the time that its kernels take.
 *
 *   costsOf(built, "step")   // -> [{ name: "step.0", ops: ["matmul", "add"], lines: ["iris.model.ts:9"], flops, bytes, kernels }, ...]
 */
import type { Built } from "../../compile.ts";
import { flopsOfNodes, totalFlops } from "../../flops.ts";
import type { Group } from "../../fuse/groups.ts";
import { isLeaf, nodesOf, usersOf } from "../../graph/graph.ts";
import type { Node } from "../../graph/node.ts";
import { printLine } from "../../graph/origin.ts";
import { bytesPerElement } from "../../graph/types.ts";
import type { LoopBuffer } from "../../loop/buffer.ts";
import type { Kernel } from "../../loop/kernel.ts";
import { printTile } from "../../loop/tiling.ts";
import { subexpressions } from "../../loop/walk.ts";
import type { CompiledFunction } from "../../pipeline.ts";

export interface GroupCost {
  /** As in the dumps: step.3. */
  readonly name: string;
  readonly ops: readonly string[];
  /** Where in the model file, or under which labels, its nodes come from. */
  readonly lines: readonly string[];
  readonly flops: number;
  /** Of every buffer that it reads or writes, once, at a full batch. */
  readonly bytes: number;
  readonly kernels: readonly string[];
  readonly tile: string;
}

/** FLOPs add up to those of the manifest: a node that is computed in several groups counts in the first. */
export function costsOf(built: Built, name: string): GroupCost[] {
  const compiled = built.functions.find((one) => one.name === name)!;
  const { lowered } = compiled;
  const members = membersOf(
    compiled,
    lowered.flatMap(({ group }) => group ?? []),
  );
  return lowered.map(({ name: own, group, kernels }) => {
    const nodes = group ? members.get(group)! : [];
    const nests = new Set(kernels.map(({ nest }) => nest));
    const tiles = compiled.tiles.filter(({ kernel }) => nests.has(kernel.nest));
    return {
      name: own,
      ops: nodes.map(({ op }) => op.name),
      lines: [...new Set(nodes.flatMap(({ origin }) => (origin ? [printLine(origin)] : [])))],
      flops: totalFlops(flopsOfNodes(nodes, built.manifest.batch)),
      bytes: movedBytes(tiles.map(({ kernel }) => kernel)),
      kernels: [...nests].map((nest) => nest.name),
      tile: [...new Set(tiles.map(({ tile }) => printTile(tile)))].join("; "),
    };
  });
}

/** The nodes of each group, those that have none with the first group that computes them. */
function membersOf({ graph, plan }: CompiledFunction, groups: readonly Group[]): Map<Group, Node[]> {
  const groupOf = new Map(plan.schedule.fused.groupOf);
  const position = new Map(groups.map((group, at) => [group, at]));
  const all = nodesOf(graph);
  const users = usersOf(all);
  for (const node of [...all].reverse()) {
    if (groupOf.has(node) || isLeaf(node)) continue;
    const candidates = (users.get(node) ?? []).flatMap((user) => groupOf.get(user) ?? []);
    const first = candidates.sort((a, b) => (position.get(a) ?? 0) - (position.get(b) ?? 0))[0];
    if (first) groupOf.set(node, first);
  }
  const members = new Map<Group, Node[]>(groups.map((group) => [group, []]));
  for (const node of all) {
    const group = groupOf.get(node);
    // A group that stores nothing has no kernel: its nodes are a view of something.
    const place = group && (members.get(group) ?? members.get(groups[0]!));
    if (place && !isLeaf(node)) place.push(node);
  }
  return members;
}

function movedBytes(kernels: readonly Kernel[]): number {
  const reads = kernels.flatMap(({ stores }) =>
    stores.flatMap(({ value }) => subexpressions(value).flatMap((e) => (e.kind === "load" ? [e.buffer] : []))),
  );
  const writes = kernels.flatMap(({ stores }) => stores.map(({ buffer }) => buffer));
  const total = (buffers: readonly LoopBuffer[]) =>
    [...new Set(buffers)].reduce((sum, { dtype, elementCount }) => sum + bytesPerElement(dtype) * elementCount, 0);
  return total(reads) + total(writes);
}

/**
 * A planned function to the kernels of its groups, in the order in which they run: those of a loop's body say that the loop is around them,
 * and before them its states get what they start from.
 */
import type { Group } from "../fuse/groups.ts";
import { type Body, inputOf } from "../graph/body.ts";
import { isNumber, numberOf } from "../graph/graph.ts";
import type { Node } from "../graph/node.ts";
import type { LoopBuffer } from "../loop/buffer.ts";
import type { Kernel, Repeat } from "../loop/kernel.ts";
import { atTurn, type Location, whole } from "../loop/location.ts";
import type { PlannedBody, PlannedFunction } from "../plan/plan.ts";
import { type LowerContext, lowerCopy, lowerGroup } from "./lower.ts";

/** What a group became, or a copy at the end of the function: `step.3`, all kernels of a loop among them. */
export interface LoweredGroup {
  readonly name: string;
  /** A copy has none. */
  readonly group?: Group;
  readonly kernels: readonly Kernel[];
}

export function lowerFunction(plan: PlannedFunction, batch: number): LoweredGroup[] {
  const { name, panels } = plan.schedule.fused.graph;
  return lowerGroups(name, plan, {
    batch,
    repeats: [],
    panels,
    locationsOf: (node) => plan.assignment.buffersOf.get(node)?.map((buffer) => whole(buffer, panels?.get(node))),
    leaf: (leaf) => whole(plan.assignment.leaves.get(leaf)!, panels?.get(leaf)),
  });
}

function lowerGroups(
  scope: string,
  { schedule, assignment, bodies }: PlannedFunction,
  context: LowerContext,
): LoweredGroup[] {
  const stored = schedule.groups.filter((group) => group.stored.length > 0);
  const groups = stored.map((group, index): LoweredGroup => {
    const name = `${scope}.${index}`;
    const body = bodies.get(group);
    const kernels = body ? lowerLoop(name, group, body, context) : lowerGroup(name, group, context);
    return { name, group, kernels };
  });
  const copies = assignment.copies.map(({ to, node }, index): LoweredGroup => {
    const name = `${scope}.${groups.length + index}`;
    return { name, kernels: [lowerCopy(name, context.locationsOf(node)![0]!, whole(to), node, context)] };
  });
  return [...groups, ...copies];
}

/** What its states start from, and the kernels of its body. */
function lowerLoop(name: string, group: Group, plan: PlannedBody, around: LowerContext): Kernel[] {
  const [loop] = group.nodes as [Node];
  const { body } = loop.op as { body: Body };
  const repeat: Repeat = { axis: `t${around.repeats.length}`, extent: body.extent, backwards: body.backwards };
  const read = (node: Node): Location | number => {
    if (isNumber(node)) return numberOf(node);
    return around.locationsOf(node)?.[0] ?? around.leaf(node);
  };
  const elements = new Set(body.graph.inputs.slice(0, body.elements));
  const states = new Set(body.graph.states);
  const leaf = (node: Node): Location | number => {
    if (states.has(node) || !body.graph.inputs.includes(node)) return whole(plan.assignment.leaves.get(node)!);
    const found = read(inputOf(loop, node));
    return elements.has(node) && typeof found !== "number"
      ? atTurn(found, node.type.dims, repeat, around.batch)
      : found;
  };
  const turns = new Map<LoopBuffer, Location>();
  for (const { name: output, node } of body.graph.outputs) {
    const buffer = plan.assignment.outputs.get(output)!;
    const location = group.nodes.flatMap((one) => around.locationsOf(one) ?? []).find((one) => one.buffer === buffer)!;
    turns.set(buffer, atTurn(location, node.type.dims, repeat, around.batch));
  }
  const context: LowerContext = {
    batch: around.batch,
    repeats: [...around.repeats, repeat],
    panels: undefined,
    locationsOf: (node) => plan.assignment.buffersOf.get(node)?.map((buffer) => turns.get(buffer) ?? whole(buffer)),
    leaf,
  };
  const starts = body.graph.states.map((state, at) =>
    lowerCopy(`${name}.start${at}`, read(inputOf(loop, state)), leaf(state) as Location, state, around),
  );
  return [...starts, ...lowerGroups(name, plan, context).flatMap(({ kernels }) => kernels)];
}

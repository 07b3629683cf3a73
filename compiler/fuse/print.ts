/**
 * The fused graph as text: each group with the nodes that it computes and, after the arrow, those that memory gets.
 *
 *   inline                                        computed by each reader
 *     t: f32[128,784] = transpose w
 *   group 0 [n,128] matmul add relu -> y
 *   update w = y, staged                          computed beside, copied at the end
 */
import { nodesOf } from "../graph/graph.ts";
import type { Node } from "../graph/node.ts";
import { nodeNames, printNode, printTurns } from "../graph/print.ts";
import { printDims } from "../graph/types.ts";
import type { Fused, Group } from "./groups.ts";
import type { Schedule } from "./schedule.ts";

export const printSchedule = ({ fused, groups, staged, bodies }: Schedule): string =>
  print(fused, groups, staged, (group) => printSchedule(bodies.get(group)!));
export const printFused = (fused: Fused): string =>
  print(fused, fused.groups, new Set(), ({ body }) => printFused(body!));

type PrintBody = (group: Group) => string;

function print(fused: Fused, groups: readonly Group[], staged: ReadonlySet<Node>, printBody: PrintBody): string {
  const names = nodeNames(fused.graph, nodesOf(fused.graph));
  const inline = nodesOf(fused.graph).filter((node) => fused.inline.has(node));
  const everywhere = inline.length === 0 ? [] : ["inline", ...inline.map((node) => `  ${printNode(node, names)}`)];
  const lines = groups.flatMap((group) => {
    const title = [
      `group ${group.index} ${printDims(group.dims)}`,
      group.nodes.map((node) => node.op.name).join(" "),
      `-> ${group.stored.map((node) => names.of(node)).join(", ")}`,
    ].join(" ");
    const body = group.body ? printBody(group).split("\n") : [];
    const turns = group.body ? [`  ${printTurns(group.nodes[0]!.op.body!)}`, ...body.map((line) => `    ${line}`)] : [];
    return [title, ...group.nodes.map((node) => `  ${printNode(node, names)}`), ...turns];
  });
  const results = fused.graph.outputs.map(({ name, node }) => `${name} = ${names.of(node)}`);
  const updates = fused.graph.updates.map(
    ({ state, value }) => `update ${names.of(state)} = ${names.of(value)}${staged.has(state) ? ", staged" : ""}`,
  );
  const last = results.length > 0 ? [`return ${results.join(", ")}`] : [];
  return [...everywhere, ...lines, ...updates, ...last].join("\n");
}

/**
 * The rewrite engine: named rules, applied from the leaves up until none applies.
 *
 *   rule("mul-one", mul(x, 1), ({ x }) => x)          mul a 1   ->   a
 *
 * It is greedy: a rule that matches is applied at once. Each rule of the sets makes the graph smaller by a measure of its
 * own (nodes, operations per element, scalars not yet outermost), so the order of application hardly matters here; an
 * e-graph, which keeps all forms and chooses at the end, would pay only for rules that must first go uphill. Rules are
 * found by the op at their root, so a round takes time in proportion to the nodes.
 */
import { internalError } from "../diagnostics.ts";
import type { Graph } from "../graph/graph.ts";
import { nodesOf, roots } from "../graph/graph.ts";
import type { Op } from "../graph/ir.ts";
import { inPlaceOf, type Node } from "../graph/node.ts";
import { broadcastDims, printType, sameDims } from "../graph/types.ts";
import * as ops from "../ops/index.ts";
import { type Bindings, match, type NamesIn, type Pattern } from "./pattern.ts";
import { type Keep, nothing, rebuild } from "./rebuild.ts";

/** What a replacement is built with: the ops' own functions. */
export type Builder = typeof ops;

export interface Rule {
  readonly name: string;
  readonly pattern: Pattern & { readonly kind: "application" };
  replace(bindings: Bindings, builder: Builder, node: Node): Node;
  applies(bindings: Bindings, node: Node): boolean;
}

/**
 * A rule. `replace` gives the node to use instead; where its shape is smaller than the replaced node's, it is broadcast.
 * `applies` is a condition beyond the pattern.
 */
export function rule<P extends Pattern & { readonly kind: "application" }>(
  name: string,
  pattern: P,
  replace: (bindings: Bindings<NamesIn<P>>, builder: Builder, node: Node) => Node,
  applies: (bindings: Bindings<NamesIn<P>>, node: Node) => boolean = () => true,
): Rule {
  return { name, pattern, replace, applies };
}

export interface RuleSet {
  readonly name: string;
  readonly rules: readonly Rule[];
  readonly byRoot: ReadonlyMap<Op, readonly Rule[]>;
}

export function ruleSet(name: string, rules: readonly Rule[]): RuleSet {
  const byRoot = new Map<Op, Rule[]>();
  const taken = new Set<string>();
  for (const each of rules) {
    if (taken.has(each.name)) throw internalError(`two rules of ${name} are called ${each.name}`);
    taken.add(each.name);
    byRoot.set(each.pattern.op, [...(byRoot.get(each.pattern.op) ?? []), each]);
  }
  return { name, rules, byRoot };
}

/** Applied at one node in one round at most; what is left is done in the next round. */
const stepsPerNode = 16;

/** One round of the rules over the graph; the same graph where none applies. Nodes of `keep` are read but not replaced. */
export function rewrite(graph: Graph, { byRoot }: RuleSet, keep: Keep = nothing): Graph {
  const readings = countReadings(graph);
  const readOnce = (node: Node): boolean => (readings.get(node) ?? 1) === 1 && !keep.has(node);
  const simplest = (node: Node): Node => {
    let current = node;
    for (let step = 0; step < stepsPerNode && !keep.has(current); step++) {
      const next = applyFirst(byRoot.get(current.op) ?? [], current, readOnce);
      if (next === undefined) break;
      current = next;
    }
    return current;
  };
  return rebuild(graph, keep, (node, before) => {
    const count = readings.get(before) ?? 1;
    if (node !== before) readings.set(node, count);
    const result = simplest(node);
    if (result !== node) readings.set(result, (readings.get(result) ?? 0) + count);
    return result;
  });
}

/** How often each node is read, by other nodes or as a root of the graph. */
function countReadings(graph: Graph): Map<Node, number> {
  const readings = new Map<Node, number>();
  const read = (node: Node) => readings.set(node, (readings.get(node) ?? 0) + 1);
  for (const node of nodesOf(graph)) node.inputs.forEach(read);
  roots(graph).forEach(read);
  return readings;
}

function applyFirst(rules: readonly Rule[], node: Node, readOnce: (node: Node) => boolean): Node | undefined {
  for (const each of rules) {
    const result = applyRule(each, node, readOnce);
    if (result !== undefined) return result;
  }
  return undefined;
}

/** The node that a rule puts in place of `node`, of its type and from its place in the source; undefined without a match. */
export function applyRule(rule: Rule, node: Node, readOnce: (node: Node) => boolean = () => true): Node | undefined {
  return match(rule.pattern, node, readOnce, {}, (bindings) => {
    if (!rule.applies(bindings, node)) return undefined;
    return inPlaceOf(node, () => ofType(rule, rule.replace(bindings, ops, node), node));
  });
}

function ofType(rule: Rule, result: Node, node: Node): Node {
  const { dtype, dims } = result.type;
  if (dtype === node.type.dtype) {
    if (sameDims(dims, node.type.dims)) return result;
    const stretched = broadcastDims(dims, node.type.dims);
    if (stretched && sameDims(stretched, node.type.dims)) return ops.broadcast(result, node.type.dims);
  }
  throw internalError(`rule ${rule.name} makes ${printType(result.type)} of ${printType(node.type)}`);
}

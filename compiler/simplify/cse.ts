/**
 * Common subexpressions: equal ops on equal inputs with equal attributes become one node, the one made first.
 *
 *   p = mul a b; q = mul b a; add p q        ->   p = mul a b; add p p
 *
 * Random numbers of one stream are one value, so they merge too.
 */
import type { Graph } from "../graph/graph.ts";
import { isConstant, isLeaf } from "../graph/graph.ts";
import type { Node } from "../graph/node.ts";
import { numbering } from "../numbering.ts";
import { type Keep, nothing, rebuild } from "./rebuild.ts";

export function share(graph: Graph, keep: Keep = nothing): Graph {
  const loops = numbering<Node["op"]>();
  const keyOf = (node: Node): string => `${node.op.body ? loops(node.op) : ""}${textOf(node)}`;
  const first = new Map<string, Node>();
  for (const node of keep) first.set(keyOf(node), first.get(keyOf(node)) ?? node);
  return rebuild(graph, keep, (node) => {
    if (isLeaf(node) && !isConstant(node)) return node;
    const key = keyOf(node);
    const known = first.get(key);
    if (known === undefined) first.set(key, node);
    return known ?? node;
  });
}

function textOf({ op, inputs, attrs }: Node): string {
  const ids = inputs.map((input) => input.id);
  if (op.commutative) ids.sort((a, b) => a - b);
  const settings = Object.entries(attrs)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${Array.isArray(value) ? value.map(print) : print(value as string)}`);
  return `${op.name}(${ids})${settings}`;
}

/** Tells -0 from 0, which String does not. */
const print = (value: string | number | boolean): string => (Object.is(value, -0) ? "-0" : String(value));

/**
 * The text form of a graph; parse.ts reads it back.
 *
 *   graph step(x: f32[n,4], t: f32[n,2]; w: f32[4,2])      inputs; states
 *     y: f32[n,2] = matmul x w
 *     d: f32[n,2] = sub y t
 *     l: f32[] = sum d axes=[0,1] keep=false
 *     update w = ...
 *     return loss = l
 *
 * A loop's body follows behind, called by the number of its op:
 *
 *     h: f32[n,3] = scan1 start x u result=0
 *     scan1 over 5, 1 element
 *       graph(x0: f32[n,2], w0: f32[3,3]; h0: f32[n,3])
 *
 * What lies in memory otherwise than row by row says so: w: f32[21,512] in panels of 16.
 * A node is called by the name it is bound to in the source (numbered where several nodes share it), else %1, %2 ...; a state
 * that is called like an input is x@2. Names are for reading: what a node is, is the node itself.
 * Scalar constants stand where they are used. Attributes that repeat the type are left out.
 */

import { printAttr, repeatsType } from "./attributes.ts";
import type { Body } from "./body.ts";
import { type Graph, isConstant, isLeaf, isNumber, leafName, nodesOf, numberOf } from "./graph.ts";
import type { Node } from "./node.ts";
import { printNumber, printType } from "./types.ts";

export function printGraph(graph: Graph): string {
  const nodes = nodesOf(graph);
  const names = nodeNames(graph, nodes);
  const printLeaf = (leaf: Node): string => `${names.of(leaf)}: ${printType(leaf.type)}${printPanels(graph, leaf)}`;
  const signature = [graph.inputs.map(printLeaf).join(", "), graph.states.map(printLeaf).join(", ")];
  const head = `graph${graph.name && ` ${graph.name}`}(${signature[0]}${signature[1] && `; ${signature[1]}`})`;
  const lines = nodes
    .filter((node) => !names.literals.has(node) && !isSignature(node))
    .map((n) => printNode(n, names) + printPanels(graph, n));
  for (const { state, value } of graph.updates) lines.push(`update ${names.of(state)} = ${names.of(value)}`);
  if (graph.outputs.length > 0) {
    lines.push(`return ${graph.outputs.map(({ name, node }) => `${name} = ${names.of(node)}`).join(", ")}`);
  }
  for (const [name, body] of names.loops) {
    lines.push(`${name} ${printTurns(body)}`);
    lines.push(
      ...printGraph(body.graph)
        .split("\n")
        .map((line) => `  ${line}`),
    );
  }
  return [head, ...lines.map((line) => `  ${line}`)].join("\n");
}

const printPanels = ({ panels }: Graph, node: Node): string =>
  panels?.has(node) ? ` in panels of ${panels.get(node)}` : "";

/** How a loop's body runs. */
export const printTurns = ({ extent, backwards, elements }: Body): string =>
  `over ${extent}${backwards ? " backwards" : ""}, ${elements} element${elements === 1 ? "" : "s"}`;

export interface Names {
  readonly literals: ReadonlySet<Node>;
  /** The bodies of loops by what their ops are called: scan1, scan2 ... */
  readonly loops: ReadonlyMap<string, Body>;
  of(node: Node): string;
  opOf(node: Node): string;
}

const isSignature = (node: Node): boolean => isLeaf(node) && !isConstant(node);

/** What a number is printed as where it has no digits. */
const numberWords = ["NaN", "Infinity"];

/** Names every node once, whatever the model file calls it; literals by their number. */
export function nodeNames(graph: Graph, nodes: readonly Node[]): Names {
  const names = new Map<Node, string>();
  const taken = new Set<string>(numberWords);
  for (const leaf of [...graph.inputs, ...graph.states]) names.set(leaf, uniqueName(leafName(leaf), taken));
  const inner = nodes.filter((node) => !names.has(node) && !isNumber(node));
  const sharing = new Map<string, number>();
  for (const node of inner) {
    const binding = node.origin?.binding;
    if (binding !== undefined) sharing.set(binding, (sharing.get(binding) ?? 0) + 1);
  }
  const next = new Map<string, number>();
  for (const node of inner) {
    const binding = node.origin?.binding;
    const base = binding ?? "%";
    const alone = binding !== undefined && sharing.get(binding) === 1 && !taken.has(binding);
    let name = base;
    if (!alone) {
      do {
        const count = (next.get(base) ?? 0) + 1;
        next.set(base, count);
        name = binding === undefined ? `%${count}` : `${binding}.${count}`;
      } while (taken.has(name));
    }
    taken.add(name);
    names.set(node, name);
  }
  const literals = new Set(nodes.filter(isNumber));
  const loops = [...new Set(nodes.filter(({ op }) => op.body).map(({ op }) => op))];
  const opOf = ({ op }: Node): string => (op.body ? `${op.name}${loops.indexOf(op) + 1}` : op.name);
  return {
    literals,
    loops: new Map(loops.map((op, at) => [`${op.name}${at + 1}`, op.body!])),
    of: (node) => names.get(node) ?? printNumber(numberOf(node)),
    opOf,
  };
}

/** The name, or with @2, @3 ... where it is taken; taken from now on. */
export function uniqueName(wanted: string, taken: Set<string>): string {
  let name = wanted;
  for (let copy = 2; taken.has(name); copy++) name = `${wanted}@${copy}`;
  taken.add(name);
  return name;
}

export function printNode(node: Node, names: Names): string {
  const operands = node.inputs.map((input) => ` ${names.of(input)}`).join("");
  const attrs = Object.entries(node.attrs)
    .filter(([key, value]) => value !== undefined && !repeatsType(node.op.attributes, key))
    .map(([key, value]) => ` ${key}=${printAttr(value!)}`)
    .join("");
  return `${names.of(node)}: ${printType(node.type)} = ${names.opOf(node)}${operands}${attrs}`;
}

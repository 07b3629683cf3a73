/** A graph as a picture, laid out by Graphviz: what is computed forward, its adjoint, and the update, in colours of their own. */
import { basename } from "node:path";
import { type Graph, isLeaf, isState, leafName, nodesOf, reachable, roots } from "../../graph/graph.ts";
import type { Node } from "../../graph/node.ts";
import { nodeNames } from "../../graph/print.ts";
import { printType } from "../../graph/types.ts";

export type Part = "leaf" | "forward" | "adjoint" | "update";

/** Light enough for black text. */
export const partColors: Readonly<Record<Part, string>> = {
  leaf: "#e6e6e6",
  forward: "#bfdcf2",
  adjoint: "#f7d0b2",
  update: "#bfe6d5",
};

/** More are no picture any more, and take Graphviz long. */
export const mostNodes = 400;

/** SVG; undefined where there are too many nodes. */
export async function drawGraph(graph: Graph, optimizerStates: ReadonlySet<string>): Promise<string | undefined> {
  if (nodesOf(graph).length > mostNodes) return undefined;
  const { instance } = await import("@viz-js/viz");
  const svg = (await instance()).renderString(dotOf(graph, optimizerStates), { format: "svg" });
  // Without the prologue, which has no place inside of a page.
  return svg.slice(svg.indexOf("<svg"));
}

/** Graphviz's language. */
export function dotOf(graph: Graph, optimizerStates: ReadonlySet<string>): string {
  const nodes = nodesOf(graph);
  const names = nodeNames(graph, nodes);
  const parts = partsOf(graph, optimizerStates);
  const shown = nodes.filter((node) => node.op.name !== "const");
  const lines = shown.map((node) => {
    const what = isLeaf(node) ? [leafName(node)] : [names.of(node), node.op.name];
    const place = node.origin ? `${basename(node.origin.span.file)}:${node.origin.span.line}` : "";
    const label = quoted(...what, printType(node.type));
    return `  n${node.id} [label=${label}, fillcolor="${partColors[parts.get(node)!]}", tooltip=${quoted(place)}];`;
  });
  const edges = shown.flatMap((node) =>
    node.inputs.filter((input) => input.op.name !== "const").map((input) => `  n${input.id} -> n${node.id};`),
  );
  const ends = [
    ...graph.outputs.map((output) => [output.name, output.node] as const),
    ...graph.updates.map((u) => [`${leafName(u.state)}'`, u.value] as const),
  ];
  const outputs = ends.flatMap(([name, node], i) => [
    `  out${i} [label=${quoted(name)}, shape=plaintext, style=""];`,
    `  n${node.id} -> out${i} [style=dashed];`,
  ]);
  return [
    "digraph {",
    '  node [shape=box, style="rounded,filled", fontname="sans-serif", fontsize=10, color="#555555"];',
    '  edge [color="#777777", arrowsize=0.6];',
    ...lines,
    ...edges,
    ...outputs,
    "}",
  ].join("\n");
}

/** The lines of a label. */
const quoted = (...lines: readonly string[]): string =>
  `"${lines.map((line) => line.replace(/["\\]/g, "\\$&")).join("\\n")}"`;

/** Forward is what the outputs need; of the rest, what needs the optimiser's state or ends in a state is the update. */
export function partsOf(graph: Graph, optimizerStates: ReadonlySet<string>): Map<Node, Part> {
  const forward = new Set(reachable(graph.outputs.map(({ node }) => node)));
  const ends = new Set(graph.updates.map(({ value }) => value));
  const parts = new Map<Node, Part>();
  for (const node of reachable(roots(graph))) {
    const isUpdate =
      ends.has(node) ||
      node.inputs.some(
        (input) => parts.get(input) === "update" || (isState(input) && optimizerStates.has(leafName(input))),
      );
    parts.set(node, isLeaf(node) ? "leaf" : forward.has(node) ? "forward" : isUpdate ? "update" : "adjoint");
  }
  return parts;
}

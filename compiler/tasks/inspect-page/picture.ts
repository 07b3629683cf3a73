/** A graph as a picture, laid out by Graphviz: what is computed forward, its adjoint, and the update, in colours of their own. */
import { type Graph, isLeaf, nodesOf } from "../../graph/graph.ts";
import type { Node } from "../../graph/node.ts";
import { printLine } from "../../graph/origin.ts";
import { nodeNames } from "../../graph/print.ts";
import type { Region } from "../../graph/region.ts";
import { printType } from "../../graph/types.ts";
import { escapeHtml } from "../report/page.ts";

export type Part = "leaf" | Region;

export const parts: readonly Part[] = ["leaf", "forward", "adjoint", "update"];

/** More take Graphviz minutes, and the page megabytes. */
export const mostNodes = 2500;

/** Beyond as many, edges are straight, and Graphviz does not look long for the shortest: minutes become seconds. */
const mostNodesWithCare = 300;
const inHaste = "  nslimit=0.1; nslimit1=0.1; mclimit=0.1; splines=line;";

/** SVG, its colours by the page; undefined where there are too many nodes. */
export async function drawGraph(graph: Graph): Promise<string | undefined> {
  if (nodesOf(graph).length > mostNodes) return undefined;
  const { instance } = await import("@viz-js/viz");
  const svg = (await instance()).renderString(dotOf(graph), { format: "svg" });
  const places = new Map(nodesOf(graph).map((node) => [dotName(node), printLine(node.origin)]));
  return tidy(svg, places);
}

/** Without what the page says once for all, or has no use for; each node's title is its place in the model file. */
const tidy = (svg: string, places: ReadonlyMap<string, string>): string =>
  svg
    .slice(svg.indexOf("<svg"))
    .replace(/<!--[^>]*-->\n?/g, "")
    .replace(/<svg [^>]*?(viewBox="[^"]*")[^>]*>/, "<svg $1>")
    .replace(/<title>([^<]*)<\/title>\n?/g, (_, name: string) => {
      const place = places.get(name);
      return place ? `<title>${escapeHtml(place)}</title>` : "";
    })
    .replace(/ (id|fill|stroke|font-family|font-size|text-anchor|xml:space)="[^"]*"/g, "");

const dotName = ({ id }: Node): string => `n${id}`;

/** Graphviz's language. */
export function dotOf(graph: Graph): string {
  const nodes = nodesOf(graph);
  const names = nodeNames(graph, nodes);
  const shown = nodes.filter((node) => node.op.name !== "const");
  const lines = shown.map((node) => {
    const what = isLeaf(node) ? [names.of(node)] : [names.of(node), node.op.name];
    return `  ${dotName(node)} [label=${quoted(...what, printType(node.type))}, class=${partOf(node)}];`;
  });
  const edges = shown.flatMap((node) =>
    node.inputs.filter((input) => input.op.name !== "const").map((input) => `  ${dotName(input)} -> ${dotName(node)};`),
  );
  const ends = [
    ...graph.outputs.map((output) => [output.name, output.node] as const),
    ...graph.updates.map((u) => [`${names.of(u.state)}'`, u.value] as const),
  ];
  const outputs = ends.flatMap(([name, node], i) => [
    `  out${i} [label=${quoted(name)}, shape=plaintext, style="", class=end];`,
    `  ${dotName(node)} -> out${i} [style=dashed];`,
  ]);
  return [
    "digraph {",
    '  bgcolor="transparent"; node [shape=box, style="rounded,filled", fontname="Helvetica", fontsize=10]; edge [arrowsize=0.6];',
    ...(nodes.length > mostNodesWithCare ? [inHaste] : []),
    ...lines,
    ...edges,
    ...outputs,
    "}",
  ].join("\n");
}

/** The lines of a label. */
const quoted = (...lines: readonly string[]): string =>
  `"${lines.map((line) => line.replace(/["\\]/g, "\\$&")).join("\\n")}"`;

const partOf = (node: Node): Part => (isLeaf(node) ? "leaf" : node.region);

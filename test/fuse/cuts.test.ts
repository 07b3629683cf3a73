/** Chains of elementwise nodes: long ones are cut into several loop nests, and following one takes time in its length. */
import { expect, test } from "vitest";
import { fuse } from "../../compiler/fuse/groups.ts";
import { readsOf } from "../../compiler/fuse/reads.ts";
import { nodesOf } from "../../compiler/graph/graph.ts";
import type { Node } from "../../compiler/graph/node.ts";
import { parseGraph } from "../../compiler/ops/parse-graph.ts";
import { expectSameValues } from "../support/stages.ts";

/** v1 = op of x, v2 = op of v1, and so on. */
function chain(length: number, line: (before: string) => string) {
  const names = ["x", ...Array.from({ length }, (_, i) => `v${i + 1}`)];
  const lines = names.slice(1).map((name, i) => `  ${name}: f32[n,4] = ${line(names[i]!)}`);
  return parseGraph(["graph(x: f32[n,4])", ...lines, `  return y = v${length}`].join("\n"));
}

test("a chain of 150 operations takes three loop nests", () => {
  const graph = chain(150, (before) => `tanh ${before}`);
  const nodes = nodesOf(graph);
  expect(fuse(graph).groups.map(({ stored }) => stored.map((node) => nodes.indexOf(node)))).toEqual([
    [64],
    [128],
    [150],
  ]);
  expectSameValues(graph);
});

test("an epilogue is not cut because the layers before were many", () => {
  const layers = Array.from({ length: 70 }, (_, i) => [
    `  m${i}: f32[n,4] = matmul ${i > 0 ? `r${i - 1}` : "x"} w`,
    `  r${i}: f32[n,4] = relu m${i}`,
  ]);
  const text = ["graph(x: f32[n,4]; w: f32[4,4])", ...layers.flat(), "  return y = r69"].join("\n");
  const { groups } = fuse(parseGraph(text));
  expect(groups.map(({ nodes }) => nodes.length)).toEqual(layers.map(() => 2));
});

test("a value read twice by each of 60 nodes in a row is followed once", () => {
  const graph = chain(60, (before) => `mul ${before} ${before}`);
  let questions = 0;
  const inline = new (class extends Set<Node> {
    override has(node: Node): boolean {
      questions++;
      return super.has(node);
    }
  })(nodesOf(graph).filter(({ inputs }) => inputs.length > 0));
  const reads = readsOf(graph.outputs[0]!.node, inline);
  expect(reads.map(({ node }) => node)).toEqual([graph.inputs[0]]);
  expect(questions).toBe(nodesOf(graph).length - 1);
  expect(fuse(graph).groups).toHaveLength(1);
});

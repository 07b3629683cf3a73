/** What holds of every graph: equal values, nothing dearer, a second time nothing new. FUZZ=1000 runs more. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { gradients } from "../../compiler/adjoint/build.ts";
import type { Graph } from "../../compiler/graph/graph.ts";
import { interpret } from "../../compiler/graph/interpret.ts";
import type { Node } from "../../compiler/graph/node.ts";
import { printGraph } from "../../compiler/graph/print.ts";
import { verifyGraph } from "../../compiler/graph/verify.ts";
import * as ops from "../../compiler/ops/index.ts";
import { parseGraph } from "../../compiler/ops/parse-graph.ts";
import { simplify, simplifyAdjoint } from "../../compiler/simplify/index.ts";
import { Random } from "../support/random.ts";
import { any, cost, graphs, leavesOf, rows, smooth } from "./random-graph.ts";

const numRuns = Number(process.env.FUZZ ?? 300);
const special = [0, -0, 1, -1, Infinity, -Infinity, NaN, 5e-324, 1e308];
const outputsOf = (graph: Graph, leaves: Map<string, Float64Array>) => interpret(graph, { rows, leaves }).outputs;

test("exact: every bit of every output, special values among the inputs", () => {
  fc.assert(
    fc.property(graphs(any), fc.nat(), (graph, seed) => {
      const random = new Random(seed);
      const simple = simplify(graph);
      verifyGraph(simple);
      for (const chance of [0, 0.3]) {
        const leaves = leavesOf(graph, () =>
          random.uniform() < chance ? random.pick(special) : random.uniform(-2, 2),
        );
        const [want, got] = [outputsOf(graph, leaves), outputsOf(simple, leaves)];
        for (const [name, values] of want) expect(got.get(name)).toEqual(values);
      }
    }),
    { numRuns },
  );
});

test("exact: nothing gets dearer, and a second time changes nothing", () => {
  fc.assert(
    fc.property(graphs(any), (graph) => {
      const simple = simplify(graph);
      expect(cost(simple)).toBeLessThanOrEqual(cost(graph));
      expect(simplify(simple)).toBe(simple);
    }),
    { numRuns },
  );
});

test("the text of a simplified graph reads back as the same graph", () => {
  fc.assert(
    fc.property(graphs(any), (graph) => {
      const text = printGraph(simplify(graph));
      expect(printGraph(parseGraph(text))).toBe(text);
    }),
    { numRuns },
  );
});

/** The sum of the squared outputs. */
const lossOf = (graph: Graph): Node =>
  graph.outputs.map(({ node }) => ops.sum(ops.mul(node, node))).reduce((a, b) => ops.add(a, b));

const withOutputs = (graph: Graph, nodes: readonly (Node | undefined)[]): Graph => ({
  ...graph,
  outputs: nodes.flatMap((node, i) => (node ? [{ name: `d${i}`, node }] : [])),
});

/** The gradient of the loss, raw and simplified. */
function adjointsOf(graph: Graph): [Graph, Graph] {
  const loss = lossOf(graph);
  const raw = gradients(loss, graph.inputs);
  return [withOutputs(graph, raw), withOutputs(graph, simplifyAdjoint(raw, [loss]))];
}

test.each([
  ["adjoint", (graph: Graph) => adjointsOf(graph)],
  ["adjoint, then exact", (graph: Graph) => adjointsOf(graph).map((g, i) => (i === 1 ? simplify(g) : g))],
  ["real algebra", (graph: Graph) => [graph, simplify(graph, { realAlgebra: true })]],
] as const)("%s: equal to 1e-8 on finite values", (_name, pair) => {
  fc.assert(
    fc.property(graphs(smooth), fc.nat(), (graph, seed) => {
      const random = new Random(seed);
      const [before, after] = pair(graph) as [Graph, Graph];
      verifyGraph(after);
      const leaves = leavesOf(graph, () => random.uniform(-1, 1));
      const [want, got] = [outputsOf(before, leaves), outputsOf(after, leaves)];
      for (const [name, values] of want) {
        const scale = values.reduce((most, v) => Math.max(most, Math.abs(v)), 1);
        values.forEach((value, i) => {
          if (scale < 1e6) expect(Math.abs(got.get(name)![i]! - value)).toBeLessThanOrEqual(1e-8 * scale);
        });
      }
    }),
    { numRuns },
  );
});

test("adjoint: nothing gets dearer, and a second time changes nothing", () => {
  fc.assert(
    fc.property(graphs(smooth), (graph) => {
      const loss = lossOf(graph);
      const raw = gradients(loss, graph.inputs);
      const simple = simplifyAdjoint(raw, [loss]);
      expect(cost(withOutputs(graph, simple))).toBeLessThanOrEqual(cost(withOutputs(graph, raw)));
      expect(simplifyAdjoint(simple, [loss]).every((node, i) => node === simple[i])).toBe(true);
    }),
    { numRuns },
  );
});

test("real algebra: a second time changes nothing", () => {
  fc.assert(
    fc.property(graphs(any), (graph) => {
      const simple = simplify(graph, { realAlgebra: true });
      expect(simplify(simple, { realAlgebra: true })).toBe(simple);
    }),
    { numRuns },
  );
});

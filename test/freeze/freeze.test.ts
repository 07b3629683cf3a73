/** What weights alone decide is computed at build; what follows a product column by column goes into its weight. */
import { expect, test } from "vitest";
import { freeze } from "../../compiler/freeze/freeze.ts";
import { leafName } from "../../compiler/graph/graph.ts";
import { interpret } from "../../compiler/graph/interpret.ts";
import type { Node } from "../../compiler/graph/node.ts";
import { printGraph } from "../../compiler/graph/print.ts";
import { parseGraph } from "../../compiler/ops/parse-graph.ts";
import { Random } from "../support/random.ts";

const random = new Random(11);
const weights = new Map([
  ["w", random.array(6)],
  ["s", random.array(2, 0.5, 2)],
  ["t", random.array(2)],
]);
const x = random.array(12);

/** Freezes `y` computed from p = x w by the lines given; the values must stay. */
const frozen = (...lines: string[]): string =>
  frozenText(`graph infer(x: f64[n,3]; w: f64[3,2], s: f64[2], t: f64[2])
    p: f64[n,2] = matmul x w
    ${lines.join("\n")}
    return y = y`);

function frozenText(text: string): string {
  const graph = parseGraph(text);
  const values = new Map(graph.states.map((leaf) => [leaf, weights.get(leafName(leaf))!]));
  const result = freeze(graph, values);
  const leaves = new Map<Node, ArrayLike<number>>([...values, ...result.weights, [graph.inputs[0]!, x]]);
  const before = interpret(graph, { rows: 4, leaves }).outputs.get("y")!;
  const after = interpret(result.graph, { rows: 4, leaves }).outputs.get("y")!;
  before.forEach((value, i) => {
    expect(after[i], `y[${i}]`).toBeCloseTo(value, 12);
  });
  return printGraph(result.graph)
    .split("\n")
    .slice(1, -1)
    .join("\n")
    .replace(/: \S+/g, "")
    .replace(/folded\d+/g, "folded");
}

test.each([
  ["scale and shift", "a: f64[n,2] = mul p s", "y: f64[n,2] = add a t"],
  ["shift, then scale", "a: f64[n,2] = sub p t", "y: f64[n,2] = mul a s"],
  ["taken from a column", "a: f64[n,2] = sub t p", "y: f64[n,2] = mul s a"],
  ["scaled, taken from a column", "a: f64[n,2] = mul p s", "y: f64[n,2] = sub t a"],
  ["shifted, taken from a column, scaled", "a: f64[n,2] = add p s", "b: f64[n,2] = sub t a", "y: f64[n,2] = mul b s"],
])("%s: one product and one sum", (_name, ...lines) => {
  expect(frozen(...lines)).toMatch(/^ {2}\S+ = matmul x folded\n {2}\S+ = add \S+ (folded|t)$/);
});

test.each([
  [
    "a convolution",
    "x: f64[n,3,1,1]; w: f64[3,1,1,2]",
    "convolution x w stride=[1,1] padding=[1,0] dilation=[1,1]",
    "f64[n,3,1,2]",
  ],
  ["batched", "x: f64[n,1,3]; w: f64[1,3,2]", "contraction x w maps=n,b,k;b,k,d->n,b,d", "f64[n,1,2]"],
])("%s product takes scale and shift in, too", (_name, leaves, product, type) => {
  const text = frozenText(`graph infer(${leaves}, s: f64[2], t: f64[2])
    p: ${type} = ${product}
    a: ${type} = mul p s
    y: ${type} = add a t
    return y = y`);
  expect(text).toMatch(/^ {2}\S+ = (convolution|contraction) x folded [^\n]+\n {2}\S+ = add \S+ t$/);
});

test("columns that are not those of the weight are no place for a scale", () => {
  const text = frozenText(`graph infer(x: f64[n,3]; w: f64[2,3], s: f64[2], t: f64[2])
    p: f64[n,2] = contraction x w maps=n,k;d,k->n,d
    y: f64[n,2] = mul p s
    return y = y`);
  expect(text).toContain("contraction x w");
});

test("a product that is an output itself is computed once", () => {
  const text = frozenText(`graph infer(x: f64[n,3]; w: f64[3,2], s: f64[2], t: f64[2])
    p: f64[n,2] = matmul x w
    y: f64[n,2] = mul p s
    return y = y, p = p`);
  expect(text.match(/matmul/g)).toHaveLength(1);
});

test("a product that something else reads keeps its weight", () => {
  expect(frozen("a: f64[n,2] = mul p s", "y: f64[n,2] = mul a p")).toContain("matmul x w");
});

test("a weight is rounded before a function that jumps, as in training", () => {
  // In f32 the product is 2; in exact numbers it is less, and its floor 1.
  const graph = parseGraph(`graph infer(x: f32[n,1]; a: f32[1], b: f32[1])
    m: f32[1] = mul a b
    f: f32[1] = floor m
    y: f32[n,1] = mul x f
    return y = y`);
  const [a, b] = graph.states as [Node, Node];
  const { graph: result, weights: held } = freeze(
    graph,
    new Map([
      [a, [1 + 2 ** -23]],
      [b, [2 - 2 ** -22]],
    ]),
  );
  expect([...held.values()].map((values) => values[0])).toEqual([2]);
  expect(printGraph(result)).toContain("floor folded1");
});

test("what the weights alone decide is computed now", () => {
  expect(frozen("a: f64[2] = sqrt s", "b: f64[n,2] = tanh p", "y: f64[n,2] = div b a")).toMatch(/div \S+ folded/);
});

/** The text form: print and parse are each other's inverse. */
import { describe, expect, test } from "vitest";
import { nodesOf } from "../../compiler/graph/graph.ts";
import { apply } from "../../compiler/graph/node.ts";
import { printGraph } from "../../compiler/graph/print.ts";
import { printType } from "../../compiler/graph/types.ts";
import { verifyGraph } from "../../compiler/graph/verify.ts";
import { constOp, mul, neg, ops, scalar } from "../../compiler/ops/index.ts";
import { parseGraph, parseType } from "../../compiler/ops/parse-graph.ts";
import { sampleGraph } from "../support/sample.ts";

const step = `graph step(x: f32[n,4], label: i32[n]; w: f32[4,2], count: f32[])
  h: f32[n,2] = matmul x w
  %1: f32[n,2] = oneHot label classes=2
  %2: bool[n,2] = gt h 0
  %3: f32[n,2] = select %2 h %1
  %4: f32[2] = sum %3 axes=[0] keep=false
  %5: f32[2,1] = reshape %4
  %6: f32[2,4] = broadcast %5
  %7: f32[4,2] = transpose %6 permutation=[1,0]
  %8: f32[4,2] = uniform stream=3
  moved.1: f32[4,2] = mul %7 -0
  moved.2: f32[4,2] = add moved.1 %8
  more: f32[] = add count 1e-7
  update w = moved.2
  update count = more
  return loss = more, y = h`;

test("text with every kind of line reads back as itself", () => {
  const graph = parseGraph(step);
  verifyGraph(graph);
  expect(printGraph(graph)).toBe(step);
});

test.each(ops.filter((op) => op.samples.length > 0).map((op) => [op.name, op] as const))("%s", (_name, op) => {
  for (const sample of op.samples) {
    const text = printGraph(sampleGraph(op, sample, "f64").graph);
    expect(printGraph(parseGraph(text))).toBe(text);
  }
});

test.each([0, -0, 1e-7, 1 / 3, Infinity, -Infinity, NaN, 5e-324])("the constant %d", (value) => {
  const graph = {
    ...{ name: "", inputs: [], states: [], updates: [] },
    outputs: [{ name: "y", node: neg(mul(scalar(value, "f32"), scalar(2, "f32"))) }],
  };
  const again = nodesOf(parseGraph(printGraph(graph)));
  expect(again.some((node) => Object.is(node.attrs.value, value))).toBe(true);
});

test("a constant with a shape", () => {
  const node = apply(constOp, [], { values: [1, -0, 0.1], dims: [3], dtype: "f32" });
  const graph = { name: "", inputs: [], states: [], updates: [], outputs: [{ name: "y", node: neg(node) }] };
  const again = parseGraph(printGraph(graph));
  expect(again.outputs[0]!.node.inputs[0]!.attrs.values).toEqual([1, -0, 0.1]);
});

test("the dtype of a literal is that of its neighbour", () => {
  const graph = parseGraph("graph(x: f64[2])\n y: f64[2] = mul x 2\n return y");
  expect(nodesOf(graph).map((node) => printType(node.type))).toEqual(["f64[2]", "f64[]", "f64[2]"]);
});

test("comments and blank lines are skipped", () => {
  expect(printGraph(parseGraph("# a graph\n\ngraph(x: f32[2])  # one input\n return x"))).toBe(
    "graph(x: f32[2])\n  return x = x",
  );
});

describe("what does not parse says why", () => {
  test.each([
    ["", 'expected "graph name(inputs; states)", got ""'],
    ["graph(x: f32[2])\n y = neg x", 'expected "name: type = op inputs", got "y = neg x"'],
    ["graph(x: f32[2])\n y: f32[2] = nag x", 'unknown op "nag"'],
    ["graph(x: f32[2])\n y: f32[2] = neg z", 'unknown name "z"'],
    ["graph(x: f32[2])\n y: f16[2] = neg x", 'expected a type such as f32[n,4], got "f16[2]"'],
    ["graph(x: f32[2])\n y: f32[3] = neg x", "y is written as f32[3], neg gives f32[2]"],
  ])("%j", (text, message) => {
    expect(() => parseGraph(text)).toThrow(message);
  });
});

test.each(["f32[]", "f64[n,4]", "i32[n]", "bool[2,3]"])("the type %s", (text) => {
  expect(printType(parseType(text))).toBe(text);
});

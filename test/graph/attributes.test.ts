/** Attributes have the types that their op declares: in TypeScript, in the text form, and in the verifier. */
import { expect, test } from "vitest";
import { attrsOf } from "../../compiler/graph/attributes.ts";
import type { Graph } from "../../compiler/graph/graph.ts";
import { apply, type Node } from "../../compiler/graph/node.ts";
import { printGraph } from "../../compiler/graph/print.ts";
import { verifyGraph } from "../../compiler/graph/verify.ts";
import { opByName } from "../../compiler/ops/index.ts";
import { parseGraph } from "../../compiler/ops/parse-graph.ts";
import { overAxesAttributes, sumOp } from "../../compiler/ops/reduce.ts";
import { transposeAttributes, transposeOp } from "../../compiler/ops/view.ts";

const withLine = (line: string): string => `graph(x: f32[n,3])\n  ${line}\n  return y = y`;

test.each([
  ["y: f32[n] = sum x axes=[1]", "y: sum lacks the attribute keep: expected true or false"],
  ["y: f32[n] = sum x axes=[1] keep=false width=3", "y: sum has no attribute width: expected axes, keep"],
  ["y: f32[n] = sum x axes=1 keep=false", "y: attribute axes of sum: expected a list of integers, got 1"],
  ["y: f32[n] = sum x axes=[0.5] keep=false", "y: attribute axes of sum: expected a list of integers, got [0.5]"],
  ["y: f32[n] = sum x axes=[1,0.5] keep=false", "y: attribute axes of sum: expected a list of integers, got [1,0.5]"],
  ["y: f32[n,3] = tanh x axes=[1]", "y: tanh has no attribute axes: it takes none"],
  ["y: f32[n,3] = uniform", "y: uniform lacks the attribute stream: expected an integer"],
  ["y: f32[n,3] = uniform stream=x", "y: attribute stream of uniform: expected an integer, got x"],
])("%s", (line, message) => {
  expect(() => parseGraph(withLine(line))).toThrow(message);
});

test("what is printed is read back", () => {
  const text = "graph(x: f32[n,3])\n  y: f32[n] = sum x axes=[1] keep=false\n  return y = y";
  expect(printGraph(parseGraph(text))).toBe(text);
});

test("the verifier refuses attributes that the op does not declare", () => {
  const graph = parseGraph(withLine("y: f32[n] = sum x axes=[1] keep=false"));
  const { node } = graph.outputs[0]!;
  const changed = (attrs: Node["attrs"]): Graph => ({ ...graph, outputs: [{ name: "y", node: { ...node, attrs } }] });
  expect(() => verifyGraph(changed(node.attrs))).not.toThrow();
  expect(() => verifyGraph(changed({ ...node.attrs, width: 3 }))).toThrow("has no attribute width");
  expect(() => verifyGraph(changed({ axes: [1] }))).toThrow("lacks the attribute keep");
});

test("in TypeScript a missing, a surplus or a wrong attribute is an error, and no cast is needed", () => {
  const { inputs, outputs } = parseGraph(withLine("y: f32[n] = sum x axes=[1] keep=false"));
  const [x, y] = [inputs[0]!, outputs[0]!.node];
  const wrong = [
    // @ts-expect-error keep is missing
    () => apply(sumOp, [x], { axes: [1] }),
    // @ts-expect-error an attribute that sum does not have
    () => apply(sumOp, [x], { axes: [1], keep: false, width: 3 }),
    // @ts-expect-error a number in place of a list
    () => apply(sumOp, [x], { axes: 1, keep: false }),
    // @ts-expect-error none given where one is needed
    () => apply(transposeOp, [x]),
  ];
  expect(wrong).toHaveLength(4);
  const axes: readonly number[] = attrsOf(y, overAxesAttributes).axes;
  expect(axes).toEqual([1]);
  expect(() => attrsOf(y, transposeAttributes)).toThrow("internal: sum has other attributes than permutation");
});

test("attributes called dims and dtype are the result's", () => {
  for (const { attributes = {} } of opByName.values())
    for (const [name, { ofType }] of Object.entries(attributes))
      expect(ofType).toBe(name === "dims" || name === "dtype" ? name : undefined);
});

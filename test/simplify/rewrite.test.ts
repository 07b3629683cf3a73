/** The engine: matching, types, origins, sharing, and what stays the same object. */
import { expect, test } from "vitest";
import { nodesOf } from "../../compiler/graph/graph.ts";
import type { Node } from "../../compiler/graph/node.ts";
import { withOrigin } from "../../compiler/graph/origin.ts";
import { printGraph } from "../../compiler/graph/print.ts";
import * as ops from "../../compiler/ops/index.ts";
import { parseGraph } from "../../compiler/ops/parse-graph.ts";
import { exact } from "../../compiler/simplify/exact.ts";
import { simplify } from "../../compiler/simplify/index.ts";
import { add, mul, neg, once, x, y, z } from "../../compiler/simplify/pattern.ts";
import { applyRule, rewrite, rule, ruleSet } from "../../compiler/simplify/rewrite.ts";
import { graphOf, print, Scope } from "./expression.ts";

const parse = (text: string) => new Scope().parse(text);
const factor = rule("factor", add(once(mul(x, z)), once(mul(y, z))), ({ x, y, z }, g) => g.mul(g.add(x, y), z));

test("two rules of one name are refused", () => {
  expect(() => ruleSet("twice", [factor, factor])).toThrow("two rules of twice are called factor");
});

test("a replacement of another type is a fault of the rule", () => {
  const wrong = rule("wrong", neg(x), ({ x }, g) => g.sum(g.broadcast(x, [5, 2, 3])));
  expect(applyRule(wrong, parse("neg r"))?.type.dims).toEqual([]);
  const wider = rule("wider", neg(x), ({ x }, g) => g.broadcast(x, [5, 2, 3]));
  expect(() => applyRule(wider, parse("neg x"))).toThrow("rule wider makes f64[5,2,3] of f64[2,3]");
});

test.each([
  ["add (mul z x) (mul y z)", "mul (add x y) z"],
  ["add (mul x z) (mul z y)", "mul (add x y) z"],
  ["add (mul x 3) (mul y 3)", "mul (add x y) 3"],
])("commutative operands match in every order: %s", (before, after) => {
  const node = applyRule(factor, parse(before))!;
  expect(
    print(node)
      .split(/[() ]+/)
      .sort(),
  ).toEqual(after.split(/[() ]+/).sort());
});

test("a literal does not match a number of another sign of 0", () => {
  const minusZero = rule("minus-zero", mul(x, -0), ({ x }, g) => g.neg(x));
  expect(applyRule(minusZero, parse("mul x 0"))).toBeUndefined();
  expect(applyRule(minusZero, parse("mul x -0"))).toBeDefined();
});

test("once: a product that another node reads is left alone", () => {
  const scope = new Scope();
  const product = scope.parse("mul x z");
  const total = ops.add(product, scope.parse("mul y z"));
  const only = ruleSet("only", [factor]);
  expect(print(rewrite(graphOf(total), only).outputs[0]!.node)).toBe("mul (add x y) z");
  const shared = { ...graphOf(total), outputs: [total, product].map((node, i) => ({ name: `${i}`, node })) };
  expect(rewrite(shared, only)).toBe(shared);
});

test("nodes to keep are read, not replaced, and count as read elsewhere", () => {
  const scope = new Scope();
  const kept = scope.parse("neg (neg x)");
  const graph = graphOf(ops.exp(kept));
  const keep = new Set(nodesOf(graphOf(kept)));
  expect(rewrite(graph, exact, keep)).toBe(graph);
  expect(print(rewrite(graph, exact).outputs[0]!.node)).toBe("exp x");
});

test("a new node carries the origin of the one it replaces", () => {
  const span = { file: "model.ts", line: 3, column: 7, start: 40, end: 50 };
  const origin = { span, binding: "hidden", outer: undefined };
  const scope = new Scope();
  const made = withOrigin(origin, () => ops.sub(scope.leaf("x"), ops.neg(scope.leaf("y"))));
  expect(simplify(graphOf(made)).outputs[0]!.node.origin).toBe(origin);
});

test("nothing to do: the same graph object", () => {
  const graph = graphOf(parse("add (mul x y) (exp z)"));
  expect(simplify(graph)).toBe(graph);
});

test("rules reach a fixpoint through each other", () => {
  const graph = parseGraph(`
    graph(x: f32[n,4]; b: f32[4])
      one: f32[] = div 2 2
      a: f32[n,4] = mul x one
      stretched: f32[n,4] = broadcast b
      minus: f32[n,4] = neg stretched
      y: f32[n,4] = sub a minus
      same: f32[n,4] = add stretched x
      both: f32[n,4] = add y same
      return both`);
  expect(printGraph(simplify(graph))).toMatchInlineSnapshot(`
    "graph(x: f32[n,4]; b: f32[4])
      same: f32[n,4] = add b x
      both: f32[n,4] = mul same 2
      return both = both"
  `);
});

test("1,750 nodes", () => {
  let node: Node = parse("x");
  for (let i = 0; i < 250; i++)
    node = ops.add(ops.neg(ops.mul(node, i % 3 === 0 ? 1 : 0.7)), ops.sub(ops.neg(node), 0));
  const graph = graphOf(node);
  expect(nodesOf(graph).length).toBeGreaterThan(1000);
  const result = simplify(graph);
  expect(nodesOf(result).length).toBeLessThan(nodesOf(graph).length);
});

/** Walking and rebuilding graphs, origins, poisoned nodes, and the interpreter. */
import { describe, expect, test } from "vitest";
import { CompileError, collectDiagnostics } from "../../compiler/diagnostics.ts";
import { leafName, mapNodes, nodesOf, reachable, usersOf } from "../../compiler/graph/graph.ts";
import { interpret } from "../../compiler/graph/interpret.ts";
import { apply, type Node } from "../../compiler/graph/node.ts";
import { currentOrigin, type Origin, withOrigin } from "../../compiler/graph/origin.ts";
import { printGraph } from "../../compiler/graph/print.ts";
import { add, exp, input, matmul, mul, neg } from "../../compiler/ops/index.ts";
import { parseGraph } from "../../compiler/ops/parse-graph.ts";

const matrix = (name: string, rows: number, columns: number) => input(name, { dtype: "f32", dims: [rows, columns] });
const place = (binding: string, line: number): Origin => ({
  binding,
  span: { file: "model.ts", line, column: 9, start: 0, end: 1 },
  outer: undefined,
});

describe("walks", () => {
  test("inputs come before users, each node once, what nothing reaches not at all", () => {
    const x = matrix("x", 2, 3);
    const [a, unused] = [neg(x), exp(x)];
    const y = mul(a, a);
    expect(reachable([y, a])).toEqual([x, a, y]);
    expect(reachable([y])).not.toContain(unused);
  });

  test("users are counted once per reading", () => {
    const x = matrix("x", 2, 3);
    const y = mul(x, x);
    expect(usersOf([x, y]).get(x)).toEqual([y, y]);
  });

  test("a long chain does not overflow the stack", () => {
    let node: Node = matrix("x", 1, 1);
    for (let i = 0; i < 50_000; i++) node = neg(node);
    expect(reachable([node]).length).toBe(50_001);
  });

  test("mapNodes rebuilds users of what was replaced", () => {
    const graph = parseGraph(`
      graph(x: f32[2]; w: f32[2])
        a: f32[2] = exp x
        y: f32[2] = mul a w
        update w = y
        return y`);
    const negated = mapNodes(graph, (node, inputs) =>
      node.op.name === "exp" ? neg(inputs[0]!) : inputs.length > 0 ? apply(node.op, inputs, node.attrs) : node,
    );
    expect(printGraph(negated)).toMatchInlineSnapshot(`
      "graph(x: f32[2]; w: f32[2])
        %1: f32[2] = neg x
        %2: f32[2] = mul %1 w
        update w = %2
        return y = %2"
    `);
    expect(
      nodesOf(negated)
        .filter((node) => node.op.kind === "leaf")
        .map(leafName),
    ).toEqual(["x", "w"]);
  });
});

describe("origins and errors", () => {
  test("a node carries the place it was made at; places nest", () => {
    const [outer, inner] = [place("h", 3), place("y", 4)];
    const [a, b, c] = withOrigin(outer, () => {
      const x = matrix("x", 2, 2);
      return [neg(x), withOrigin(inner, () => neg(x)), neg(x)];
    });
    expect([a, b, c].map((node) => node!.origin)).toEqual([outer, inner, outer]);
    expect(currentOrigin()).toBeUndefined();
  });

  test("the place is restored after an error", () => {
    expect(() => withOrigin(place("h", 3), () => matmul(matrix("a", 2, 3), matrix("b", 2, 3)))).toThrow(CompileError);
    expect(currentOrigin()).toBeUndefined();
  });

  test("one run reports every error once, not what follows from them", () => {
    const build = () =>
      collectDiagnostics(() => {
        const [x, w] = [matrix("x", 2, 3), matrix("w", 4, 5)];
        const wrong = withOrigin(place("h", 14), () => matmul(x, w));
        expect(wrong.poisoned).toBe(true);
        expect(add(neg(wrong), w).poisoned).toBe(true);
        withOrigin(place("y", 15), () => add(x, w));
      });
    expect(build).toThrowErrorMatchingInlineSnapshot(`
      [CompileError: model.ts:14:9 shape/inner-dims
        matmul: inner dimensions differ
          expected  b: [3, N]  since a = x is f32[2,3]
          got       b: [4,5]  w is f32[4,5]
      model.ts:15:9 shape/broadcast
        add: the shapes do not fit together
          expected  equal extents, or 1, from the last axis on
          got       [2,3]  x is f32[2,3]
          and       [4,5]  w is f32[4,5]]
    `);
  });
});

describe("the interpreter", () => {
  const graph = parseGraph(`
    graph(x: f64[n,2]; w: f64[2])
      y: f64[n,2] = mul x w
      s: f64[] = sum y axes=[0,1] keep=false
      n: f64[] = rows
      mean: f64[] = div s n
      more: f64[2] = add w 1
      update w = more
      return y, mean`);
  const leaves = new Map([
    ["x", [1, 2, 3, 4]],
    ["w", [10, 1]],
  ]);

  test("outputs, updates and every value, at the rows of the call", () => {
    const { outputs, updates, values } = interpret(graph, { rows: 2, leaves });
    expect([...outputs.get("y")!]).toEqual([10, 2, 30, 4]);
    expect([...outputs.get("mean")!]).toEqual([23]);
    expect([...updates.get("w")!]).toEqual([11, 2]);
    expect(values.size).toBe(nodesOf(graph).length);
  });

  test("a missing or ill-sized leaf is named", () => {
    expect(() => interpret(graph, { rows: 2, leaves: new Map([["x", [1, 2, 3, 4]]]) })).toThrow("no value for w");
    expect(() => interpret(graph, { rows: 3, leaves })).toThrow("x has 4 elements, expected 6");
  });

  test("the step's number, and positions", () => {
    const counts = parseGraph("graph()\n t: f64[] = step\n i: f64[3] = iota\n y: f64[3] = add i t\n return y");
    expect([...interpret(counts, { rows: 1, leaves: new Map(), step: 5 }).outputs.get("y")!]).toEqual([5, 6, 7]);
  });

  test("random numbers follow the seed and the step, not the rows", () => {
    const random = parseGraph("graph()\n u: f64[n,2] = uniform stream=1\n return u");
    const at = (rows: number, seed: number, step: number) => [
      ...interpret(random, { rows, leaves: new Map(), seed, step }).outputs.get("u")!,
    ];
    expect(at(2, 1, 1)).toEqual(at(3, 1, 1).slice(0, 4));
    expect(at(2, 1, 1)).not.toEqual(at(2, 2, 1));
    expect(at(2, 1, 1)).not.toEqual(at(2, 1, 2));
  });
});

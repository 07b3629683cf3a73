import { describe, expect, test } from "vitest";
import { CompileError, collectDiagnostics, summary } from "../../compiler/diagnostics.ts";
import { elementwise } from "../../compiler/dsl/elementwise.ts";
import { reachable } from "../../compiler/graph/graph.ts";
import { interpret } from "../../compiler/graph/interpret.ts";
import type { Node } from "../../compiler/graph/node.ts";
import { type Dims, printType } from "../../compiler/graph/types.ts";
import { input } from "../../compiler/ops/leaf.ts";
import { load } from "./project.ts";

describe("applied to tensors", () => {
  const tensor = (name: string, dims: Dims): Node => input(name, { dtype: "f64", dims });
  const run = (y: Node, leaves: Record<string, number[]>, rows = 2) => {
    const inputs = reachable([y]).filter((node) => node.op.name === "input");
    const graph = { name: "t", inputs, states: [], outputs: [{ name: "y", node: y }], updates: [] };
    return [...interpret(graph, { rows, leaves: new Map(Object.entries(leaves)) }).outputs.get("y")!];
  };
  const call = (fn: unknown, ...args: unknown[]): Node => (fn as (...args: unknown[]) => Node)(...args);
  const errors = (body: () => unknown): string => {
    try {
      collectDiagnostics(body);
    } catch (error) {
      if (error instanceof CompileError) return error.diagnostics.map(summary).join("\n");
    }
    return "no error";
  };

  test("shapes broadcast per example; numbers are constants", () => {
    const fn = elementwise((x: number, k: number, c: number) => k * x + c);
    const y = call(fn, tensor("x", ["n", 2]), tensor("k", [2]), 10);
    expect(printType(y.type)).toBe("f64[n,2]");
    expect(run(y, { x: [1, 2, 3, 4], k: [1, -1] })).toEqual([11, 8, 13, 6]);
  });

  test("the result has the arguments' shape also where the formula does not read them", () => {
    const one = elementwise((_x: number, k: number) => 2 * k);
    const y = call(one, tensor("x", ["n", 2]), tensor("k", [2]));
    expect(printType(y.type)).toBe("f64[n,2]");
    expect(run(y, { x: [1, 2, 3, 4], k: [5, 6] })).toEqual([10, 12, 10, 12]);
  });

  test("a value that the source names once is one node", () => {
    const fn = elementwise((x: number) => {
      const e = Math.exp(x);
      return e / (1 + e);
    });
    const y = call(fn, tensor("x", [3]));
    expect(reachable([y]).map((node) => node.op.name)).toEqual(["input", "exp", "const", "add", "div"]);
  });

  test("every node knows the call of the lifted function, not that of elementwise", async () => {
    const text = `import { elementwise } from "nabla";
const double = elementwise((x: number) => 2 * x);
export const apply = (x: any) => {
  const y = double(x);
  return y;
};`;
    const { exports } = await load(text);
    const y = call(exports.apply, tensor("x", [3]));
    expect(y.origin).toMatchObject({ span: { line: 4, column: 13 }, binding: "y" });
  });

  test("wrong arguments are recorded, and what follows stays silent", () => {
    const fn = elementwise((x: number, k: number) => k * x);
    const x = tensor("x", ["n", 3]);
    expect(errors(() => call(fn, call(fn, x), 1))).toMatchInlineSnapshot(`
      "elementwise/arguments
        elementwise: wrong number of arguments
          expected  2: elementwise(x, k)
          got       1"
    `);
    expect(errors(() => call(fn, x, tensor("k", [4])))).toMatchInlineSnapshot(`
      "shape/broadcast
        elementwise: the shapes do not fit together
          expected  equal extents, or 1, from the last axis on
          got       [n,3]  x is f64[n,3]
          and       [4]  k is f64[4]"
    `);
    expect(errors(() => call(fn, x, "2"))).toContain("dsl/not-a-tensor");
    expect(errors(() => call(fn, 1, 2))).toContain("dsl/not-a-tensor");
    expect(errors(() => call(fn, input("label", { dtype: "i32", dims: ["n"] }), 1))).toContain("type/dtype");
    expect(errors(() => call(fn, x, input("k", { dtype: "f32", dims: [] })))).toContain("type/dtype");
  });

  test("a branch with finite slope needs no gate", () => {
    const leaky = elementwise((x: number) => (x > 0 ? x : 0.01 * x));
    const y = call(leaky, tensor("x", [3]));
    expect(reachable([y]).map((node) => node.op.name)).toEqual(["input", "const", "gt", "const", "mul", "select"]);
  });
});

/** No file of compiler/ or runtime/ imports itself by way of others, not even a type. */
import { expect, test } from "vitest";
import { circlesOf, importGraph, importsOf } from "./imports.ts";

test("no circle of imports", () => {
  const graph = importGraph(["compiler", "runtime"]);
  expect(graph.size).toBeGreaterThan(300);
  expect(circlesOf(graph)).toEqual([]);
});

test("a circle is found", () => {
  const graph = new Map(Object.entries({ a: ["b"], b: ["c"], c: ["b", "d"], d: [] }));
  expect(circlesOf(graph)).toEqual([["b", "c"]]);
});

test("imports of types and late ones count", () => {
  const text = 'import type { A } from "./node.ts";\nconst late = () => import("./graph.ts");';
  expect(importsOf("compiler/graph/x.ts", text)).toEqual(["compiler/graph/node.ts", "compiler/graph/graph.ts"]);
});

/** docs/ops.md is what the op records say. After a change of a record, `npx vitest run test/docs -u` writes it anew. */
import { describe, expect, test } from "vitest";
import { defineOp } from "../../compiler/graph/ir.ts";
import { printGraph } from "../../compiler/graph/print.ts";
import { ops } from "../../compiler/ops/index.ts";
import { parseGraph } from "../../compiler/ops/parse-graph.ts";
import { opReference } from "../../compiler/ops/reference.ts";

const text = opReference(ops);

test("docs/ops.md is up to date", async () => {
  await expect(text).toMatchFileSnapshot("../../docs/ops.md");
});

describe("every entry", () => {
  const entries = text.split(/^## /m).slice(1);
  const entryOf = (name: string): string => entries.find((entry) => entry.startsWith(`${name}\n`))!;

  test("there is one for each op, in the order of the table", () => {
    expect(entries.map((entry) => entry.split("\n")[0])).toEqual(ops.map((op) => op.name));
  });

  test.each(ops.map((op) => [op.name, op] as const))("%s", (name, op) => {
    const graphs = [...entryOf(name).matchAll(/^graph [\s\S]*?(?=\n```)/gm)].map(([graph]) => graph);
    expect(graphs).toHaveLength(op.samples.length > 0 ? 1 : 0);
    for (const graph of graphs) expect(printGraph(parseGraph(graph))).toBe(graph);
    for (const { code } of op.rejects) expect(entryOf(name)).toContain(`: \`${code}\`, `);
  });
});

test("a record that refuses nothing where it says it does is found", () => {
  const relu = ops.find((op) => op.name === "relu")!;
  const wrong = defineOp({ ...relu, rejects: [{ shapes: { x: [3] }, code: "shape/rank" }] });
  expect(() => opReference([wrong])).toThrow(
    "internal: relu takes x [3], which its record says it refuses with shape/rank",
  );
});

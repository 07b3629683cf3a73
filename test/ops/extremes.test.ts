/** Minimum and maximum to the bit, where pmin and pmax stand in for Wasm's slower min and max. */
import { describe, expect, test } from "vitest";
import { parseGraph } from "../../compiler/ops/parse-graph.ts";
import { graphModule } from "../support/run-graph.ts";
import { stageOf } from "../support/stages.ts";

const special = [Number.NaN, Number.NEGATIVE_INFINITY, -1, -1e-45, -0, 0, 1e-45, 0.5, 1, Number.POSITIVE_INFINITY];

describe.each(["minimum", "maximum"] as const)("%s with a constant", (op) => {
  const exact = op === "minimum" ? Math.min : Math.max;

  test.each([-1, -0, 0, 1e-60, 0.5])("of %s", async (bound) => {
    const text = Object.is(bound, -0) ? "-0" : `${bound}`;
    const graph = parseGraph(`graph(x: f64[n])
      a: f64[n] = ${op} x ${text}
      b: f64[n] = ${op} ${text} x
      return a, b`);
    const module = await graphModule(graph, { batch: special.length, dtype: "f64" });
    const { outputs } = module.run({ rows: special.length, leaves: new Map([["x", special]]) });
    const expected = special.map((x) => exact(x, bound));
    expect([...outputs.get("a")!]).toEqual(expected);
    expect([...outputs.get("b")!]).toEqual(expected);
  });

  test("takes one instruction but where a zero must win over the other", () => {
    const loops = (bound: string) =>
      stageOf("loops", parseGraph(`graph(x: f32[n])\n  y: f32[n] = ${op} x ${bound}\n  return y`));
    const [fast, slow] = op === "minimum" ? ["pmin(", " min("] : ["pmax(", " max("];
    expect(loops("0.5")).toContain(fast);
    expect(loops(op === "minimum" ? "0" : "-0")).toContain(fast);
    expect(loops(op === "minimum" ? "-0" : "0")).toContain(slow);
  });
});

test.each(["max", "min"].flatMap((op) => [3, 17].map((length) => [op, length] as const)))(
  "%s over %i elements of a row, and of a column, is NaN wherever one is",
  async (op, length) => {
    const graph = parseGraph(`graph(x: f32[n,${length}])
    a: f32[n] = ${op} x axes=[1] keep=false
    b: f32[${length}] = ${op} x axes=[0] keep=false
    return a, b`);
    const module = await graphModule(graph, { batch: length, dtype: "f32" });
    // Row i has its NaN in column i; the largest and the smallest numbers stand before and after it.
    const x = Array.from({ length: length * length }, (_, i) => (i % (length + 1) === 0 ? Number.NaN : (i * 7) % 5));
    const { outputs } = module.run({ rows: length, leaves: new Map([["x", x]]) });
    for (const name of ["a", "b"]) expect([...outputs.get(name)!]).toEqual(new Array(length).fill(Number.NaN));
  },
);

test.each([
  ["max", Number.NEGATIVE_INFINITY],
  ["min", Number.POSITIVE_INFINITY],
] as const)("%s of elements that are all %d is that, in full vectors and in what is left", async (op, infinite) => {
  const graph = parseGraph(`graph(x: f32[n,11])\n  y: f32[n] = ${op} x axes=[1] keep=false\n  return y`);
  const module = await graphModule(graph, { batch: 5, dtype: "f32" });
  const { outputs } = module.run({ rows: 5, leaves: new Map([["x", new Array(55).fill(infinite)]]) });
  expect([...outputs.get("y")!]).toEqual(new Array(5).fill(infinite));
});

/** Places of extremes: ties, NaN and infinities in every order that a reduction has, and what reads them. */
import { describe, expect, test } from "vitest";
import { interpret } from "../../compiler/graph/interpret.ts";
import { parseGraph } from "../../compiler/ops/parse-graph.ts";
import { Random } from "../support/random.ts";
import { graphModule } from "../support/run-graph.ts";
import { loopModule } from "../support/run-loops.ts";

const rows = 40;
const special = [Number.NaN, Number.NEGATIVE_INFINITY, -1, -0, 0, 0.5, Number.POSITIVE_INFINITY];

/** The first NaN, else the first of the largest. */
function placeOf(values: readonly number[]): number {
  const unknown = values.findIndex(Number.isNaN);
  return unknown >= 0 ? unknown : values.indexOf(Math.max(...values));
}

/** Rows of one value alone, of few values with many ties, and of a NaN or two at random places. */
function cases(length: number, random: Random): number[][] {
  return Array.from({ length: rows }, (_, row) => {
    if (row < special.length) return new Array<number>(length).fill(special[row]!);
    const from = row % 3 === 0 ? special : special.slice(1);
    return Array.from({ length }, () => from[random.integer(0, from.length - 1)]!);
  });
}

describe.each(["f32", "f64"] as const)("of %s", (dtype) => {
  test.each([1, 2, 3, 4, 5, 8, 15, 17, 33, 70])(
    "the place of the largest of %i, along lanes and across them",
    async (length) => {
      const values = cases(length, new Random(length));
      const graph = parseGraph(`graph(x: ${dtype}[n,${length}], z: ${dtype}[n,${length},5])
      a: i32[n] = argmax x axis=1
      b: i32[n,5] = argmax z axis=1
      return a, b`);
      const leaves = new Map([
        ["x", values.flat()],
        [
          "z",
          values.flatMap((row, at) => row.flatMap((_, i) => [0, 1, 2, 3, 4].map((k) => values[(at + k) % rows]![i]!))),
        ],
      ]);
      const a = values.map(placeOf);
      const b = values.flatMap((_, at) => [0, 1, 2, 3, 4].map((k) => a[(at + k) % rows]!));
      const call = { rows, leaves };
      const module = await graphModule(graph, { batch: rows, dtype });
      for (const { outputs } of [
        module.run(call),
        loopModule(graph, { batch: rows, dtype }).run(call),
        interpret(graph, call),
      ]) {
        expect([...outputs.get("a")!]).toEqual(a);
        expect([...outputs.get("b")!]).toEqual(b);
      }
    },
  );
});

describe("what is found is read as labels are, without a check at entry", () => {
  const text = `graph(x: f32[n,5]; t: f32[5,3])
    k: i32[n] = argmax x axis=1
    y: f32[n,3] = gather t k
    one: f32[n,5] = oneHot k classes=5
    return y, one`;
  const random = new Random(7);
  const leaves = new Map([
    ["x", random.array(rows * 5)],
    ["t", random.array(15)],
  ]);

  test("a row of a table, and a mask", async () => {
    const graph = parseGraph(text);
    const module = await graphModule(graph, { batch: rows, dtype: "f32" });
    const want = interpret(graph, {
      rows: 9,
      leaves: new Map([...leaves].map(([name, v]) => [name, v.map(Math.fround).subarray(0, name === "x" ? 45 : 15)])),
    });
    const got = module.run({ rows: 9, leaves });
    for (const name of ["y", "one"]) expect([...got.outputs.get(name)!]).toEqual([...want.outputs.get(name)!]);
  });

  test("a table of fewer rows than places is refused", async () => {
    const small = parseGraph(text.replace("t: f32[5,3]", "t: f32[4,3]"));
    await expect(graphModule(small, { batch: rows, dtype: "f32" })).rejects.toThrow("gets 0 to 4, expected 0 to 3");
  });
});

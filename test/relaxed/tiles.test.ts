/** Tiles of relaxed modules: which have madd, what their loops look like, and that they compute the same. */
import { describe, expect, test } from "vitest";
import type { Graph } from "../../compiler/graph/graph.ts";
import { interpret } from "../../compiler/graph/interpret.ts";
import { parseGraph } from "../../compiler/ops/parse-graph.ts";
import { compileFunction, relaxFunction } from "../../compiler/pipeline.ts";
import { StageRunner } from "../../compiler/stages.ts";
import { firstFault } from "../support/close.ts";
import { graphModule } from "../support/run-graph.ts";
import { loopModule } from "../support/run-loops.ts";
import { dtypeOf, leafValues, tolerance } from "../support/stages.ts";
import "../support/relaxed-simd.ts";

const product = (columns: number, dtype = "f32") =>
  `graph g(x: ${dtype}[n,160]; w: ${dtype}[160,${columns}])\n y: ${dtype}[n,${columns}] = matmul x w\n return y`;

/** The text of a stage, "relaxed-tile" or "relaxed-loops". */
function relaxed(stage: string, text: string, batch: number): string {
  const graph = parseGraph(text);
  const settings = { batch, dtype: dtypeOf(graph), simplify: true, fuse: true, realAlgebra: false };
  const runner = new StageRunner();
  relaxFunction(compileFunction(graph, settings, new StageRunner()), settings, runner);
  return runner.records.find(({ name }) => name === `g/${stage}`)!.text();
}

const tiles = (text: string, batch: number): string => relaxed("relaxed-tile", text, batch);

describe("with madd", () => {
  test("rows of a batch by six, single ones with eight chains", () => {
    expect(tiles(product(64), 64)).toBe("g.0: lanes along i1 x2, i0 by 6, last rows x8, madd");
    expect(tiles(product(64, "f64"), 64)).toBe("g.0: lanes along i1 x2, i0 by 6, last rows x8, madd");
  });

  test("by four where six would leave many over", () => {
    expect(tiles(product(64), 16)).toBe("g.0: lanes along i1 x2, i0 by 4, last rows x8, madd");
  });

  test("the update of a weight by four", () => {
    const text = `graph g(x: f32[n,64], dy: f32[n,32])
      t: f32[64,n] = transpose x permutation=[1,0]
      dw: f32[64,32] = matmul t dy
      return dw`;
    expect(tiles(text, 64)).toBe("g.0: lanes along i1 x2, i0 by 4, last rows x8, madd");
  });
});

describe("without", () => {
  test.each([
    ["one row of six vectors", product(24), 1],
    ["four vectors", "graph g(x: f32[n,4]; w: f32[4,16])\n y: f32[n,16] = matmul x w\n return y", 64],
    ["a sum without products", "graph g(dy: f32[n,64])\n db: f32[64] = sum dy axes=[0] keep=false\n return db", 64],
    ["no reduction", "graph g(x: f32[n,64])\n y: f32[n,64] = mul x x\n return y", 64],
  ])("%s", (_name, text, batch) => {
    const graph = parseGraph(text);
    const settings = { batch, dtype: dtypeOf(graph), simplify: true, fuse: true, realAlgebra: false };
    const plain = compileFunction(graph, settings, new StageRunner());
    expect(relaxFunction(plain, settings, new StageRunner()).loops).toEqual(plain.loops);
  });

  test("lanes across the reduced axis, for a single row", () => {
    const text = `graph g(dy: f32[n,320]; w: f32[640,320])
      t: f32[320,640] = transpose w permutation=[1,0]
      dx: f32[n,640] = matmul dy t
      return dx`;
    expect(tiles(text, 64)).toBe("g.0: lanes across r0 x1, i0 by 4, i1 by 2, madd");
    expect(tiles(text, 1)).toBe("g.0: lanes across r0 x1, i1 by 6");
  });

  test("an output layer beside one with madd", () => {
    const text = `graph g(x: f32[n,160]; w: f32[160,64], v: f32[64,10])
      h: f32[n,64] = matmul x w
      y: f32[n,10] = matmul h v
      return y`;
    expect(
      tiles(text, 12)
        .split("\n")
        .map((line) => line.endsWith(", madd")),
    ).toEqual([true, false]);
  });
});

test("loops: row by row, so that one element of x is alive at a time", () => {
  const text = relaxed("relaxed-loops", product(64), 64);
  const [, body] = /for r0 in 0\.\.160 step 1\n([\s\S]*?)\n +store/.exec(text)!;
  const kinds = body!.split("\n").map((line) => /splat x|load w|madd/.exec(line)?.[0]);
  const firstRow = ["splat x", "load w", "madd", "load w", "madd"];
  const nextRow = ["splat x", "madd", "madd"];
  expect(kinds).toEqual([...firstRow, ...Array.from({ length: 5 }, () => nextRow).flat()]);
});

const graphs: [string, string][] = [
  ["columns that no tile divides", product(67)],
  ["f64", product(37, "f64")],
  [
    "bias and relu",
    `graph g(x: f32[n,40]; w: f32[40,64], b: f32[64])
       h: f32[n,64] = matmul x w
       s: f32[n,64] = add h b
       y: f32[n,64] = relu s
       return y`,
  ],
  [
    "both adjoints",
    `graph g(x: f32[n,37], dy: f32[n,67]; w: f32[37,67])
       t: f32[37,n] = transpose x permutation=[1,0]
       dw: f32[37,67] = matmul t dy
       u: f32[67,37] = transpose w permutation=[1,0]
       dx: f32[n,37] = matmul dy u
       return dw, dx`,
  ],
];

const batch = 13;

describe.each(graphs)("values: %s", (_name, text) => {
  const graph: Graph = parseGraph(text);
  const dtype = dtypeOf(graph);
  const options = { batch, dtype, relaxedSimd: true };

  test("loops and module agree with the graph for every number of rows", async () => {
    const loops = loopModule(graph, options);
    expect(loops.compiled.tiles.some(({ tile }) => tile.madd)).toBe(true);
    const module = await graphModule(graph, options);
    for (let rows = 1; rows <= batch; rows++) {
      const call = { rows, leaves: leafValues(graph, rows) };
      const expected = interpret(graph, call);
      expect(firstFault(loops.run(call), expected, tolerance[dtype])).toBeUndefined();
      expect(firstFault(module.run(call), expected, tolerance[dtype])).toBeUndefined();
    }
  });
});

test("on one engine, rows still do not know of each other", async () => {
  const graph = parseGraph(product(67));
  const module = await graphModule(graph, { batch, dtype: "f32", relaxedSimd: true });
  const all = leafValues(graph, batch);
  const run = (row: number, rows: number) => {
    const x = all.get("x")!.slice(160 * row, 160 * (row + rows));
    return [...module.run({ rows, leaves: new Map(all).set("x", x) }).outputs.get("y")!];
  };
  const single = Array.from({ length: batch }, (_, row) => run(row, 1));
  for (let rows = 2; rows <= batch; rows++) expect(run(0, rows)).toEqual(single.slice(0, rows).flat());
});

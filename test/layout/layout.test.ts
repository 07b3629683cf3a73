/** Where operands lie: frames in place of guards, one for all readers, weights in the order they are read; same values. */
import { describe, expect, test } from "vitest";
import { gradients } from "../../compiler/adjoint/build.ts";
import type { Graph } from "../../compiler/graph/graph.ts";
import { interpret } from "../../compiler/graph/interpret.ts";
import { printGraph } from "../../compiler/graph/print.ts";
import { verifyGraph } from "../../compiler/graph/verify.ts";
import { layout } from "../../compiler/layout/layout.ts";
import { parseMaps } from "../../compiler/ops/contraction/maps.ts";
import { contract, convolution, input, mul, state, sum } from "../../compiler/ops/index.ts";
import { parseGraph } from "../../compiler/ops/parse-graph.ts";
import { expectSameValues, leafValues, stageOf } from "../support/stages.ts";

const laidOut = (graph: Graph, batch = 32): Graph => {
  const laid = layout(graph, { batch });
  verifyGraph(laid);
  for (const rows of [1, 3]) {
    const call = { rows, leaves: leafValues(graph, rows) };
    const [before, after] = [interpret(graph, call), interpret(laid, call)];
    for (const [name, values] of before.outputs) {
      const largest = Math.max(1, ...values.map(Math.abs));
      after.outputs.get(name)!.forEach((value, i) => {
        expect(Math.abs(value - values[i]!)).toBeLessThan(1e-12 * largest);
      });
    }
  }
  return laid;
};

const text = (graph: string, batch?: number): string => printGraph(laidOut(parseGraph(graph), batch));

describe("layout", () => {
  test("a convolution reads its input in a frame of zeros", () => {
    expect(
      text(`graph(x: f64[n,5,4,3]; w: f64[3,3,3,2])
        y: f64[n,5,4,2] = convolution x w stride=[1,1] padding=[1,1] dilation=[1,1]
        return y`),
    ).toMatchInlineSnapshot(`
      "graph(x: f64[n,5,4,3]; w: f64[3,3,3,2])
        y.1: f64[n,7,6,3] = pad x before=[0,1,1,0] step=[1,1,1,1] value=0
        y.2: f64[n,5,4,2] = contraction y.1 w maps=n,i+p,j+q,c;p,q,c,d->n,i,j,d
        return y = y.2"
    `);
  });

  test("two windows share the larger frame, and an elementwise reader reads inside it", () => {
    expect(
      text(`graph(x: f64[n,6,6,2]; v: f64[3,3,2,2], w: f64[5,5,2,2])
        h: f64[n,6,6,2] = exp x
        a: f64[n,6,6,2] = convolution h v stride=[1,1] padding=[1,1] dilation=[1,1]
        b: f64[n,6,6,2] = convolution h w stride=[1,1] padding=[2,2] dilation=[1,1]
        c: f64[n,6,6,2] = mul h a
        d: f64[n,6,6,2] = add b c
        return d`),
    ).toMatchInlineSnapshot(`
      "graph(x: f64[n,6,6,2]; v: f64[3,3,2,2], w: f64[5,5,2,2])
        h: f64[n,6,6,2] = exp x
        a.1: f64[n,10,10,2] = pad h before=[0,2,2,0] step=[1,1,1,1] value=0
        a.2: f64[n,8,8,2] = slice a.1 start=[0,1,1,0] step=[1,1,1,1]
        a.3: f64[n,6,6,2] = contraction a.2 v maps=n,i+p,j+q,c;p,q,c,d->n,i,j,d
        b: f64[n,6,6,2] = contraction a.1 w maps=n,i+p,j+q,c;p,q,c,d->n,i,j,d
        c.1: f64[n,6,6,2] = slice a.1 start=[0,2,2,0] step=[1,1,1,1]
        c.2: f64[n,6,6,2] = mul c.1 a.3
        d: f64[n,6,6,2] = add b c.2
        return d = d"
    `);
  });

  test("a value is cut from its frame once for all who read it so", () => {
    const cut = text(`graph(x: f64[n,5,5,2]; w: f64[3,3,2,2])
      h: f64[n,5,5,2] = exp x
      a: f64[n,5,5,2] = convolution h w stride=[1,1] padding=[1,1] dilation=[1,1]
      b: f64[n,5,5,2] = mul h a
      c: f64[n,5,5,2] = add h b
      return c`);
    expect(cut.match(/ slice /g)).toHaveLength(1);
  });

  test("who needs no frame reads a value that leaves, which is stored anyhow, and not its frame", () => {
    expect(
      text(`graph(x: f64[n,5,5,2]; w: f64[3,3,2,2])
        h: f64[n,5,5,2] = exp x
        a: f64[n,5,5,2] = convolution h w stride=[1,1] padding=[1,1] dilation=[1,1]
        b: f64[n,5,5,2] = mul h a
        return b, h`),
    ).toMatchInlineSnapshot(`
      "graph(x: f64[n,5,5,2]; w: f64[3,3,2,2])
        h: f64[n,5,5,2] = exp x
        a.1: f64[n,7,7,2] = pad h before=[0,1,1,0] step=[1,1,1,1] value=0
        a.2: f64[n,5,5,2] = contraction a.1 w maps=n,i+p,j+q,c;p,q,c,d->n,i,j,d
        b: f64[n,5,5,2] = mul h a.2
        return b = b, h = h"
    `);
  });

  test("the adjoint of a convolution is one over the cotangent's frame, its weights turned once", () => {
    const x = input("x", { dtype: "f64", dims: ["n", 12, 12, 4] });
    const w = state("w", { dtype: "f64", dims: [3, 3, 4, 8] });
    const y = convolution(x, w, { stride: [1, 1], padding: [1, 1], dilation: [1, 1] });
    const dy = input("dy", y.type);
    const [dx] = gradients(sum(mul(y, dy)), [x]);
    const outputs = [{ name: "dx", node: dx! }];
    expect(
      printGraph(laidOut({ name: "g", inputs: [x, dy], states: [w], outputs, updates: [] })),
    ).toMatchInlineSnapshot(`
      "graph g(x: f64[n,12,12,4], dy: f64[n,12,12,8]; w: f64[3,3,4,8])
        %1: f64[1,1,1,1] = reshape 1
        %2: f64[n,12,12,8] = broadcast %1
        %3: f64[n,12,12,8] = mul %2 dy
        %4: f64[n,14,14,8] = pad %3 before=[0,1,1,0] step=[1,1,1,1] value=0
        %5: f64[3,3,4,8] = slice w start=[2,2,0,0] step=[-1,-1,1,1]
        %6: f64[3,3,8,4] = transpose %5 permutation=[0,1,3,2]
        %7: f64[3,3,8,4] = copy %6
        %8: f64[n,12,12,4] = contraction %4 %7 maps=n,p+h1,q+h2,d;p,q,d,c->n,h1,h2,c
        return dx = %8"
    `);
  });

  test("a stride is not undone by a frame of gaps: its phases stay loops of their own", () => {
    const x = input("x", { dtype: "f64", dims: ["n", 8, 4, 4] });
    const w = state("w", { dtype: "f64", dims: [3, 3, 4, 4] });
    const y = convolution(x, w, { stride: [2, 1], padding: [1, 1], dilation: [1, 1] });
    const dy = input("dy", y.type);
    const [dx] = gradients(sum(mul(y, dy)), [x]);
    const graph: Graph = { name: "g", inputs: [x, dy], states: [w], outputs: [{ name: "dx", node: dx! }], updates: [] };
    const laid = laidOut(graph);
    expect(printGraph(laid)).toContain("->n,2i+p-1,h2,c");
    const kernels = stageOf("lower", graph);
    expect(kernels.match(/%out\/dx\[/g)).toHaveLength(2);
    expect(kernels).not.toContain("where");
  });

  test("windows of a maximum and a convolution have frames of their own, two maxima share one", () => {
    expect(
      text(`graph(x: f64[n,4,2]; w: f64[3,2,2])
        h: f64[n,4,2] = exp x
        a: f64[n,4,2] = contraction h w maps=n,i+p-1,c;p,c,d->n,i,d
        b: f64[n,4,3,2] = windows h maps=n,i+p-1,c->n,i,p,c value=-Infinity
        c: f64[n,4,2] = max b axes=[2] keep=false
        d: f64[n,4,2] = add a c
        k: f64[n,4,2] = tanh d
        l: f64[n,4,3,2] = windows k maps=n,i+p-1,c->n,i,p,c value=-Infinity
        m: f64[n,4,2] = max l axes=[2] keep=false
        o: f64[n,4,5,2] = windows k maps=n,i+p-2,c->n,i,p,c value=-Infinity
        q: f64[n,4,2] = max o axes=[2] keep=false
        y: f64[n,4,2] = mul m q
        return y`),
    ).toMatchInlineSnapshot(`
      "graph(x: f64[n,4,2]; w: f64[3,2,2])
        h: f64[n,4,2] = exp x
        a.1: f64[n,6,2] = pad h before=[0,1,0] step=[1,1,1] value=0
        a.2: f64[n,4,2] = contraction a.1 w maps=n,i+p,c;p,c,d->n,i,d
        b.1: f64[n,4,2] = slice a.1 start=[0,1,0] step=[1,1,1]
        b.2: f64[n,6,2] = pad b.1 before=[0,1,0] step=[1,1,1] value=-Infinity
        b.3: f64[n,4,3,2] = windows b.2 maps=n,i+p,c->n,i,p,c value=-Infinity
        c: f64[n,4,2] = max b.3 axes=[2] keep=false
        d: f64[n,4,2] = add a.2 c
        k: f64[n,4,2] = tanh d
        l.1: f64[n,8,2] = pad k before=[0,2,0] step=[1,1,1] value=-Infinity
        l.2: f64[n,6,2] = slice l.1 start=[0,1,0] step=[1,1,1]
        l.3: f64[n,4,3,2] = windows l.2 maps=n,i+p,c->n,i,p,c value=-Infinity
        m: f64[n,4,2] = max l.3 axes=[2] keep=false
        o: f64[n,4,5,2] = windows l.1 maps=n,i+p,c->n,i,p,c value=-Infinity
        q: f64[n,4,2] = max o axes=[2] keep=false
        y: f64[n,4,2] = mul m q
        return y = y"
    `);
  });

  test("dense products stay as they are", () => {
    const dense = `graph g(x: f64[n,5]; w: f64[5,3])
  y: f64[n,3] = matmul x w
  return y = y`;
    expect(text(dense)).toBe(dense);
  });
});

/** Every kind of map that a place may be: shifted both ways, strided, backwards, of either operand or the result. */
describe.each([
  ["n,i+p-2,c;p,c,d->n,i,d", ["n", 5, 2], [4, 2, 3], ["n", 6, 3]],
  ["n,i-p+1,c;p,c,d->n,i,d", ["n", 5, 2], [3, 2, 3], ["n", 6, 3]],
  ["n,2i-p,c;p,c,d->n,i,d", ["n", 5, 2], [3, 2, 3], ["n", 4, 3]],
  ["n,3i+2p-4,c;p,c,d->n,i,d", ["n", 9, 2], [4, 2, 3], ["n", 4, 3]],
  ["n,i,d;p,c,d->n,i+p-1,c", ["n", 5, 4], [3, 2, 4], ["n", 6, 2]],
  ["n,i,d;p,c,d->n,2i+p-1,c", ["n", 4, 4], [3, 2, 4], ["n", 9, 2]],
  ["n,i,d;p,c,d->n,-i+p+2,c", ["n", 5, 4], [3, 2, 4], ["n", 6, 2]],
  ["n,i,d;p,c,d->n,-2i+p+6,c", ["n", 4, 4], [2, 2, 4], ["n", 9, 2]],
  ["n,i+p-1,c;n,i,d->p,c,d", ["n", 5, 2], ["n", 6, 3], [3, 2, 3]],
  ["n,i,d;n,i+p-1,d->n,p,d", ["n", 6, 5], ["n", 7, 5], ["n", 3, 5]],
] as const)("maps %s", (maps, a, b, dims) => {
  const left = input("a", { dtype: "f64", dims: [...a] });
  const right = input("b", { dtype: "f64", dims: [...b] });
  const y = contract(parseMaps(maps), left, right, [...dims]);
  const [da, db] = gradients(sum(mul(y, y)), [left, right]);
  const outputs = [y, da!, db!].map((node, i) => ({ name: ["y", "da", "db"][i]!, node }));
  const graph: Graph = { name: "g", inputs: [left, right], states: [], outputs, updates: [] };

  test("keep their values, in the graph and in loops", () => {
    laidOut(graph);
    expectSameValues(graph);
  });
});

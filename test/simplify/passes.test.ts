/** Folding, sharing and broadcasting, each on its own. */
import { describe, expect, test } from "vitest";
import { type Graph, nodesOf } from "../../compiler/graph/graph.ts";
import { interpret } from "../../compiler/graph/interpret.ts";
import { printGraph } from "../../compiler/graph/print.ts";
import { verifyGraph } from "../../compiler/graph/verify.ts";
import { parseGraph } from "../../compiler/ops/parse-graph.ts";
import { absorb } from "../../compiler/simplify/broadcasts.ts";
import { share } from "../../compiler/simplify/cse.ts";
import { fold } from "../../compiler/simplify/fold.ts";

/** The graph after one pass, as text; equal values to 1e-7 before and after. */
function run(pass: (graph: Graph) => Graph, text: string): string {
  const graph = parseGraph(text);
  const result = pass(graph);
  verifyGraph(result);
  const leaves = new Map([...graph.inputs, ...graph.states].map((leaf) => [leaf.attrs.name as string, leaf]));
  const filled = new Map(
    [...leaves].map(([name, leaf]) => {
      const count = leaf.type.dims.reduce<number>((p, d) => p * (d === "n" ? 2 : d), 1);
      return [name, Float64Array.from({ length: count }, (_, i) => Math.sin(i + name.length))] as const;
    }),
  );
  const [want, got] = [graph, result].map((g) => interpret(g, { rows: 2, leaves: filled, seed: 3 }).outputs);
  for (const [name, values] of want!) {
    values.forEach((value, i) => {
      expect(got!.get(name)![i]).toBeCloseTo(value, 7);
    });
  }
  return printGraph(result);
}

describe("fold", () => {
  test("scalars, and what they make", () => {
    expect(
      run(
        fold,
        `graph(x: f64[2])
           a: f64[] = add 1 2
           b: f64[] = sqrt a
           c: f64[] = mul b b
           y: f64[2] = mul x c
           return y`,
      ),
    ).toMatchInlineSnapshot(`
      "graph(x: f64[2])
        y: f64[2] = mul x 2.9999999999999996
        return y = y"
    `);
  });

  test("in f32 each operation rounds once", () => {
    const text = run(
      fold,
      `graph(x: f32[2])
         a: f32[] = add 0.1 0.2
         y: f32[2] = mul x a
         return y`,
    );
    expect(text).toContain(`mul x ${Math.fround(Math.fround(0.1) + Math.fround(0.2))}`);
  });

  test("exp is left to the module, whose last bit may differ", () => {
    expect(run(fold, "graph(x: f64[2])\n a: f64[] = exp 1\n y: f64[2] = mul x a\n return y")).toContain("exp 1");
  });

  test("dense constants, and equal elements as one number", () => {
    expect(
      run(
        fold,
        `graph(x: f64[3])
           c: f64[3] = const values=[1,2,3]
           d: f64[3] = const values=[3,2,1]
           product: f64[3] = mul c d
           total: f64[3] = add c d
           shaped: f64[1,3] = reshape product
           y: f64[1,3] = mul x shaped
           z: f64[3] = mul x total
           return y, z`,
      ),
    ).toMatchInlineSnapshot(`
      "graph(x: f64[3])
        total: f64[3] = broadcast 4
        shaped: f64[1,3] = const values=[3,4,3]
        y: f64[1,3] = mul x shaped
        z: f64[3] = mul x total
        return y = y, z = z"
    `);
  });

  test("a known mask decides a select; masks themselves stay unwritten", () => {
    expect(
      run(
        fold,
        `graph(x: f64[2], y: f64[2])
           more: bool[] = gt 2 1
           less: bool[] = not more
           a: f64[2] = select more x y
           b: f64[2] = select less x y
           return a, b`,
      ),
    ).toMatchInlineSnapshot(`
      "graph(x: f64[2], y: f64[2])
        a: f64[2] = broadcast x
        b: f64[2] = broadcast y
        return a = a, b = b"
    `);
  });

  test("a large constant is not made larger", () => {
    const text = run(
      fold,
      `graph(x: f64[40,40])
         c: f64[40] = const values=[${Array.from({ length: 40 }, (_, i) => i)}]
         d: f64[40,1] = reshape c
         e: f64[40,40] = mul c d
         y: f64[40,40] = mul x e
         return y`,
    );
    expect(text).toContain("mul c d");
  });
});

describe("share", () => {
  test("equal expressions, operands in either order, are one node", () => {
    expect(
      run(
        share,
        `graph(x: f64[2], y: f64[2])
           a: f64[2] = mul x y
           b: f64[2] = mul y x
           c: f64[2] = sub a b
           d: f64[2] = sub b a
           e: f64[2] = add c d
           return e`,
      ),
    ).toMatchInlineSnapshot(`
      "graph(x: f64[2], y: f64[2])
        a: f64[2] = mul x y
        c: f64[2] = sub a a
        e: f64[2] = add c c
        return e = e"
    `);
  });

  test("order matters to sub; attributes and the sign of 0 matter; streams of random numbers too", () => {
    const text = `graph(x: f64[2,2], y: f64[2,2])
           a: f64[2,2] = sub x y
           b: f64[2,2] = sub y x
           c: f64[2] = sum x axes=[0] keep=false
           d: f64[2] = sum x axes=[1] keep=false
           e: f64[2,2] = mul x 0
           f: f64[2,2] = mul x -0
           g: f64[2] = uniform stream=1
           h: f64[2] = uniform stream=2
           return a, b, c, d, e, f, g, h`;
    const graph = parseGraph(text);
    expect(share(graph)).toBe(graph);
  });

  test("random numbers of one stream are one value", () => {
    const graph = share(
      parseGraph(`graph()
        a: f64[2] = uniform stream=1
        b: f64[2] = uniform stream=1
        y: f64[2] = mul a b
        return y`),
    );
    expect(nodesOf(graph).length).toBe(2);
  });
});

describe("absorb", () => {
  test("a stretched operand", () => {
    expect(
      run(
        absorb,
        `graph(x: f64[n,4]; b: f64[4])
           wide: f64[n,4] = broadcast b
           y: f64[n,4] = add wide x
           return y`,
      ),
    ).toMatchInlineSnapshot(`
      "graph(x: f64[n,4]; b: f64[4])
        y: f64[n,4] = add b x
        return y = y"
    `);
  });

  test("computes before it stretches", () => {
    expect(
      run(
        absorb,
        `graph(x: f64[n,4]; b: f64[4], r: f64[])
           wide: f64[n,4] = broadcast b
           scale: f64[n,4] = broadcast r
           a: f64[n,4] = mul wide scale
           b.exp: f64[n,4] = exp a
           y: f64[n,4] = mul x b.exp
           return y`,
      ),
    ).toMatchInlineSnapshot(`
      "graph(x: f64[n,4]; b: f64[4], r: f64[])
        a: f64[4] = mul b r
        b.exp: f64[4] = exp a
        y: f64[n,4] = mul x b.exp
        return y = y"
    `);
  });

  test("keeps a stretch that gives the result its rank", () => {
    expect(
      run(
        absorb,
        `graph(a: f64[3], b: f64[3])
           c: f64[1,3] = reshape a
           d: f64[1,3] = broadcast b
           y: f64[1,3] = add c d
           return y`,
      ),
    ).toMatchInlineSnapshot(`
      "graph(a: f64[3], b: f64[3])
        d: f64[1,3] = broadcast b
        y: f64[1,3] = add a d
        return y = y"
    `);
  });
});

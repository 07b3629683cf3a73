/** What the verifier refuses: each fault planted by hand, as no rule would make it. */
import { expect, test } from "vitest";
import type { Graph } from "../../compiler/graph/graph.ts";
import type { Node } from "../../compiler/graph/node.ts";
import { verifyGraph } from "../../compiler/graph/verify.ts";
import { add, exp, input, neg, state } from "../../compiler/ops/index.ts";
import { parseGraph } from "../../compiler/ops/parse-graph.ts";

const f32 = (dims: readonly ("n" | number)[]) => ({ dtype: "f32", dims }) as const;
const x = input("x", f32([2]));
const w = state("w", f32([2]));

const graph = (parts: Partial<Graph>): Graph => ({
  name: "planted",
  inputs: [x],
  states: [w],
  outputs: [],
  updates: [],
  ...parts,
});
/** A graph that reads a leaf of a type that no caller could ask for. */
const reading = (dims: readonly ("n" | number)[]) => {
  const leaf = { ...x, type: f32(dims) };
  return graph({ inputs: [leaf], outputs: [{ name: "y", node: leaf }] });
};
const returning = (node: Node) => graph({ outputs: [{ name: "y", node }] });

test("a sound graph passes", () => {
  expect(() => verifyGraph(returning(add(x, w)))).not.toThrow();
  expect(() =>
    verifyGraph(parseGraph("graph(x: f32[n,2])\n y: f32[2,n] = transpose x permutation=[1,0]\n return y")),
  ).not.toThrow();
});

test.each([
  [
    "a type that its rule does not give",
    () => returning({ ...neg(x), type: f32([3]) }),
    /neg #\d+ is f32\[3\], its rule gives f32\[2\]/,
  ],
  [
    "an input made after its user",
    () => returning({ ...neg(x), inputs: [exp(x)], id: x.id + 1 }),
    /neg #\d+ reads #\d+, made after it/,
  ],
  ["a poisoned node", () => returning({ ...neg(x), poisoned: true }), /neg #\d+ is poisoned/],
  ["rows that do not stand first", () => reading([2, "n"]), /has a bad extent: f32\[2,n\]/],
  ["an extent of 0", () => reading([0]), /has a bad extent: f32\[0\]/],
  ["an extent that is not whole", () => reading([1.5]), /has a bad extent: f32\[1\.5\]/],
  ["a leaf of no signature", () => returning(neg(input("z", f32([2])))), /z is not in the signature of graph planted/],
  ["two leaves of one name", () => graph({ inputs: [x, input("x", f32([2]))] }), /two leaves are called x/],
  [
    "an update of what is no state",
    () => graph({ updates: [{ state: x, value: w }] }),
    /x is updated but no state of the graph/,
  ],
  [
    "two updates of a state",
    () =>
      graph({
        updates: [
          { state: w, value: x },
          { state: w, value: neg(x) },
        ],
      }),
    /w is updated twice/,
  ],
  [
    "an update of another type",
    () => graph({ inputs: [x, wide], updates: [{ state: w, value: wide }] }),
    /w is f32\[2\], its update f32\[3\]/,
  ],
])("%s is refused", (_name, make, message) => {
  expect(() => verifyGraph(make())).toThrow(message);
});

const wide = input("wide", f32([3]));

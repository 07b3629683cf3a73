/**
 * Guards in any use: a view with a frame, written with `build.where` alone, in sums, maxima, products and epilogues. A guard
 * touches its own reduction only, and what stands outside counts.
 */

import { describe, expect, test } from "vitest";
import { integer, number } from "../../compiler/graph/attributes.ts";
import type { Graph } from "../../compiler/graph/graph.ts";
import { interpret } from "../../compiler/graph/interpret.ts";
import { defineOp } from "../../compiler/graph/ir.ts";
import { apply, type Node } from "../../compiler/graph/node.ts";
import type { Dims } from "../../compiler/graph/types.ts";
import { linear } from "../../compiler/loop/kernel.ts";
import { add, exp, input, matmul, max, mul, pad, reshape, sum, transpose } from "../../compiler/ops/index.ts";
import { loopModule } from "../support/run-loops.ts";
import { expectSameValues, lowered, stageOf } from "../support/stages.ts";

/** Zeros around the last axis, computed by each reader: an op as somebody else might write it. */
const framed = defineOp({
  name: "framed",
  attributes: { before: integer, after: integer, outside: number },
  doc: "y[..., before + i] = x[..., i], `outside` elsewhere.",
  kind: "view",
  method: "exact",
  inputs: ["x"],
  shape: ({ x }, attrs) => ({
    dtype: x.dtype,
    dims: [...x.dims.slice(0, -1), (x.dims.at(-1) as number) + attrs.before + attrs.after],
  }),
  flops: () => 0,
  adjoint: "none",
  reference({ x }, dims, attrs) {
    const [from, to] = [x.dims.at(-1)!, dims.at(-1)!];
    const y = new Float64Array((x.data.length / from) * to).fill(attrs.outside);
    x.data.forEach((value, i) => {
      y[Math.floor(i / from) * to + attrs.before + (i % from)] = value;
    });
    return y;
  },
  element: (build, { x }, at, { attrs }) =>
    build.where(
      x!.type.dims.at(-1) as number,
      1,
      linear([at.at(-1)!], [1], -attrs.before),
      (place) => x!.at([...at.slice(0, -1), place]),
      build.constant(attrs.outside),
    ),
  samples: [],
  rejects: [],
});

const frame = (x: Node, before: number, after: number, outside = 0): Node =>
  apply(framed, [x], { before, after, outside });

const a = input("a", { dtype: "f64", dims: ["n", 4] });
const b = input("b", { dtype: "f64", dims: ["n", 3] });
const w = input("w", { dtype: "f64", dims: [6, 5] });

const graphOf = (node: Node): Graph => ({
  name: "g",
  inputs: [a, b, w],
  states: [],
  outputs: [{ name: "y", node }],
  updates: [],
});

const uses: [string, Node][] = [
  ["a sum of two frames", sum(add(frame(a, 0, 2), frame(b, 3, 0)), [1])],
  ["a sum of a frame and 1", sum(add(frame(a, 1, 1), 1), [1])],
  ["a maximum of negative values in a frame of 0", max(frame(mul(-1, exp(a)), 1, 1), [1])],
  ["a maximum in a frame of -Infinity", max(frame(a, 2, 1, Number.NEGATIVE_INFINITY), [1])],
  ["a frame of 2 in a product", matmul(frame(a, 1, 1, 2), w)],
  ["two frames in one product", sum(mul(frame(a, 0, 2), frame(b, 1, 2)), [1])],
  ["a frame in the epilogue of a sum", add(frame(a, 1, 1), reshape(sum(b, [1]), ["n", 1]))],
  ["a frame in the epilogue of a product", add(matmul(frame(a, 2, 0), w), frame(a, 0, 1, 3))],
  ["a frame of a frame", sum(frame(frame(a, 1, 0, 5), 0, 1, 7), [1])],
  ["a sum over rows and a frame", sum(add(frame(a, 1, 1), 1))],
  ["exp of a frame, summed", sum(exp(frame(a, 1, 1)), [1])],
  ["a transposed frame, summed", sum(transpose(frame(w, 1, 1), [1, 0]), [0])],
  ["a maximum over both axes of a frame", max(frame(mul(-1, exp(w)), 1, 0), [0, 1])],
];

describe("a guard that readers compute themselves", () => {
  test.each(uses)("%s", (_, node) => expectSameValues(graphOf(node)));

  test("has the values of the arithmetic", () => {
    const ones = new Map([
      ["a", [1, 2, 3, 4]],
      ["b", [5, 6, 7]],
      ["w", new Array(30).fill(0)],
    ]);
    const at = (node: Node) =>
      loopModule(graphOf(node), { batch: 1, dtype: "f64" }).run({ rows: 1, leaves: ones }).outputs.get("y")![0];
    expect(at(uses[0]![1])).toBe(10 + 18);
    expect(at(uses[1]![1])).toBe(10 + 6);
    expect(at(uses[2]![1])).toBe(0);
  });
});

describe("pad, which memory gets", () => {
  const padded = (dims: Dims, before: readonly number[], value = 0): Node => pad(a, dims, before, [1, 1], value);
  test.each([
    ["a sum", sum(add(padded(["n", 6], [0, 1]), 1), [1])],
    ["a maximum", max(padded(["n", 7], [0, 2], -9), [1])],
    ["a product", matmul(padded(["n", 6], [0, 1], 2), w)],
    ["elementwise ops", exp(mul(padded(["n", 6], [0, 2]), 2))],
    ["what it alone reads", sum(pad(exp(a), ["n", 9], [0, 1], [1, 2]), [1])],
  ])("in %s", (_, node) => expectSameValues(graphOf(node)));

  test("lets an infinite factor beside its zeros give NaN, as a product of zero with it is", () => {
    const leaves = new Map([
      ["a", [1, 1, 1, 1]],
      ["b", [0, 0, 0]],
      ["w", new Array(30).fill(1).fill(Number.POSITIVE_INFINITY, 0, 5)],
    ]);
    const call = { rows: 1, leaves };
    const graph = graphOf(matmul(padded(["n", 6], [0, 1]), w));
    expect(loopModule(graph, { batch: 1, dtype: "f64" }).run(call).outputs.get("y")![0]).toBeNaN();
    expect(interpret(graph, call).outputs.get("y")![0]).toBeNaN();
  });
});

test("points that a guard excludes keep their part of the sum, beside those that count", () => {
  expect(stageOf("lower", graphOf(uses[0]![1]))).toMatchInlineSnapshot(`
    "kernel g.0 [i0<n]
      %out/y[i0] = sum[r0<3](add(a[4*i0 + r0], 0))[](add(a[4*i0 + 3], b[3*i0]))[r0<2](add(0, b[3*i0 + r0 + 1]))"
  `);
});

test("a padded value is stored in boxes", () => {
  expect(
    lowered(`graph(x: f32[n,3])
  %1: f32[n,5] = pad x before=[0,1] step=[1,1] value=0
  y: f32[n,5] = exp %1
  return y`),
  ).toMatchInlineSnapshot(`
    "kernel g.0.0 of g.0 [i0<n, i1<2]
      g.%1[5*i0 + 4*i1] = 0
    kernel g.0.1 of g.0 [i0<n, i1<3]
      g.%1[5*i0 + i1 + 1] = x[3*i0 + i1]
    kernel g.1 [i0<5*n]
      %out/y[i0] = exp(g.%1[i0])"
  `);
});

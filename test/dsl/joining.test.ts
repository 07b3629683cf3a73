/** concat, slice and pad: their elements and gradients, in loops, how often they are stored, and what they refuse. */
import { readFileSync } from "node:fs";
import {
  classes,
  concat,
  constant,
  conv2d,
  dense,
  greater,
  model,
  pad,
  parameter,
  relu,
  reshape,
  sgd,
  slice,
  softmaxCrossEntropy,
  type Tensor,
  tanh,
} from "nabla";
import { load } from "nabla/runtime";
import { describe, expect, test } from "vitest";
import { compile } from "../../compiler/compile.ts";
import { decodeSafetensors } from "../../compiler/data/safetensors.ts";
import { buildProgram } from "../../compiler/program/program.ts";
import { expectModelGradients } from "../support/model-gradients.ts";
import { fused, lowered } from "../support/stages.ts";
import { type Argument, errorsOf, expectGradient, perRow, run, shapeOf, shared } from "./support.ts";

type Vector = Tensor<[number]>;
type Matrix = Tensor<[number, number]>;

const a = perRow(2, [1, 2, 3, 4]);
const b = perRow(1, [5, 6]);
const square: Argument = { dims: ["n", 2, 2], data: [1, 2, 3, 4, 5, 6, 7, 8] };

describe("concat", () => {
  test("puts features beside features, as many as there are", () => {
    expect(run((x: Vector, y: Vector) => concat([x, y]), a, b)).toEqual([1, 2, 5, 3, 4, 6]);
    expect(run((x: Vector, y: Vector) => concat([y, x, y, y]), a, b)).toEqual([5, 1, 2, 5, 5, 6, 3, 4, 6, 6]);
    expect(run((x: Vector) => concat([x]), a)).toEqual([1, 2, 3, 4]);
  });

  test("along another axis", () => {
    const below = (x: Matrix) => concat([x, x], 0);
    expect(run(below, square)).toEqual([1, 2, 3, 4, 1, 2, 3, 4, 5, 6, 7, 8, 5, 6, 7, 8]);
    expect(shapeOf(below, square)).toEqual(["n", 4, 2]);
    expect(run((x: Matrix) => concat([x, x], -1), square)).toEqual([1, 2, 1, 2, 3, 4, 3, 4, 5, 6, 5, 6, 7, 8, 7, 8]);
  });

  test("repeats in each row what has none", () => {
    const token = shared([1], [9]);
    expect(run((x: Vector, t: Vector) => concat([t, x]), a, token)).toEqual([9, 1, 2, 9, 3, 4]);
    expect(run((t: Vector, s: Vector) => concat([t, s]), token, shared([2], [7, 8]))).toEqual([9, 7, 8]);
    expectGradient((x: Vector, t: Vector) => tanh(concat([t, x, t])), a, token);
  });

  test("as PyTorch", () => {
    const { tensors } = decodeSafetensors(readFileSync(new URL("./pools.safetensors", import.meta.url)));
    const [x, y, out] = ["in0", "in1", "out"].map((part) => tensors.get(`concat/${part}`)!);
    const values = run((p: Vector, q: Vector) => concat([p, q]), perRow(3, x!.data), perRow(4, y!.data));
    expect(values).toEqual([...out!.data]);
  });

  test("has the gradient of differences", () => {
    expectGradient((x: Vector, y: Vector) => tanh(concat([x, y, x])), a, b);
    expectGradient((x: Matrix) => tanh(concat([tanh(x), x], 0)), square);
  });
});

test("slice and pad", () => {
  expect(run((x: Matrix) => slice(x, 1, 1), square)).toEqual([2, 4, 6, 8]);
  expect(run((x: Matrix) => slice(x, 0, -2, -1), square)).toEqual([1, 2, 5, 6]);
  expect(run((x: Vector) => pad(x, 0, 1, 2), a)).toEqual([0, 1, 2, 0, 0, 0, 3, 4, 0, 0]);
  expect(run((x: Vector) => pad(x, -1, 0, 1, -3), a)).toEqual([1, 2, -3, 3, 4, -3]);
  expectGradient((x: Matrix) => tanh(pad(slice(x, 1, 0, 1), 0, 1, 0, 2)), square);
});

describe("memory", () => {
  test("all parts are computed in the loops that fill one concat, and its readers read that", () => {
    const text = `graph(x: f64[n,3], y: f64[n,2]; w: f64[6,2])
      a: f64[n,3] = tanh x
      b: f64[n,1] = sum y axes=[1] keep=true
      c: f64[n,5] = concat a y axis=1
      d: f64[n,6] = concat c b axis=1
      p: f64[n,2] = matmul d w
      return p`;
    expect(fused(text)).toMatchInlineSnapshot(`
      "inline
        a: f64[n,3] = tanh x
        c: f64[n,5] = concat a y axis=1
      group 0 [n,1] sum -> b
        b: f64[n,1] = sum y axes=[1] keep=true
      group 1 [n,6] concat -> d
        d: f64[n,6] = concat c b axis=1
      group 2 [n,2] matmul -> p
        p: f64[n,2] = matmul d w
      return p = p"
    `);
    expect(lowered(text)).toMatchInlineSnapshot(`
      "kernel g.0 [i0<n]
        g.b[i0] = sum[r0<2](y[2*i0 + r0])
      kernel g.1.0 of g.1 [i0<n, i1<3]
        g.d[6*i0 + i1] = tanh(x[3*i0 + i1])
      kernel g.1.1 of g.1 [i0<n, i1<2]
        g.d[6*i0 + i1 + 3] = y[2*i0 + i1]
      kernel g.1.2 of g.1 [i0<n]
        g.d[6*i0 + 5] = g.b[i0]
      kernel g.2 [i0<n, i1<2]
        %out/p[2*i0 + i1] = sum[r0<6](mul(g.d[6*i0 + r0], w[2*r0 + i1]))"
    `);
  });

  test("a convolution over a concat fills its frame with both", () => {
    const text = fused(`graph(x: f64[n,4,4,2], y: f64[n,4,4,1]; w: f64[3,3,3,2])
      c: f64[n,4,4,3] = concat x y axis=3
      p: f64[n,4,4,2] = convolution c w stride=[1,1] padding=[1,1] dilation=[1,1]
      return p`);
    expect(text.match(/^group/gm)).toHaveLength(2);
  });
});

/** Two branches of a picture, joined as channels and again as features, beside a parameter. */
const branches = model({
  inputs: { image: [4, 4, 2], age: [1] },
  targets: { digit: classes(3) },
  batch: 5,
  forward({ image, age }) {
    const fine = relu(conv2d(image, 3, { kernel: 3, padding: 1 }));
    const both = concat([fine, image, slice(fine, 2, 0, 1)]);
    const coarse = tanh(conv2d(both, 2, { kernel: 3, stride: 2, padding: 1 }));
    const token = parameter([2], constant(0.5), { name: "token" });
    return { logits: dense(concat([reshape(coarse, [8]), age, token]), 3) };
  },
  loss: ({ logits }, { digit }) => softmaxCrossEntropy(logits, digit),
  optimizer: sgd({ rate: 0.1 }),
});

test("a network of branches has the gradients of differences", () =>
  expectModelGradients(buildProgram(branches, { dtype: "f64" }), 2));

test.each(["f32", "f64"] as const)(
  "its inference module answers as its training module at every n, %s",
  async (dtype) => {
    const [train, infer] = await Promise.all(
      (["train", "infer"] as const).map(async (mode) =>
        load((await compile(branches, { mode, dtype, seed: 3 })).wasm as BufferSource),
      ),
    );
    for (let rows = 1; rows <= 5; rows++) {
      const image = Array.from({ length: 32 * rows }, (_, i) => Math.sin(i * i));
      const age = Array.from({ length: rows }, (_, i) => i / 4);
      const [want, got] = [train!, infer!].map((net) => [...net.infer({ image, age }).logits!]) as [number[], number[]];
      want.forEach((value, i) => {
        expect(Math.abs(got[i]! - value)).toBeLessThan(dtype === "f32" ? 1e-6 : 1e-14);
      });
    }
  },
);

describe("refuses", () => {
  const refusal = (forward: (image: Tensor<[4, 4, 2]>, age: Vector) => unknown) =>
    errorsOf(() =>
      buildProgram(
        model({ ...branches.spec, forward: ({ image, age }) => ({ logits: forward(image, age) as Tensor<[3]> }) }),
      ),
    );
  test.each([
    [
      "other extents beside",
      (x: never, y: never) => concat([x, slice(x, 0, 0, 2)], 2) && concat([x, y]),
      "shape/differ",
    ],
    ["an axis that is none", (x: never) => concat([x, x], 3), "attribute/range"],
    ["an empty list", () => concat([] as never), "attribute/range"],
    ["no list", (x: never) => concat(x), "attribute/range"],
    ["a number", (x: never) => concat([x, 3 as never]), "dsl/not-a-tensor"],
    ["a mask", (x: never) => concat([greater(x, 0) as never, x]), "type/dtype"],
    ["a mask in a frame", (x: never) => pad(greater(x, 0) as never, 0, 1, 1), "type/dtype"],
    ["a part outside", (x: never) => slice(x, 0, 1, 5), "attribute/range"],
    ["an empty part", (x: never) => slice(x, 0, 2, 2), "attribute/range"],
    ["half a place", (x: never) => slice(x, 0, 0.5), "attribute/range"],
    ["a frame that cuts", (x: never) => pad(x, 0, -1, 0), "attribute/range"],
    ["a frame of NaN", (x: never) => pad(x, 0, 1, 0, Number.NaN), "attribute/range"],
  ] as const)("%s", (_, forward, code) => {
    expect(refusal(forward as never)).toContain(code);
  });
});

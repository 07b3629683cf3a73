/** Pools: by hand, as PyTorch has them, at ties, their kernels, and what they refuse. */
import { readFileSync } from "node:fs";
import {
  averagePool1d,
  averagePool2d,
  maxPool1d,
  maxPool2d,
  meanSquaredError,
  model,
  type PoolOptions,
  sgd,
  type Tensor,
  transpose,
} from "nabla";
import { describe, expect, test } from "vitest";
import { gradients } from "../../compiler/adjoint/build.ts";
import { decodeSafetensors } from "../../compiler/data/safetensors.ts";
import { createBuild, duringBuild } from "../../compiler/dsl/build.ts";
import type { Graph } from "../../compiler/graph/graph.ts";
import { interpret } from "../../compiler/graph/interpret.ts";
import type { Node } from "../../compiler/graph/node.ts";
import { input, mul, sum } from "../../compiler/ops/index.ts";
import { buildProgram } from "../../compiler/program/program.ts";
import { Random } from "../support/random.ts";
import { expectSameValues, stageOf } from "../support/stages.ts";
import { type Argument, errorsOf, expectClose, expectGradient, gradientOf, run, shapeOf } from "./support.ts";

type Image = Tensor<[number, number, number]>;
type Sequence = Tensor<[number, number]>;
type Options2d = PoolOptions<number | readonly [number, number]>;

/** y[n, i, j, c] by the formula, over what is inside; `counts` is what a mean divides by. */
function pooled(x: number[], [n, h, w, c]: readonly number[], options: Options2d, isMax: boolean): number[] {
  const two = (pair: number | readonly [number, number]) => (typeof pair === "number" ? [pair, pair] : pair);
  const kernel = two(options.kernel);
  const [stride, padding, dilation] = [options.stride ?? kernel, options.padding ?? 0, options.dilation ?? 1].map((o) =>
    two(o as number),
  );
  const size = [h!, w!].map(
    (extent, a) => Math.floor((extent + 2 * padding![a]! - dilation![a]! * (kernel[a]! - 1) - 1) / stride![a]!) + 1,
  );
  const y: number[] = [];
  for (let row = 0; row < n!; row++)
    for (let i = 0; i < size[0]!; i++)
      for (let j = 0; j < size[1]!; j++)
        for (let channel = 0; channel < c!; channel++) {
          const covered: number[] = [];
          for (let p = 0; p < kernel[0]!; p++)
            for (let q = 0; q < kernel[1]!; q++) {
              const [at, to] = [
                i * stride![0]! + p * dilation![0]! - padding![0]!,
                j * stride![1]! + q * dilation![1]! - padding![1]!,
              ];
              if (at >= 0 && at < h! && to >= 0 && to < w!)
                covered.push(x[((row * h! + at) * w! + to) * c! + channel]!);
            }
          y.push(isMax ? Math.max(...covered) : covered.reduce((a, b) => a + b, 0) / (kernel[0]! * kernel[1]!));
        }
  return y;
}

const image = (...dims: number[]): Argument => ({
  dims: ["n", ...dims.slice(1)],
  data: [...new Random(dims.length + dims[1]!).array(dims.reduce((a, b) => a * b, 1))],
});

const options: [Options2d, number[]][] = [
  [{ kernel: 2 }, [2, 4, 6, 3]],
  [{ kernel: 2 }, [1, 5, 7, 2]],
  [{ kernel: 3, stride: 2, padding: 1 }, [2, 7, 8, 2]],
  [{ kernel: 3, stride: 1, padding: 1 }, [1, 5, 4, 3]],
  [{ kernel: [1, 3], stride: [2, 1] }, [2, 5, 4, 1]],
  [{ kernel: 2, stride: 3, padding: 1 }, [1, 7, 4, 5]],
  [{ kernel: 2, stride: 1, padding: 1, dilation: 2 }, [1, 5, 6, 2]],
  [{ kernel: [5, 4] }, [3, 5, 4, 2]],
];

describe.each(options)("%j of %j", (given, dims) => {
  const x = image(...dims);
  test("is the formula", () => {
    const data = x.data as number[];
    expectClose(
      run((a: Image) => maxPool2d(a, given), x),
      pooled(data, dims, given, true),
    );
    expectClose(
      run((a: Image) => averagePool2d(a, given), x),
      pooled(data, dims, given, false),
    );
  });
  test("has the gradient of differences", () => {
    expectGradient((a: Image) => maxPool2d(a, given), x);
    expectGradient((a: Image) => averagePool2d(a, given), x);
  });
  test("in loops, with its adjoint, at every number of rows", () => {
    for (const dtype of ["f32", "f64"] as const)
      for (const pool of [maxPool2d, averagePool2d])
        expectSameValues(
          poolGraph(dims, (a) => pool(a, given), dtype),
          true,
        );
  });
});

test("one axis", () => {
  const x: Argument = { dims: ["n", 5, 2], data: [1, 10, 4, 20, 3, -1, -2, 0, 9, 7] };
  expect(run((a: Sequence) => maxPool1d(a, { kernel: 2 }), x)).toEqual([4, 20, 3, 0]);
  expect(run((a: Sequence) => averagePool1d(a, { kernel: 3, stride: 2, padding: 1 }), x)).toEqual(
    [5, 30, 5, 19, 7, 7].map((total) => total / 3),
  );
  expect(shapeOf((a: Sequence) => maxPool1d(a, { kernel: 2, stride: 1 }), x)).toEqual(["n", 4, 2]);
  expectGradient((a: Sequence) => maxPool1d(a, { kernel: 3, stride: 1, padding: 1 }), x);
});

test("equal maxima share the gradient of their window, NaN wins", () => {
  const x: Argument = { dims: ["n", 2, 2, 1], data: [3, 1, 3, 3] };
  const [a, b, c, d] = gradientOf((value: Image) => maxPool2d(value, { kernel: 2 }), x) as [
    number,
    number,
    number,
    number,
  ];
  expect([a, b, c]).toEqual([d, 0, d]);
  expect(a).toBeGreaterThan(0.1);
  expect(run((value: Image) => maxPool2d(value, { kernel: 2 }), { ...x, data: [1, Number.NaN, 5, 2] })).toEqual([
    Number.NaN,
  ]);
});

describe("as PyTorch", () => {
  const { tensors } = decodeSafetensors(readFileSync(new URL("./pools.safetensors", import.meta.url)));
  const chw = (a: Image) => transpose(a, [2, 0, 1]);
  const hwc = (a: Image) => transpose(a, [1, 2, 0]);
  test.each([
    ["pool_max_2", (a: Image) => maxPool2d(a, { kernel: 2 })],
    ["pool_max_3s1_overlap", (a: Image) => maxPool2d(a, { kernel: 3, stride: 1 })],
    ["pool_avg_3s2p1_include", (a: Image) => averagePool2d(a, { kernel: 3, stride: 2, padding: 1 })],
  ] as const)("%s", (name, pool) => {
    const [x, upstream] = ["in0", "upstream"].map((part) => tensors.get(`${name}/${part}`)!);
    const rows = x!.shape[0]!;
    const leaves = [x!, upstream!].map(({ shape }, i) =>
      input(`x${i}`, { dtype: "f64", dims: ["n", ...shape.slice(1)] }),
    );
    const y = duringBuild(createBuild("f64"), () => chw(pool(hwc(leaves[0] as never)) as never)) as unknown as Node;
    const [dx] = gradients(sum(mul(y, leaves[1]!)), [leaves[0]!]);
    const outputs = [
      { name: "out", node: y },
      { name: "grad0", node: dx! },
    ];
    const graph: Graph = { name: "g", inputs: leaves, states: [], outputs, updates: [] };
    const got = interpret(graph, {
      rows,
      leaves: new Map([
        ["x0", x!.data],
        ["x1", upstream!.data],
      ]),
    }).outputs;
    for (const part of ["out", "grad0"]) {
      const want = [...tensors.get(`${name}/${part}`)!.data];
      const largest = Math.max(...want.map(Math.abs));
      expectClose(got.get(part)!, want, 1e-10 * Math.min(1, largest));
    }
  });
});

/** Value and adjoint of a pool of the DSL, as a graph. */
function poolGraph([, ...dims]: readonly number[], pool: (x: Image) => unknown, dtype: "f32" | "f64" = "f64"): Graph {
  const x = input("x", { dtype, dims: ["n", ...dims] });
  const y = duringBuild(createBuild(dtype), () => pool(x as never)) as Node;
  const dy = input("dy", y.type);
  const [dx] = gradients(sum(mul(y, dy)), [x]);
  const outputs = [
    { name: "y", node: y },
    { name: "dx", node: dx! },
  ];
  return { name: "g", inputs: [x, dy], states: [], outputs, updates: [] };
}

describe("kernels", () => {
  test("2 x 2: one forward, two backwards, whose boxes are the places in a window", () => {
    const graph = poolGraph([1, 6, 6, 4], (x) => maxPool2d(x, { kernel: 2 }));
    expect(stageOf("lower", graph, true)).toMatchInlineSnapshot(`
      "kernel g.0 [i0<3*n, i2<3, i3<4]
        %out/y[4*i2 + i3 + 12*i0] = max[r0<2, r1<2](x[24*r0 + 8*i2 + 4*r1 + i3 + 48*i0])
      kernel g.1 [i0<3*n, i2<3, i3<4]
        g.%7[4*i2 + i3 + 12*i0] = div(dy[4*i2 + i3 + 12*i0], sum[r0<2, r1<2](select(eq(x[24*r0 + 8*i2 + 4*r1 + i3 + 48*i0], %out/y[4*i2 + i3 + 12*i0]), 1, 0)))
      kernel g.2.0 of g.2 [i0<3*n, i2<3, i3<4]
        %out/dx[8*i2 + i3 + 48*i0] = select(eq(x[8*i2 + i3 + 48*i0], %out/y[4*i2 + i3 + 12*i0]), g.%7[4*i2 + i3 + 12*i0], 0)
      kernel g.2.1 of g.2 [i0<3*n, i2<3, i3<4]
        %out/dx[8*i2 + i3 + 48*i0 + 4] = select(eq(x[8*i2 + i3 + 48*i0 + 4], %out/y[4*i2 + i3 + 12*i0]), g.%7[4*i2 + i3 + 12*i0], 0)
      kernel g.2.2 of g.2 [i0<3*n, i2<3, i3<4]
        %out/dx[8*i2 + i3 + 48*i0 + 24] = select(eq(x[8*i2 + i3 + 48*i0 + 24], %out/y[4*i2 + i3 + 12*i0]), g.%7[4*i2 + i3 + 12*i0], 0)
      kernel g.2.3 of g.2 [i0<3*n, i2<3, i3<4]
        %out/dx[8*i2 + i3 + 48*i0 + 28] = select(eq(x[8*i2 + i3 + 48*i0 + 28], %out/y[4*i2 + i3 + 12*i0]), g.%7[4*i2 + i3 + 12*i0], 0)"
    `);
  });

  test("3 x 3 with padding: the frame is made once, and both directions read it without a guard", () => {
    const graph = poolGraph([1, 8, 8, 4], (x) => maxPool2d(x, { kernel: 3, stride: 2, padding: 1 }));
    expect(stageOf("schedule", graph, true)).toMatchInlineSnapshot(`
      "inline
        %2: f64[n,4,4,3,3,4] = windows %1 maps=a0,2i0+p0,2i1+p1,a3->a0,i0,i1,p0,p1,a3 value=-Infinity
        %4: f64[n,4,4,1,1,4] = reshape %3
        %5: bool[n,4,4,3,3,4] = eq %2 %4
        %6: f64[n,4,4,3,3,4] = select %5 1 0
        %9: f64[n,4,4,1,1,4] = reshape %8
        %10: f64[n,4,4,3,3,4] = select %5 %9 0
      group 0 [n,9,9,4] pad -> %1
        %1: f64[n,9,9,4] = pad x before=[0,1,1,0] step=[1,1,1,1] value=-Infinity
      group 1 [n,4,4,4] max -> %3
        %3: f64[n,4,4,4] = max %2 axes=[3,4] keep=false
      group 2 [n,4,4,4] sum div -> %8
        %7: f64[n,4,4,4] = sum %6 axes=[3,4] keep=false
        %8: f64[n,4,4,4] = div dy %7
      group 3 [n,8,8,4] fold -> %11
        %11: f64[n,8,8,4] = fold %10 maps=a0,i0,i1,p0,p1,a3->a0,2i0+p0-1,2i1+p1-1,a3
      return y = %3, dx = %11"
    `);
    expect(stageOf("lower", graph, true)).not.toContain("where");
  });
});

describe("refuses", () => {
  const net = (forward: (x: Image) => Tensor<never>) =>
    model({
      inputs: { x: [6, 6, 1] },
      targets: { t: [1] },
      batch: 2,
      forward: ({ x }) => ({ y: forward(x as never) }),
      loss: ({ y }, { t }) => meanSquaredError(y as never, t),
      optimizer: sgd({ rate: 0.1 }),
    });
  const refusal = (forward: (x: Image) => unknown) => errorsOf(() => buildProgram(net(forward as never)));

  test.each([
    ["no kernel", {}, "attribute/range"],
    ["a kernel of three", { kernel: [2, 2, 2] }, "attribute/range"],
    ["a stride of 0", { kernel: 2, stride: 0 }, "attribute/range"],
    ["a window that does not fit", { kernel: 7 }, "shape/window"],
    ["an unknown option", { kernel: 2, pad: 1 }, "dsl/unknown-key"],
    ["options that are none", 2, "wrong kind"],
  ])("%s", (_, given, code) => {
    expect(refusal((x) => maxPool2d(x, given as never))).toContain(code);
    expect(refusal((x) => averagePool2d(x, given as never))).toContain(code);
  });

  test("a maximum over padding alone", () => {
    expect(refusal((x) => maxPool2d(x, { kernel: 2, padding: 2 }))).toContain("padding");
    expect(refusal((x) => maxPool2d(x, { kernel: 2, padding: 3, dilation: 8, stride: 1 }))).toContain("padding");
  });

  test("what is no image, and no sequence", () => {
    expect(refusal((x) => maxPool1d(x as never, { kernel: 2 }))).toContain("one sequence a row");
    expect(refusal((x) => maxPool2d(maxPool2d(x, { kernel: 2 }) && (2 as never), { kernel: 2 }))).toContain(
      "dsl/not-a-tensor",
    );
  });
});

/** Convolution and both adjoints: loops against the interpreter over a grid; no guard and no im2col buffer is left. */
import { expect, test } from "vitest";
import { gradients } from "../../compiler/adjoint/build.ts";
import type { Graph } from "../../compiler/graph/graph.ts";
import { convolution, input, mul, sum } from "../../compiler/ops/index.ts";
import { loopModule } from "../support/run-loops.ts";
import { expectSameValues, lowered, tiled } from "../support/stages.ts";

/** y, dx and dw of one window; at the test's batch of 6, for each n from 1 on. */
function both(window: number, step: number, zeros: number, dilation: number, channels: number): Graph {
  const x = input("x", { dtype: "f64", dims: ["n", 7, 6, channels] });
  const w = input("w", { dtype: "f64", dims: [window, Math.min(window + 1, 3), channels, 3] });
  const y = convolution(x, w, {
    stride: [step, 1],
    padding: [zeros, zeros],
    dilation: [dilation, 1],
  });
  const dy = input("dy", y.type);
  const [dx, dw] = gradients(sum(mul(y, dy)), [x, w]);
  const outputs = [
    { name: "y", node: y },
    { name: "dx", node: dx! },
    { name: "dw", node: dw! },
  ];
  return { name: "g", inputs: [x, w, dy], states: [], outputs, updates: [] };
}

const grid = [1, 2, 3].flatMap((window) =>
  [1, 2, 3].flatMap((step) => [0, 1, 2].flatMap((zeros) => [1, 2].map((d) => [window, step, zeros, d] as const))),
);

test.each(grid)("window %i, stride %i, padding %i, dilation %i", (window, step, zeros, dilation) => {
  for (const channels of [1, 2]) expectSameValues(both(window, step, zeros, dilation, channels));
});

test("forward and both adjoints have two frames and the turned weights as their only temporaries", () => {
  const { compiled } = loopModule(both(3, 2, 1, 1, 2), { batch: 6, dtype: "f64" });
  expect(compiled.plan.assignment.temporaries.map(({ node }) => node.op.name)).toMatchInlineSnapshot(`
    [
      "pad",
      "pad",
    ]
  `);
});

const padded = `graph(x: f32[n,8,8,4]; w: f32[3,1,4,8])
  y: f32[n,8,8,8] = convolution x w stride=[1,1] padding=[1,0] dilation=[1,1]
  return y`;

test("a convolution is one nest without guards, over a frame of zeros", () => {
  expect(lowered(padded)).toMatchInlineSnapshot(`
    "kernel g.0.0 of g.0 [i0<n, i1<2, i2<32]
      g.y.1[320*i0 + 288*i1 + i2] = 0
    kernel g.0.1 of g.0 [i0<n, i1<256]
      g.y.1[320*i0 + i1 + 32] = x[256*i0 + i1]
    kernel g.1 [i0<n, i1<64, i3<8]
      %out/y[512*i0 + i3 + 8*i1] = sum[r0<3, r2<4](mul(g.y.1[320*i0 + 32*r0 + r2 + 4*i1], w[32*r0 + 8*r2 + i3]))"
  `);
  expect(tiled(padded)).toMatchInlineSnapshot(`
    "g.0.0: lanes along i2 x1
    g.0.1: lanes along i1 x1
    g.1: lanes along i3 x2, i1 by 4, last rows x2"
  `);
});

/** What the cost model chooses for shapes that were measured; a change here wants a new measurement. */
import { expect, test } from "vitest";
import { printTile } from "../../compiler/loop/tiling.ts";
import { tiledKernels } from "../support/stages.ts";

const forward = (inputs: number, outputs: number) => `
  graph g(x: f32[n,${inputs}]; w: f32[${inputs},${outputs}], b: f32[${outputs}])
    h: f32[n,${outputs}] = matmul x w
    y: f32[n,${outputs}] = add h b
    return y`;
const weightGradient = (inputs: number, outputs: number) => `
  graph g(x: f32[n,${inputs}], dy: f32[n,${outputs}])
    t: f32[${inputs},n] = transpose x permutation=[1,0]
    dw: f32[${inputs},${outputs}] = matmul t dy
    return dw`;
const inputGradient = (inputs: number, outputs: number) => `
  graph g(dy: f32[n,${outputs}]; w: f32[${inputs},${outputs}])
    t: f32[${outputs},${inputs}] = transpose w permutation=[1,0]
    dx: f32[n,${inputs}] = matmul dy t
    return dx`;
const biasGradient = (_: number, outputs: number) => `
  graph g(dy: f32[n,${outputs}])
    db: f32[${outputs}] = sum dy axes=[0] keep=false
    return db`;

const shapes = [
  [784, 128],
  [128, 64],
  [64, 10],
  [4, 16],
  [16, 3],
  [128, 8],
  [8, 128],
  [512, 512],
] as const;

/** "784 x 128   lanes along ..." */
const chosen = (graph: (inputs: number, outputs: number) => string, batch: number): string =>
  shapes
    .map(([inputs, outputs]) => {
      const [kernel] = tiledKernels(graph(inputs, outputs), batch);
      return `${inputs} x ${outputs}`.padEnd(12) + printTile(kernel!.tile);
    })
    .join("\n");

test("forward, 32 rows: 4 x 2 vectors where columns allow it; one row at a time where a call is over in no time", () => {
  expect(chosen(forward, 32)).toMatchInlineSnapshot(`
    "784 x 128   lanes along i1 x2, i0 by 4, last rows x6
    128 x 64    lanes along i1 x2, i0 by 4, last rows x6
    64 x 10     lanes along i1 x3, i0 by 2, last rows x3
    4 x 16      lanes along i1 x4
    16 x 3      lanes along i1 x1, i0 by 4, last rows x1
    128 x 8     lanes along i1 x2, i0 by 4, last rows x2
    8 x 128     lanes along i1 x2, i0 by 4, last rows x6
    512 x 512   lanes along i1 x2, i0 by 4, last rows x6"
  `);
});

test("forward, one row: as many chains of additions as registers hold", () => {
  expect(chosen(forward, 1)).toMatchInlineSnapshot(`
    "784 x 128   lanes along i1 x6
    128 x 64    lanes along i1 x6
    64 x 10     lanes along i1 x3
    4 x 16      lanes along i1 x4
    16 x 3      lanes along i1 x1
    128 x 8     lanes along i1 x2
    8 x 128     lanes along i1 x6
    512 x 512   lanes along i1 x6"
  `);
});

test("gradients of weights", () => {
  expect(chosen(weightGradient, 32)).toMatchInlineSnapshot(`
    "784 x 128   lanes along i1 x2, i0 by 4, last rows x6
    128 x 64    lanes along i1 x2, i0 by 4, last rows x6
    64 x 10     lanes along i1 x2, i0 by 4, last rows x3
    4 x 16      lanes along i1 x2, i0 by 4, last rows x4
    16 x 3      lanes along i1 x1, i0 by 4, last rows x1
    128 x 8     lanes along i1 x2, i0 by 4, last rows x2
    8 x 128     lanes along i1 x2, i0 by 4, last rows x6
    512 x 512   lanes along i1 x2, i0 by 4, last rows x6"
  `);
});

test("gradients of inputs: lanes across the sum", () => {
  expect(chosen(inputGradient, 32)).toMatchInlineSnapshot(`
    "784 x 128   lanes across r0 x1, i0 by 4, i1 by 2
    128 x 64    lanes across r0 x1, i0 by 4, i1 by 2
    64 x 10     lanes across r0 x1, i0 by 4, i1 by 2
    4 x 16      lanes across r0 x1, i1 by 4
    16 x 3      lanes across r0 x1, i0 by 4, i1 by 2
    128 x 8     lanes across r0 x1, i0 by 4, i1 by 2
    8 x 128     lanes across r0 x1, i0 by 4, i1 by 2
    512 x 512   lanes across r0 x1, i0 by 4, i1 by 2"
  `);
});

test("gradients of biases", () => {
  expect(chosen(biasGradient, 32)).toMatchInlineSnapshot(`
    "784 x 128   lanes along i0 x4
    128 x 64    lanes along i0 x4
    64 x 10     lanes along i0 x3
    4 x 16      lanes along i0 x4
    16 x 3      lanes along i0 x1
    128 x 8     lanes along i0 x2
    8 x 128     lanes along i0 x4
    512 x 512   lanes along i0 x4"
  `);
});

/**
 * Kernels compute what the graph says before there is any loop: lowering, boxes, frames, panels and the turns of loops, by the
 * interpreters of both levels.
 */
import { expect, test } from "vitest";
import { gradients } from "../../compiler/adjoint/build.ts";
import type { Graph } from "../../compiler/graph/graph.ts";
import { interpret } from "../../compiler/graph/interpret.ts";
import { printGraph } from "../../compiler/graph/print.ts";
import { printKernel } from "../../compiler/loop/print-kernel.ts";
import { convolution, input, mul, sum } from "../../compiler/ops/index.ts";
import { parseGraph } from "../../compiler/ops/parse-graph.ts";
import { firstFault } from "../support/close.ts";
import { randomUpdates } from "../support/random-updates.ts";
import type { GraphOptions } from "../support/run-graph.ts";
import { loopModule } from "../support/run-loops.ts";
import { dtypeOf, leafValues } from "../support/stages.ts";

const batch = 5;
const count = Number(process.env.NABLA_GRAPHS ?? 100);
const firstSeed = Number(process.env.NABLA_SEED ?? 1);

/** The kernels as text, for what a test says of them. */
function expectKernels(graph: Graph, options: Omit<GraphOptions, "batch" | "dtype"> = {}): string {
  const dtype = dtypeOf(graph);
  const module = loopModule(graph, { batch, dtype, ...options });
  const text = module.compiled.tiles.map(({ kernel }) => printKernel(kernel)).join("\n");
  for (const rows of [1, batch]) {
    const call = { rows, leaves: leafValues(graph, rows), seed: 5, step: 2 };
    const fault = firstFault(module.runKernels(call), interpret(graph, call), dtype === "f32" ? 3e-4 : 1e-10);
    if (fault) expect.fail(`${rows} rows: ${fault}\n${printGraph(graph)}\n${text}`);
  }
  return text;
}

test(`${count} random graphs from seed ${firstSeed}`, { timeout: 1_200_000 + 1000 * count }, () => {
  for (let seed = firstSeed; seed < firstSeed + count; seed++) {
    const graph = randomUpdates(seed, seed % 3 === 0 ? "f32" : "f64");
    expectKernels(graph, { simplify: seed % 2 === 0, fuse: seed % 5 !== 0 });
  }
});

test("a convolution, both adjoints, frames and the phases of a stride", () => {
  const x = input("x", { dtype: "f64", dims: ["n", 7, 6, 2] });
  const w = input("w", { dtype: "f64", dims: [3, 3, 2, 3] });
  const y = convolution(x, w, { stride: [2, 1], padding: [1, 1], dilation: [1, 1] });
  const dy = input("dy", y.type);
  const outputs = [y, ...gradients(sum(mul(y, dy)), [x, w])].map((node, at) => ({ name: `o${at}`, node: node! }));
  const text = expectKernels({ name: "g", inputs: [x, w, dy], states: [], outputs, updates: [] });
  expect(text).toMatch(/kernel \S+ of /);
});

test("weights in panels, with columns left over, and what comes behind them", () => {
  const graph = parseGraph(`graph g(x: f64[n,90]; w: f64[90,60], b: f64[60])
  y: f64[n,60] = matmul x w
  z: f64[n,60] = add y b
  r: f64[n,60] = tanh z
  return r`);
  const text = expectKernels(graph, { weights: new Set(graph.states) });
  expect(text).toMatch(/i1p<2/);
});

test("the turns of a loop, backwards", () => {
  const graph = parseGraph(`graph main(x: f64[n,4,3], s: f64[n,3])
  a: f64[n,3] = scan1 s x result=0
  b: f64[n,4,3] = scan1 s x result=1
  return a = a, b = b
  scan1 over 4 backwards, 1 element
    graph(x0: f64[n,3]; h0: f64[n,3])
      %1: f64[n,3] = mul h0 0.5
      %2: f64[n,3] = add %1 x0
      update h0 = %2
      return each = %2`);
  expect(expectKernels(graph)).toMatch(/t0<4 backwards/);
});

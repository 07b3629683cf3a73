/**
 * How long compile() takes: a network of ten layers, and graphs of 100 to 1,000 nodes, to see how it grows.
 * Gives { tenLayersMs, growth: [{ nodes, ms }] }, medians of whole training modules, which hold all four functions.
 */

import { nodesOf } from "../../dist/compiler/graph/graph.js";
import { compile } from "../../dist/compiler/index.js";
import { describe } from "../peers/nabla.mjs";
import { median } from "./statistics.mjs";

const WIDTH = 8;

const tower = (depth, units) => ({
  name: "tower",
  inputs: units,
  layers: [...Array.from({ length: depth - 1 }, () => ({ units, activation: "relu" })), { units }],
  loss: "meanSquares",
});

/** Layers whose step graphs have about 100, 200, 500 and 1,000 nodes. */
const DEPTHS = [3, 6, 15, 30];

export async function measureCompile({ quick }) {
  const times = quick ? 3 : 9;
  const growth = [];
  for (const depth of DEPTHS) growth.push(await timeCompile(tower(depth, WIDTH), times));
  const { ms } = await timeCompile(tower(10, 128), times);
  return { tenLayersMs: ms, growth };
}

async function timeCompile(workload, times) {
  const samples = [];
  let nodes = 0;
  // The first one is not counted: it loads Binaryen and the helpers.
  for (let i = 0; i <= times; i++) {
    const model = describe(workload, { batch: 32 });
    const start = performance.now();
    const { program } = await compile(model);
    if (i > 0) samples.push(performance.now() - start);
    nodes = nodesOf(program.step).length;
  }
  return { nodes, ms: median(samples) };
}

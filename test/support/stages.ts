/**
 * The text of a stage for a graph given as text, for goldens: expect(fused("graph(x: f32[n,4]) ...")). Each also runs
 * the graph's loops, and throws where they and the graph's own interpreter disagree.
 */
import { type Graph, leafName } from "../../compiler/graph/graph.ts";
import { interpret } from "../../compiler/graph/interpret.ts";
import { elementCount, type FloatType } from "../../compiler/graph/types.ts";
import type { TiledKernel } from "../../compiler/loop/tiling.ts";
import { parseGraph } from "../../compiler/ops/parse-graph.ts";
import { compileFunction } from "../../compiler/pipeline.ts";
import { StageRunner, Stopped } from "../../compiler/stages.ts";
import { firstFault } from "./close.ts";
import { Random } from "./random.ts";
import { loopModule } from "./run-loops.ts";

const batch = 6;
/** Of the largest magnitude. */
export const tolerance: Record<FloatType, number> = { f32: 1e-5, f64: 1e-13 };

export const fused = (text: string): string => stageText("schedule", text);
export const planned = (text: string): string => stageText("plan", text);
export const lowered = (text: string): string => stageText("lower", text);
export const tiled = (text: string): string => stageText("tile", text);
export const looped = (text: string): string => stageText("loops", text);

function stageText(stage: string, text: string): string {
  const graph = parseGraph(text.replace(/graph(?=\()/, "graph g"));
  expectSameValues(graph);
  return stageOf(stage, graph);
}

/** The text of one stage, without a run. */
export function stageOf(stage: string, graph: Graph, simplify = false): string {
  const runner = new StageRunner({ stopAfter: stage });
  try {
    compileFunction(graph, { batch, dtype: dtypeOf(graph), simplify, fuse: true, realAlgebra: false }, runner);
  } catch (error) {
    if (!(error instanceof Stopped)) throw error;
  }
  return runner.records.at(-1)!.text();
}

/** The kernels of a graph given as text, with their tiles. */
export function tiledKernels(text: string, rows = batch): readonly TiledKernel[] {
  const graph = parseGraph(text);
  const options = { batch: rows, dtype: dtypeOf(graph), simplify: false, fuse: true, realAlgebra: false };
  return compileFunction(graph, options, new StageRunner()).tiles;
}

/** Throws unless the loops compute what the graph says, for every number of rows. */
export function expectSameValues(graph: Graph, simplify = false): void {
  const dtype = dtypeOf(graph);
  const module = loopModule(graph, { batch, dtype, simplify });
  for (let rows = 1; rows <= batch; rows++) {
    const call = { rows, leaves: leafValues(graph, rows), seed: 3, step: 1 };
    const fault = firstFault(module.run(call), interpret(graph, call), tolerance[dtype]);
    if (fault) throw new Error(`${rows} rows: ${fault}`);
  }
}

export const dtypeOf = ({ inputs, states }: Graph): FloatType =>
  [...inputs, ...states].some((leaf) => leaf.type.dtype === "f64") ? "f64" : "f32";

/** Random values that an f32 holds; 0 to 2 for labels. */
export function leafValues(graph: Graph, rows: number, seed = rows): Map<string, Float64Array> {
  const random = new Random(seed);
  return new Map(
    [...graph.inputs, ...graph.states].map((leaf) => {
      const count = elementCount(leaf.type.dims, rows);
      const label = () => random.integer(0, 2);
      const values = leaf.type.dtype === "i32" ? new Float64Array(count).map(label) : random.array(count, -1.5, 1.5);
      return [leafName(leaf), values.map(Math.fround)];
    }),
  );
}

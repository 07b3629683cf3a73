/**
 * Runs one graph through every stage up to its loops, and these by the loop interpreter over one memory, laid out as in
 * a module. What differs from the graph's own interpreter is a fault of fusion, plan, lowering or tiling.
 */
import { type Graph, leafName } from "../../compiler/graph/graph.ts";
import { type DType, elementCount, type Type } from "../../compiler/graph/types.ts";
import type { LoopBuffer } from "../../compiler/loop/buffer.ts";
import { interpretFunctions } from "../../compiler/loop/interpret.ts";
import { verifyFunction } from "../../compiler/loop/verify.ts";
import type { CompiledFunction } from "../../compiler/pipeline.ts";
import { distinctConstants, type Layout } from "../../compiler/plan/layout.ts";
import { bytesPerPage } from "../../compiler/plan/place.ts";
import type { GraphResults } from "./close.ts";
import { graphLayout } from "./graph-layout.ts";
import { compileGraph, type GraphCall, type GraphOptions, heldBy } from "./run-graph.ts";

export interface LoopModule {
  readonly compiled: CompiledFunction;
  readonly layout: Layout;
  /** Every byte of the memory that is not given is `fill` before the run; 0xff makes every float NaN. */
  run(call: GraphCall, fill?: number): GraphResults;
}

const views: Record<DType, typeof Float64Array | typeof Float32Array | typeof Int32Array> = {
  f64: Float64Array,
  f32: Float32Array,
  i32: Int32Array,
  bool: Int32Array,
};

/** The loops are verified: every access is inside its buffer for every number of rows. */
export function loopModule(source: Graph, options: GraphOptions): LoopModule {
  const graph = { ...source, name: source.name || "main" };
  const { batch } = options;
  const compiled = compileGraph(graph, options);
  const layout = graphLayout(graph, compiled, batch);
  const known = new Set(layout.buffers.map(({ buffer }) => buffer));
  for (const loops of compiled.loops) verifyFunction(loops, { buffers: known, batch, relaxed: options.relaxedSimd });
  const memory = new ArrayBuffer(layout.pages * bytesPerPage);
  const buffers = new Map(
    layout.buffers.map(({ buffer, byteOffset }) => [
      buffer,
      new views[buffer.dtype](memory, byteOffset, buffer.elementCount) as Float64Array,
    ]),
  );
  const { leaves: leafBuffers, outputs } = compiled.plan.assignment;
  const read = (buffer: LoopBuffer, type: Type, rows: number): Float64Array =>
    Float64Array.from(buffers.get(buffer)!.subarray(0, elementCount(type.dims, rows)));
  return {
    compiled,
    layout,
    run({ rows, leaves, seed = 0, step = 0 }, fill = 0xff) {
      new Uint8Array(memory).fill(fill);
      for (const leaf of [...graph.inputs, ...graph.states]) {
        buffers.get(leafBuffers.get(leaf)!)!.set(heldBy(leaf, leaves));
      }
      for (const node of distinctConstants([compiled])) {
        buffers.get(leafBuffers.get(node)!)!.set(node.attrs.values as number[]);
      }
      interpretFunctions(compiled.loops, { buffers, rows, seed, step });
      return {
        outputs: new Map(graph.outputs.map(({ name, node }) => [name, read(outputs.get(name)!, node.type, rows)])),
        updates: new Map(
          graph.updates.map(({ state }) => [leafName(state), read(leafBuffers.get(state)!, state.type, rows)]),
        ),
      };
    },
  };
}

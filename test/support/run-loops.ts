/**
 * Runs one graph through every stage up to its loops, and these by the loop interpreter over one memory, laid out as in
 * a module. What differs from the graph's own interpreter is a fault of fusion, plan, lowering or tiling.
 */
import { type Graph, leafName } from "../../compiler/graph/graph.ts";
import type { Node } from "../../compiler/graph/node.ts";
import { type DType, elementCount, type Type } from "../../compiler/graph/types.ts";
import type { LoopBuffer } from "../../compiler/loop/buffer.ts";
import { interpretFunctions } from "../../compiler/loop/interpret.ts";
import { interpretKernels } from "../../compiler/loop/interpret-kernel.ts";
import type { LoopCall } from "../../compiler/loop/machine.ts";
import { panelOrder } from "../../compiler/loop/panels.ts";
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
  /** The same by the kernels, before there is any loop. */
  runKernels(call: GraphCall): GraphResults;
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
  const write = (leaf: Node, values: ArrayLike<number>): void => {
    const width = compiled.laid.panels?.get(leaf);
    const columns = leaf.type.dims.at(-1) as number;
    buffers.get(leafBuffers.get(leaf)!)!.set(width ? panelOrder(Array.from(values), columns, width) : values);
  };
  const run = ({ rows, leaves, seed = 0, step = 0 }: GraphCall, fill: number, by: (call: LoopCall) => void) => {
    new Uint8Array(memory).fill(fill);
    for (const leaf of [...graph.inputs, ...graph.states]) write(leaf, heldBy(leaf, leaves));
    for (const node of distinctConstants([compiled])) write(node, node.attrs.values as number[]);
    by({ buffers, rows, seed, step });
    return {
      outputs: new Map(graph.outputs.map(({ name, node }) => [name, read(outputs.get(name)!, node.type, rows)])),
      updates: new Map(
        graph.updates.map(({ state }) => [leafName(state), read(leafBuffers.get(state)!, state.type, rows)]),
      ),
    };
  };
  const kernels = compiled.tiles.map(({ kernel }) => kernel);
  return {
    compiled,
    layout,
    run: (call, fill = 0xff) => run(call, fill, (own) => interpretFunctions(compiled.loops, own)),
    runKernels: (call) => run(call, 0xff, (own) => interpretKernels(kernels, options.dtype, own)),
  };
}

/**
 * Runs one graph as Wasm: through every stage of the pipeline, instantiated, its leaves written, its results read. What
 * the interpreter's results are compared with.
 */
import { type Graph, leafName } from "../../compiler/graph/graph.ts";
import { elementCount, type FloatType, type Type } from "../../compiler/graph/types.ts";
import { constantBuffer } from "../../compiler/loop/lower.ts";
import { encodeValues, placesOf } from "../../compiler/module.ts";
import { type CompiledFunction, compileFunction, relaxFunction } from "../../compiler/pipeline.ts";
import { outputBuffer } from "../../compiler/plan/buffers.ts";
import { distinctConstants, type Layout, seedBuffer, stepBuffer } from "../../compiler/plan/layout.ts";
import { Trace } from "../../compiler/trace.ts";
import { emitModule } from "../../compiler/wasm/emit.ts";
import type { GraphResults } from "./close.ts";
import { graphLayout } from "./graph-layout.ts";

export interface GraphOptions {
  readonly batch: number;
  readonly dtype: FloatType;
  readonly simplify?: boolean;
  readonly fuse?: boolean;
  readonly realAlgebra?: boolean;
  readonly relaxedSimd?: boolean;
}

export interface GraphCall {
  readonly rows: number;
  readonly leaves: ReadonlyMap<string, ArrayLike<number>>;
  readonly seed?: number;
  readonly step?: number;
}

export interface GraphModule {
  readonly compiled: CompiledFunction;
  readonly layout: Layout;
  readonly wasm: Uint8Array;
  run(call: GraphCall): GraphResults;
}

export function compileGraph(graph: Graph, options: GraphOptions): CompiledFunction {
  const { batch, dtype, simplify = true, fuse = true, realAlgebra = false, relaxedSimd = false } = options;
  const compiled = compileFunction(graph, { batch, dtype, simplify, fuse, realAlgebra }, new Trace());
  return relaxedSimd ? relaxFunction(compiled, options, new Trace()) : compiled;
}

export async function graphModule(source: Graph, options: GraphOptions): Promise<GraphModule> {
  const graph = { ...source, name: source.name || "main" };
  const { batch, relaxedSimd = false } = options;
  const compiled = compileGraph(graph, options);
  const layout = graphLayout(graph, compiled, batch);
  const { wasm } = await emitModule({
    buffers: layout.buffers,
    pages: layout.pages,
    batch,
    kernels: compiled.loops,
    entries: [{ name: "main", parameter: "rows", checks: [], kernels: compiled.loops.map((l) => l.name) }],
    data: distinctConstants([compiled]).map((node) => ({
      byteOffset: placesOf(layout)(constantBuffer(node)),
      bytes: encodeValues(node.attrs.values as number[], node.type.dtype),
    })),
    customSections: [],
    relaxed: relaxedSimd,
    seedBuffer,
    stepBuffer,
  });
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(wasm as BufferSource));
  const memory = new Uint8Array((exports.memory as WebAssembly.Memory).buffer);
  const main = exports.main as (rows: number) => number;
  const write = (buffer: string, values: ArrayLike<number>, type: Type["dtype"]) =>
    memory.set(encodeValues(values, type), placesOf(layout)(buffer));
  const read = (buffer: string, type: Type, rows: number): Float64Array => {
    const start = placesOf(layout)(buffer);
    const count = elementCount(type.dims, rows);
    const bytes = memory.slice(start, start + count * (type.dtype === "f64" ? 8 : 4)).buffer;
    return Float64Array.from(type.dtype === "f64" ? new Float64Array(bytes) : new Float32Array(bytes));
  };
  return {
    compiled,
    layout,
    wasm,
    run({ rows, leaves, seed = 0, step = 0 }) {
      for (const leaf of [...graph.inputs, ...graph.states])
        write(leafName(leaf), leaves.get(leafName(leaf))!, leaf.type.dtype);
      write(seedBuffer, [seed], "i32");
      write(stepBuffer, [step], "i32");
      const status = main(rows);
      if (status !== 0) throw new Error(`status ${status}`);
      return {
        outputs: new Map(graph.outputs.map(({ name, node }) => [name, read(outputBuffer(name), node.type, rows)])),
        updates: new Map(
          graph.updates.map(({ state, value }) => [leafName(state), read(leafName(state), value.type, rows)]),
        ),
      };
    },
  };
}

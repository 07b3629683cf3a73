/**
 * Runs one graph as Wasm: through every stage of the pipeline, instantiated, its leaves written, its results read. What
 * the interpreter's results are compared with.
 */
import { type Graph, leafName } from "../../compiler/graph/graph.ts";
import type { LeafValues } from "../../compiler/graph/interpret.ts";
import type { Node } from "../../compiler/graph/node.ts";
import { elementCount, type FloatType, type Type } from "../../compiler/graph/types.ts";
import { encodeValues } from "../../compiler/module.ts";
import { type CompiledFunction, compileFunction, relaxFunction } from "../../compiler/pipeline.ts";
import { distinctConstants, type Layout } from "../../compiler/plan/layout.ts";
import { StageRunner } from "../../compiler/stages.ts";
import { emitModule } from "../../compiler/wasm/emit.ts";
import type { LabelCheck } from "../../compiler/wasm/plan.ts";
import type { GraphResults } from "./close.ts";
import { graphLayout } from "./graph-layout.ts";

export interface GraphOptions {
  readonly batch: number;
  readonly dtype: FloatType;
  readonly simplify?: boolean;
  readonly fuse?: boolean;
  readonly realAlgebra?: boolean;
  readonly relaxedSimd?: boolean;
  /** States whose layout is free. */
  readonly weights?: ReadonlySet<Node>;
}

export interface GraphCall {
  readonly rows: number;
  readonly leaves: LeafValues;
  readonly seed?: number;
  readonly step?: number;
}

/** A name stands for a leaf, as for the interpreter. */
export const heldBy = (leaf: Node, leaves: LeafValues): ArrayLike<number> =>
  leaves.get(leaf) ?? leaves.get(leafName(leaf))!;

const views = { f32: Float32Array, f64: Float64Array, i32: Int32Array, bool: Int32Array };

export interface GraphModule {
  readonly compiled: CompiledFunction;
  readonly layout: Layout;
  readonly wasm: Uint8Array;
  run(call: GraphCall): GraphResults;
}

export function compileGraph(graph: Graph, options: GraphOptions): CompiledFunction {
  const { batch, dtype, simplify = true, fuse = true, realAlgebra = false, relaxedSimd = false, weights } = options;
  const settings = { batch, dtype, simplify, fuse, realAlgebra, weights };
  const compiled = compileFunction(graph, settings, new StageRunner());
  return relaxedSimd ? relaxFunction(compiled, settings, new StageRunner()) : compiled;
}

/** Labels that say where others are read must be in range. */
const labelChecks = ({ graph, plan }: CompiledFunction): LabelCheck[] =>
  graph.inputs.flatMap((leaf) => {
    const buffer = plan.assignment.leaves.get(leaf)!;
    const perRow = elementCount(leaf.type.dims, 1);
    return buffer.below && leaf.type.dims[0] === "n" ? [{ buffer, perRow, classes: buffer.below, status: 2 }] : [];
  });

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
    entries: [{ name: "main", parameter: "rows", checks: labelChecks(compiled), kernels: compiled.loops }],
    data: distinctConstants([compiled]).map((node) => ({
      byteOffset: layout.leaves.get(node)!,
      bytes: encodeValues(node.attrs.values as number[], node.type.dtype),
    })),
    customSections: [],
    relaxed: relaxedSimd,
    seedBuffer: layout.seed.buffer,
    stepBuffer: layout.step.buffer,
  });
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(wasm as BufferSource));
  const memory = new Uint8Array((exports.memory as WebAssembly.Memory).buffer);
  const main = exports.main as (rows: number) => number;
  const write = (start: number, values: ArrayLike<number>, type: Type["dtype"]) =>
    memory.set(encodeValues(values, type), start);
  const read = (start: number, type: Type, rows: number): Float64Array => {
    const count = elementCount(type.dims, rows);
    const bytes = memory.slice(start, start + count * (type.dtype === "f64" ? 8 : 4)).buffer;
    return Float64Array.from(new views[type.dtype](bytes));
  };
  return {
    compiled,
    layout,
    wasm,
    run({ rows, leaves, seed = 0, step = 0 }) {
      for (const leaf of [...graph.inputs, ...graph.states])
        write(layout.leaves.get(leaf)!, heldBy(leaf, leaves), leaf.type.dtype);
      write(layout.seed.byteOffset, [seed], "i32");
      write(layout.step.byteOffset, [step], "i32");
      const status = main(rows);
      if (status !== 0) throw new Error(`status ${status}`);
      return {
        outputs: new Map(
          graph.outputs.map(({ name, node }) => [name, read(layout.outputs.get(name)!, node.type, rows)]),
        ),
        updates: new Map(
          graph.updates.map(({ state }) => [leafName(state), read(layout.leaves.get(state)!, state.type, rows)]),
        ),
      };
    },
  };
}

/** The memory of a module with one function, laid out as the compiler does. */
import { type Graph, leafName } from "../../compiler/graph/graph.ts";
import type { Type } from "../../compiler/graph/types.ts";
import type { CompiledFunction } from "../../compiler/pipeline.ts";
import { type Layout, layOut } from "../../compiler/plan/layout.ts";

const fixed = (name: string, type: Type) => ({ name, dtype: type.dtype, dims: type.dims });

export const graphLayout = (graph: Graph, compiled: CompiledFunction, batch: number): Layout =>
  layOut({
    batch,
    states: graph.states.map((leaf) => fixed(leafName(leaf), leaf.type)),
    inputs: graph.inputs.map((leaf) => fixed(leafName(leaf), leaf.type)),
    outputs: graph.outputs.map(({ name, node }) => fixed(name, node.type)),
    functions: [compiled],
  });

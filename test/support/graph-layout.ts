/** The memory of a module with one function, laid out as the compiler does. */
import type { Graph } from "../../compiler/graph/graph.ts";
import type { CompiledFunction } from "../../compiler/pipeline.ts";
import { type Layout, layOut } from "../../compiler/plan/layout.ts";

export const graphLayout = ({ inputs, states, outputs }: Graph, compiled: CompiledFunction, batch: number): Layout =>
  layOut({ batch, states, inputs, outputs, functions: [compiled] });

/**
 * What a module says about itself: where everything lies, what it costs. The manifest is data; nothing is decided here.
 */
import { createHash } from "node:crypto";
import { flopsOf, flopsOfRegions } from "../flops.ts";
import type { StateValues } from "../freeze/freeze.ts";
import type { Mode } from "../graph/function.ts";
import type { Graph } from "../graph/graph.ts";
import { printGraph } from "../graph/print.ts";
import { bytesPerElement } from "../graph/types.ts";
import type { CompiledFunction } from "../pipeline.ts";
import type { Layout } from "../plan/layout.ts";
import type { Program } from "../program/program.ts";
import type { Manifest, Slot } from "./manifest.ts";

/**
 * Counts in the hash: a change of what compiled modules compute must change it.
 *
 * - 0.2.0: a step writes 0 for what is subnormal; long sums are added up in blocks; derivatives are those of the branch taken, and of
 *   quotients as long as they are finite; a clip by norm, of gradients of any size.
 */
export const compilerVersion = "0.2.0";

export interface Description {
  readonly program: Program;
  readonly mode: Mode;
  readonly functions: readonly CompiledFunction[];
  readonly layout: Layout;
  readonly weights: StateValues;
  readonly seed: number;
  /** Whether weights travel as halves. */
  readonly half: boolean;
}

const nothing: Graph = { name: "none", inputs: [], states: [], outputs: [], updates: [] };

/** The manifest, its bytes.wasm still 0. */
export function describeModule({ program, mode, functions, layout, weights, half }: Description): Manifest {
  const { dtype, batch } = program;
  const slot = (f: Program["inputs"][number]): Slot => ({
    name: f.name,
    offset: layout.leaves.get(f.node)!,
    dims: [...f.dims],
    dtype: f.dtype === "label" ? "i32" : dtype,
    ...(f.classes === undefined ? {} : { classes: f.classes }),
  });
  const training = mode === "train";
  const stateSlots = (role: "parameter" | "optimizer"): Slot[] =>
    program.states
      .filter((state) => state.role === role)
      .map(({ name, node }) => ({ name, offset: layout.leaves.get(node)!, dims: node.type.dims as number[], dtype }));
  const graphOf = (name: string) => functions.find((f) => f.name === name)?.graph;
  const flops = (name: string) => flopsOf(graphOf(name) ?? nothing, batch);
  const step = graphOf("step");
  return {
    format: 1,
    mode,
    dtype,
    batch,
    inputs: program.inputs.map(slot),
    targets: training ? program.targets.map(slot) : [],
    outputs: program.outputs.map((f) => ({
      ...slotWithoutPlace(f, dtype),
      offset: layout.outputs.get(f.name)!,
      ...(training ? scoredTarget(program, f.name) : {}),
    })),
    parameters: training ? stateSlots("parameter") : [],
    optimizer: training ? stateSlots("optimizer") : [],
    ...(training
      ? {
          loss: layout.outputs.get("loss")!,
          ...sumsOf(program, layout),
          seed: layout.seed.byteOffset,
          step: layout.step.byteOffset,
          weights: weights.size > 0,
        }
      : {}),
    memory: {
      pages: layout.pages,
      stateBytes: layout.stateBytes,
      exchangeBytes: layout.exchangeBytes,
      constantBytes: layout.constantBytes,
      arenaBytes: layout.arenaBytes,
      lowerBoundBytes: layout.lowerBoundBytes,
    },
    flops: {
      infer: flops("infer"),
      ...(step ? { evaluate: flops("evaluate"), ...flopsOfRegions(step, batch) } : {}),
    },
    bytes: { wasm: 0, weights: weightBytes(weights, half ? 2 : bytesPerElement(program.dtype)) },
    hash: programHash(program),
  };
}

/** The target of labels that the loss compared an output with: what an accuracy is counted by. */
function scoredTarget({ metrics }: Program, output: string): Pick<Slot, "scores"> {
  const metric = metrics.find((one) => one.kind === "classes" && one.output === output);
  return metric ? { scores: metric.target } : {};
}

/** Numbers from the first sum to the first of earlier calls, alignment among them: 0, which stays 0. */
function sumsOf({ accumulated, dtype }: Program, { leaves, outputs }: Layout): Pick<Manifest, "sums"> {
  if (!accumulated) return {};
  const [first, earlier] = [accumulated.sums[0]!, accumulated.earlier[0]!];
  return { sums: (leaves.get(earlier)! - outputs.get(first.name)!) / bytesPerElement(dtype) };
}

const slotWithoutPlace = (f: Program["outputs"][number], dtype: "f32" | "f64") => ({
  name: f.name,
  dims: [...f.dims],
  dtype,
});

const weightBytes = (weights: StateValues, width: number): number =>
  [...weights.values()].reduce((sum, values) => sum + values.length * width, 0);

/** SHA-256 over the graphs as built and the compiler's version: equal hashes can exchange states. */
export function programHash(program: Program): string {
  const text = [compilerVersion, ...[program.init, program.step, program.infer].map(printGraph)].join("\n");
  return createHash("sha256").update(text).digest("hex");
}

/**
 * The compiler as one ordered list of stages, from the graph of one function to its loops:
 *
 *   graph -> simplify -> layout -> fuse -> schedule -> plan -> lower -> pack -> tile -> loops
 *
 * The order has reasons: simplify comes before fuse, as a smaller graph has fewer groups; schedule after fuse, as only
 * groups are ordered; plan after schedule, as lifetimes are positions in it; lower after plan, as loads need buffers.
 */
import { type Fused, fuse } from "./fuse/groups.ts";
import { printFused, printSchedule } from "./fuse/print.ts";
import { type Schedule, schedule } from "./fuse/schedule.ts";
import type { Graph } from "./graph/graph.ts";
import type { Node } from "./graph/node.ts";
import { printGraph } from "./graph/print.ts";
import type { FloatType } from "./graph/types.ts";
import { verifyGraph } from "./graph/verify.ts";
import { layout } from "./layout/layout.ts";
import { fusedChains, fuseTile } from "./loop/fused.ts";
import type { LoopFunction } from "./loop/ir.ts";
import type { Kernel } from "./loop/kernel.ts";
import { type LoweredGroup, lowerFunction } from "./loop/lower-function.ts";
import { type Packed, type Panels, packWeights } from "./loop/panels.ts";
import { printFunctions } from "./loop/print.ts";
import { printKernel } from "./loop/print-kernel.ts";
import { mostVectors } from "./loop/same-bits.ts";
import { chooseTile, printTile, type TiledKernel, type TilePlan } from "./loop/tile.ts";
import { type TileTable, tunedTile } from "./loop/tile-table.ts";
import { nestsOf, vectorize } from "./loop/vectorize.ts";
import { constantsOf, type PlannedFunction, placesInArena, planFunction } from "./plan/plan.ts";
import { printPlan } from "./plan/print.ts";
import { verifyPlan } from "./plan/verify.ts";
import { simplify } from "./simplify/index.ts";
import type { Stage, Trace } from "./trace.ts";

export interface FunctionOptions extends LoopOptions {
  readonly simplify: boolean;
  readonly fuse: boolean;
  readonly realAlgebra: boolean;
}

export interface LoopOptions {
  readonly batch: number;
  readonly dtype: FloatType;
  /** States whose values are known at build and read by this function only: their layout is free. */
  readonly weights?: ReadonlySet<Node> | undefined;
  /** Tiles found by timing; a kernel without one gets that of the cost model. */
  readonly tiles?: TileTable | undefined;
}

/** A function of the module, all but emitted. */
export interface CompiledFunction {
  readonly name: string;
  readonly graph: Graph;
  readonly plan: PlannedFunction;
  readonly lowered: readonly LoweredGroup[];
  readonly loops: readonly LoopFunction[];
  readonly tiles: readonly TiledKernel[];
  /** Weights that do not lie row by row. */
  readonly panels: readonly Panels[];
  /** Constants that lie in memory. */
  readonly constants: readonly Node[];
}

export function compileFunction(source: Graph, options: FunctionOptions, trace: Trace): CompiledFunction {
  const { batch } = options;
  const scope = source.name;
  const run = <In, Out>(stage: Stage<In, Out>, input: In): Out => trace.run(scope, stage, input);

  const built = run({ name: "graph", run: (g: Graph) => g, print: printGraph, verify: verifyGraph }, source);
  const graph = options.simplify
    ? run(
        {
          name: "simplify",
          run: (g: Graph) => simplify(g, { relaxed: options.realAlgebra }),
          print: printGraph,
          verify: verifyGraph,
        },
        built,
      )
    : built;
  const laid = run(
    { name: "layout", run: (g: Graph) => layout(g, { batch }), print: printGraph, verify: verifyGraph },
    graph,
  );
  const fused = run({ name: "fuse", run: (g: Graph) => fuse(g, { join: options.fuse }), print: printFused }, laid);
  const ordered = run({ name: "schedule", run: (f: Fused) => schedule(f), print: printSchedule }, fused);
  const plan = run({ name: "plan", run: (s: Schedule) => planFunction(s, batch), print: printPlan }, ordered);
  const lowered = run(
    {
      name: "lower",
      run: (p: PlannedFunction) => lowerFunction(p, batch),
      print: (l) => kernelsOf(l).map(printKernel).join("\n"),
      verify: (l) => verifyPlan({ kernels: kernelsOf(l), places: placesInArena(plan) }),
    },
    plan,
  );
  const constants = [...new Set(constantsOf(plan).map(([node]) => node))];
  return { name: scope, graph, plan, lowered, constants, ...loopsFor(scope, plan, lowered, options, trace) };
}

const kernelsOf = (lowered: readonly LoweredGroup[]): Kernel[] => lowered.flatMap(({ kernels }) => kernels);

/** The same function for a relaxed module: other tiles and so other loops over the same memory. */
export const relaxFunction = <F extends CompiledFunction>(fn: F, options: LoopOptions, trace: Trace): F => ({
  ...fn,
  ...loopsFor(fn.name, fn.plan, fn.lowered, { ...options, relaxed: true }, trace),
});

/** From kernels to loops; the stages of a relaxed module have names of their own. */
function loopsFor(
  scope: string,
  { assignment }: PlannedFunction,
  lowered: readonly LoweredGroup[],
  { batch, dtype, weights = new Set(), tiles: tuned, relaxed = false }: LoopOptions & { readonly relaxed?: boolean },
  trace: Trace,
): Pick<CompiledFunction, "panels" | "tiles" | "loops"> {
  const run = <In, Out>(stage: Stage<In, Out>, input: In): Out =>
    trace.run(scope, relaxed ? { ...stage, name: `relaxed-${stage.name}` } : stage, input);
  const free = new Set([...weights].flatMap((state) => assignment.leaves.get(state) ?? []));
  const packed = run(
    {
      name: "pack",
      run: (k: readonly Kernel[]) => packWeights(k, free, batch, relaxed ? fusedChains : mostVectors),
      print: ({ kernels: k }) => k.map(printKernel).join("\n"),
    },
    kernelsOf(lowered),
  );
  const request = { dtype, batch };
  const tileOf = (kernel: Kernel): TilePlan => {
    const tile = (tuned && tunedTile(tuned, kernel, request)) ?? chooseTile(kernel, request);
    return relaxed ? fuseTile(kernel, tile, batch, dtype) : tile;
  };
  const tiles = run(
    {
      name: "tile",
      run: (p: Packed) => p.kernels.map((kernel): TiledKernel => ({ kernel, tile: tileOf(kernel) })),
      print: printTiles,
    },
    packed,
  );
  const loops = run(
    {
      name: "loops",
      run: (t: readonly TiledKernel[]) => nestsOf(t).map((nest) => vectorize(nest, dtype)),
      print: printFunctions,
    },
    tiles,
  );
  return { panels: packed.panels, tiles, loops };
}

const printTiles = (tiles: readonly TiledKernel[]): string =>
  tiles.map(({ kernel, tile }) => `${kernel.name}: ${printTile(tile)}`).join("\n");

/**
 * The compiler as one list of stages, from the graph of one function to its loops. Each says why it stands where it does, prints
 * what it made, and has it verified where there is a verifier.
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
import { choosePanels } from "./layout/panels.ts";
import type { LoopFunction } from "./loop/ir.ts";
import { type Kernel, nestsOf } from "./loop/kernel.ts";
import { maddChains, withMadd } from "./loop/madd.ts";
import { printFunctions } from "./loop/print.ts";
import { printKernel } from "./loop/print-kernel.ts";
import { mostVectors } from "./loop/same-bits.ts";
import { chooseTile } from "./loop/tile.ts";
import { type TileTable, tunedTile } from "./loop/tile-table.ts";
import { printTile, type TiledKernel, type Tiling } from "./loop/tiling.ts";
import { vectorize } from "./loop/vectorize.ts";
import { verifyCover } from "./loop/verify-cover.ts";
import { verifyKernels } from "./loop/verify-kernel.ts";
import { type LoweredGroup, lowerFunction } from "./lower/lower-function.ts";
import { constantsOf, type PlannedFunction, placesInArena, planFunction } from "./plan/plan.ts";
import { printPlan } from "./plan/print.ts";
import { verifyPlan } from "./plan/verify.ts";
import { simplify } from "./simplify/index.ts";
import type { StageList, StageRunner } from "./stages.ts";

export interface FunctionOptions {
  readonly batch: number;
  readonly dtype: FloatType;
  readonly simplify: boolean;
  readonly fuse: boolean;
  readonly realAlgebra: boolean;
  /** States whose values are known at build and read by this function only: their layout is free. */
  readonly weights?: ReadonlySet<Node> | undefined;
  /** Tiles found by timing; a kernel without one gets that of the cost model. */
  readonly tiles?: TileTable | undefined;
}

interface Settings extends FunctionOptions {
  /** Whether products may be added up by madd. */
  readonly relaxed: boolean;
}

/** What each stage makes, by its name. */
interface Made {
  readonly graph: Graph;
  readonly simplify: Graph;
  readonly layout: Graph;
  readonly fuse: Fused;
  readonly schedule: Schedule;
  readonly plan: PlannedFunction;
  readonly lower: readonly LoweredGroup[];
  readonly tile: readonly TiledKernel[];
  readonly loops: readonly LoopFunction[];
}

export const functionStages: StageList<Made, Settings> = [
  {
    name: "graph",
    why: "What the front end declared, verified before anything relies on it.",
    run: ({ graph }) => graph,
    print: printGraph,
    verify: verifyGraph,
  },
  {
    name: "simplify",
    why: "Before all that counts nodes: a smaller graph has fewer groups and fewer values in memory.",
    run: ({ graph }, settings) => (settings.simplify ? simplify(graph, { realAlgebra: settings.realAlgebra }) : graph),
    print: printGraph,
    verify: verifyGraph,
  },
  {
    name: "layout",
    why: "Before fuse, as frames and copies are values that a group stores; after simplify, which knows nothing of memory.",
    run({ simplify: graph }, { batch, weights = new Set(), relaxed }) {
      const chains = relaxed ? maddChains : mostVectors;
      return choosePanels(layout(graph, { batch }), { batch, weights, chains });
    },
    print: printGraph,
    verify: verifyGraph,
  },
  {
    name: "fuse",
    why: "Decides what is a value in memory at all, which every later stage is about.",
    run: ({ layout: graph }, settings) => fuse(graph, { join: settings.fuse }),
    print: printFused,
  },
  {
    name: "schedule",
    why: "After fuse, as only groups have an order.",
    run: ({ fuse: fused }) => schedule(fused),
    print: printSchedule,
  },
  {
    name: "plan",
    why: "After schedule, as lifetimes are positions in it.",
    run: ({ schedule: ordered }, { batch }) => planFunction(ordered, batch),
    print: printPlan,
  },
  {
    name: "lower",
    why: "After plan, as loads and stores need buffers. What then reads and writes is held against the plan.",
    run: ({ plan }, { batch }) => lowerFunction(plan, batch),
    print: (lowered) => kernelsOf(lowered).map(printKernel).join("\n"),
    verify(lowered, { plan }, settings) {
      const kernels = kernelsOf(lowered);
      verifyKernels(kernels, settings);
      verifyCover(kernels, settings.batch);
      verifyPlan({ kernels, places: placesInArena(plan) });
    },
  },
  {
    name: "tile",
    why: "The choice of loops as data, before any is written: by a model of cost, or by the clock.",
    run: ({ lower: lowered }, settings) =>
      kernelsOf(lowered).map((kernel) => ({ kernel, tile: tileOf(kernel, settings) })),
    print: (tiles) => tiles.map(({ kernel, tile }) => `${kernel.name}: ${printTile(tile)}`).join("\n"),
  },
  {
    name: "loops",
    why: "Spells out what was chosen, with lanes.",
    run: ({ tile: tiles }, { dtype }) => nestsOf(tiles, ({ kernel }) => kernel).map((nest) => vectorize(nest, dtype)),
    print: printFunctions,
  },
];

const kernelsOf = (lowered: readonly LoweredGroup[]): Kernel[] => lowered.flatMap(({ kernels }) => kernels);

function tileOf(kernel: Kernel, { dtype, batch, tiles, relaxed }: Settings): Tiling {
  const request = { dtype, batch };
  const tile = (tiles && tunedTile(tiles, kernel, request)) ?? chooseTile(kernel, request);
  return relaxed ? withMadd(kernel, tile, batch, dtype) : tile;
}

/** A function of the module, all but emitted. */
export interface CompiledFunction {
  readonly name: string;
  /** Simplified. */
  readonly graph: Graph;
  /** With frames, copies and panels. */
  readonly laid: Graph;
  readonly plan: PlannedFunction;
  readonly lowered: readonly LoweredGroup[];
  readonly loops: readonly LoopFunction[];
  readonly tiles: readonly TiledKernel[];
  /** Constants that lie in memory. */
  readonly constants: readonly Node[];
}

export const compileFunction = (source: Graph, options: FunctionOptions, runner: StageRunner): CompiledFunction =>
  compiled(source, functionStages, { ...options, relaxed: false }, runner);

/** The same function for a relaxed module: other panels and tiles, and so other loops, over a memory of the same plan. */
export function relaxFunction<F extends CompiledFunction>(fn: F, options: FunctionOptions, runner: StageRunner): F {
  const stages = functionStages.slice(functionStages.findIndex(({ name }) => name === "layout"));
  return { ...fn, ...compiled(fn.graph, stages, { ...options, relaxed: true }, runner) };
}

function compiled(
  source: Graph,
  stages: StageList<Made, Settings>,
  settings: Settings,
  runner: StageRunner,
): CompiledFunction {
  const given = { graph: source, simplify: source };
  const made = runner.runAll(source.name, stages, given, settings, settings.relaxed ? "relaxed-" : "");
  const { simplify: graph, layout: laid, plan, lower: lowered, tile: tiles, loops } = made;
  const constants = [...new Set(constantsOf(plan).map(([node]) => node))];
  return { name: source.name, graph, laid, plan, lowered, tiles, loops, constants };
}

/**
 * Makes the Binaryen module: helpers in, kernels and entries added, helpers inlined into kernels, unused code gone.
 *
 * The order matters: helpers are inlined before the entries exist, so that kernels stay functions of their own. V8
 * compiles a function as a whole and moves it to its optimising tier from call to call, so small ones get there sooner.
 */

import binaryen from "binaryen";
import { internalError } from "../diagnostics.ts";
import type { LoopFunction } from "../loop/ir.ts";
import { alignTo } from "../plan/place.ts";
import type { ModuleContext } from "./context.ts";
import { addEntries } from "./entries.ts";
import { addKernel, kernelName } from "./functions.ts";
import { addWidening } from "./half.ts";
import { helpersOf, readHelpers } from "./helpers.ts";
import type { Module } from "./int.ts";
import type { ModulePlan } from "./plan.ts";
import { poolConstants } from "./pool.ts";
import { readBinary } from "./read-binary.ts";
import { withSections, withSegment } from "./sections.ts";
import { type SharedKernel, shareKernels } from "./share.ts";

/** What every engine with SIMD has; AssemblyScript may use any of them. */
const features =
  binaryen.Features.SIMD128 |
  binaryen.Features.BulkMemory |
  binaryen.Features.SignExt |
  binaryen.Features.NontrappingFPToInt |
  binaryen.Features.MutableGlobals;

const featuresOf = ({ relaxed = false }: ModulePlan): number =>
  relaxed ? features | binaryen.Features.RelaxedSIMD : features;

const memoryName = "memory";

/** In Binaryen's units, about an instruction; above every helper, random numbers' twenty rounds included. */
const inlineLimit = 1000;

/**
 * Chosen by measurement. No coalesce-locals: its shared locals made a product with unpacked B a fifth slower in V8 (53 to
 * 42 GFLOP/s on Node 20) for a few bytes.
 */
const cleanUp = [
  "ssa-nomerge",
  "dce",
  "remove-unused-names",
  "optimize-instructions",
  "precompute",
  "simplify-locals",
  "vacuum",
  "reorder-locals",
  "merge-blocks",
  "vacuum",
];

export interface LinkOptions {
  readonly optimize: boolean;
  /** Keeps the names of functions, for reading. */
  readonly names: boolean;
}

export interface Linked {
  readonly wasm: Uint8Array;
  /** Bytes of the pool of constants that are in use. */
  readonly poolBytes: number;
}

/** The module; the same bytes for the same plan. */
export function link(plan: ModulePlan, options: LinkOptions): Linked {
  const needed = helpersOf(plan.kernels);
  const module = needed.size > 0 ? readBinary(readHelpers(), featuresOf(plan)) : new binaryen.Module();
  try {
    const helpers = takeExports(module);
    for (const name of needed) if (!helpers.has(name)) throw internalError(`runtime/wasm exports no helper ${name}`);
    const places = new Map(plan.buffers.map(({ buffer, byteOffset }) => [buffer, byteOffset]));
    const inlined = inliningKernels(plan);
    const kindOf = (kernel: LoopFunction) =>
      !options.optimize ? kernel.name : inlined.has(kernel) ? "inlined" : "calling";
    const kernels = shareKernels(plan.kernels, (buffer) => places.get(buffer)!, kindOf);
    build({ module, plan, places, kernels, helpers }, inlined, options);
    const constants = plan.pool ? poolConstants(module, plan.pool) : { byteOffset: 0, bytes: new Uint8Array() };
    if (!module.validate()) throw internalError("Binaryen refuses the emitted module; its reasons are above");
    const wasm = withDebugInfo(options.names, () => module.emitBinary());
    return {
      wasm: withSections(withSegment(wasm, constants), plan.customSections),
      poolBytes: alignTo(constants.bytes.length, 8),
    };
  } finally {
    module.dispose();
  }
}

/** Removes all exports; gives the function that each stood for. */
function takeExports(module: Module): Map<string, string> {
  const functions = new Map<string, string>();
  for (let at = module.getNumExports() - 1; at >= 0; at--) {
    const { name, value } = binaryen.getExportInfo(module.getExportByIndex(at));
    functions.set(name, value);
    module.removeExport(name);
  }
  return functions;
}

function build(context: ModuleContext, inlining: ReadonlySet<LoopFunction>, { optimize }: LinkOptions): void {
  const { module, plan, kernels } = context;
  module.setFeatures(featuresOf(plan));
  const segments = plan.data.map(({ byteOffset, bytes }) => ({ offset: module.i32.const(byteOffset), data: bytes }));
  module.setMemory(plan.pages, plan.pages, memoryName, segments, false, false, memoryName);
  const functions = [...new Set(kernels.values())];
  const calling = functions.filter(({ kernel }) => !inlining.has(kernel));
  for (const shared of functions) if (inlining.has(shared.kernel)) addKernel(shared, context);
  if (optimize)
    inlineHelpers(
      context,
      functions.filter(({ kernel }) => inlining.has(kernel)),
      calling,
    );
  for (const shared of calling) addKernel(shared, context);
  addEntries(context);
  if (plan.halves) addWidening(module, plan.halves);
  module.runPasses(["remove-unused-module-elements", ...(optimize ? cleanUp : [])]);
}

/**
 * Kernels into which helpers are inlined. Those of init draw each parameter's start once and call them; so does a kernel that
 * needs one of these helpers outside of its loops, once a step, such as a schedule's cosine.
 */
function inliningKernels({ kernels, entries }: ModulePlan): Set<LoopFunction> {
  const often = new Set(entries.filter(({ parameter }) => parameter !== "seed").flatMap((entry) => entry.kernels));
  const kept = helpersOf(kernels.filter((kernel) => !often.has(kernel)));
  const calls = (kernel: LoopFunction): boolean =>
    [...helpersOf([kernel])].every((name) => kept.has(name)) && helpersOf([inLoops(kernel)]).size === 0;
  return new Set([...often].filter((kernel) => !calls(kernel)));
}

const inLoops = (kernel: LoopFunction): LoopFunction => ({
  ...kernel,
  body: kernel.repeats ? kernel.body : kernel.body.filter(({ kind }) => kind === "for"),
});

/**
 * Kernels that inline have no callers yet, so only helpers are inlined. They, and helpers that the others call, are exported
 * meanwhile, which tells what they do not reach; it is dropped first, as inlining helpers into each other takes most of the time.
 */
function inlineHelpers(
  { module, helpers }: ModuleContext,
  inlining: readonly SharedKernel[],
  calling: readonly SharedKernel[],
): void {
  const called = [...helpersOf(calling.map(({ kernel }) => kernel))].map((name) => helpers.get(name)!);
  const names = [...inlining.map(({ kernel }) => kernelName(kernel)), ...called];
  for (const name of names) module.addFunctionExport(name, name);
  const saved = binaryen.getAlwaysInlineMaxSize();
  binaryen.setAlwaysInlineMaxSize(inlineLimit);
  try {
    module.runPasses(["remove-unused-module-elements", "inlining"]);
  } finally {
    binaryen.setAlwaysInlineMaxSize(saved);
  }
  for (const name of names) module.removeExport(name);
}

function withDebugInfo<T>(on: boolean, body: () => T): T {
  const saved = binaryen.getDebugInfo();
  binaryen.setDebugInfo(on);
  try {
    return body();
  } finally {
    binaryen.setDebugInfo(saved);
  }
}

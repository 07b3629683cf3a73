/**
 * Makes the Binaryen module: helpers in, kernels and entries added, helpers inlined into kernels, unused code gone.
 *
 * The order matters: helpers are inlined before the entries exist, so that kernels stay functions of their own. V8
 * compiles a function as a whole and moves it to its optimising tier from call to call, so small ones get there sooner.
 */
import binaryen from "binaryen";
import { internalError } from "../diagnostics.ts";
import { addEntries } from "./entries.ts";
import { addKernel, kernelName } from "./functions.ts";
import { helpersOf, readHelpers } from "./helpers.ts";
import type { ModulePlan } from "./plan.ts";
import type { Module } from "./scalar.ts";

/** What every engine with SIMD has; AssemblyScript may use any of them. */
const features =
  binaryen.Features.SIMD128 |
  binaryen.Features.BulkMemory |
  binaryen.Features.SignExt |
  binaryen.Features.NontrappingFPToInt |
  binaryen.Features.MutableGlobals;

const memoryName = "memory";

/** Chosen by measurement: further passes made unrolled kernels slower or code no smaller. */
const cleanUp = [
  "ssa-nomerge",
  "dce",
  "remove-unused-names",
  "optimize-instructions",
  "precompute",
  "simplify-locals",
  "vacuum",
  "coalesce-locals",
  "reorder-locals",
  "merge-blocks",
  "vacuum",
];

export interface LinkOptions {
  readonly optimize: boolean;
  /** Keeps the names of functions, for reading. */
  readonly names: boolean;
}

/** The bytes of the module; the same for the same plan. */
export function link(plan: ModulePlan, options: LinkOptions): Uint8Array {
  const helpers = helpersOf(plan.kernels);
  const module = helpers.size > 0 ? helperModule(helpers) : new binaryen.Module();
  try {
    build(module, plan, options);
    return withDebugInfo(options.names, () => module.emitBinary());
  } finally {
    module.dispose();
  }
}

function build(module: Module, plan: ModulePlan, { optimize }: LinkOptions): void {
  module.setFeatures(features);
  const segments = plan.data.map(({ byteOffset, bytes }) => ({ offset: module.i32.const(byteOffset), data: bytes }));
  module.setMemory(plan.pages, plan.pages, memoryName, segments as never, false, false, memoryName);
  const buffers = new Map(plan.buffers.map((buffer) => [buffer.name, buffer]));
  for (const kernel of plan.kernels) addKernel(module, kernel, plan, buffers);
  if (optimize) inlineHelpers(module);
  addEntries(module, plan);
  for (const { name, bytes } of plan.customSections) module.addCustomSection(name, bytes);
  module.runPasses(["remove-unused-module-elements", ...(optimize ? cleanUp : [])]);
  if (!module.validate()) throw internalError("Binaryen refuses the emitted module; its reasons are above");
}

/** The helpers' module without exports and memory of its own. */
function helperModule(needed: ReadonlySet<string>): Module {
  const module = binaryen.readBinaryWithFeatures(readHelpers(), features);
  const exported = new Set<string>();
  for (let at = module.getNumExports() - 1; at >= 0; at--) {
    const { name } = binaryen.getExportInfo(module.getExportByIndex(at));
    exported.add(name);
    module.removeExport(name);
  }
  for (const name of needed) if (!exported.has(name)) throw internalError(`runtime/wasm has no helper ${name}`);
  return module;
}

function inlineHelpers(module: Module): void {
  void kernelName;
  module.runPasses(["inlining"]);
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

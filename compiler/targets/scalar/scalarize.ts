/**
 * A module without vector instructions that computes the same bits: each v128 becomes four or two scalars. For targets
 * that have no SIMD: C for small machines, JavaScript.
 *
 *   scalarize(built.wasm)
 */

import binaryen from "binaryen";
import { internalError } from "../../diagnostics.ts";
import { edit, type Info, infoOf } from "../../wasm/expression.ts";
import type { Module, Ref } from "../../wasm/int.ts";
import { readBinary } from "../../wasm/read-binary.ts";
import { Kinds } from "./kinds.ts";
import { Rewriter } from "./rewrite.ts";

/** What a scalar module may use. */
export const scalarFeatures =
  binaryen.Features.BulkMemory |
  binaryen.Features.SignExt |
  binaryen.Features.NontrappingFPToInt |
  binaryen.Features.MutableGlobals;

/** Beyond any function: helpers that take and give vectors go into their callers. */
const noLimit = 1_000_000;

/** No coalesce-locals: it is quadratic, 15 seconds where `init` has all helpers inlined, and C compilers do it themselves. */
const cleanUp = [
  "dce",
  "simplify-locals",
  "vacuum",
  "optimize-instructions",
  "simplify-locals",
  "vacuum",
  "reorder-locals",
  "merge-blocks",
  "remove-unused-names",
];

/** The module's bytes again, for `use` to go on with. */
export function scalarize(wasm: Uint8Array): Uint8Array {
  const module = readBinary(wasm, scalarFeatures | binaryen.Features.SIMD128);
  try {
    inlineVectorFunctions(module);
    // Binaryen's own passes let one local hold masks here and floats there; a local per value has one kind.
    module.runPasses(["ssa-nomerge", "flatten"]);
    for (const name of functionNames(module)) rewriteFunction(module, name);
    module.setFeatures(scalarFeatures);
    module.runPasses(cleanUp);
    if (!module.validate()) throw internalError("Binaryen refuses the scalar module; its reasons are above");
    return module.emitBinary();
  } finally {
    module.dispose();
  }
}

/** Those alone: see keepApart. */
function inlineVectorFunctions(module: Module): void {
  const saved = binaryen.getAlwaysInlineMaxSize();
  binaryen.setAlwaysInlineMaxSize(noLimit);
  try {
    for (const name of functionNames(module)) if (!hasVectors(module, name)) keepApart(module, name);
    module.runPasses(["inlining", "remove-unused-module-elements"]);
  } finally {
    binaryen.setAlwaysInlineMaxSize(saved);
  }
}

function hasVectors(module: Module, name: string): boolean {
  const { params, results } = binaryen.getFunctionInfo(module.getFunction(name));
  return [...binaryen.expandType(params), ...binaryen.expandType(results)].includes(binaryen.v128);
}

/**
 * Has no passes inline the functions that the pattern names. V8 leaves a function of more than 60 kB of bytecode to its
 * interpreter, and the kernels of a step make one if they are inlined into it.
 */
export function keepApart(module: Module, pattern: string): void {
  binaryen.setPassArgument("no-inline", pattern);
  try {
    module.runPasses(["no-inline"]);
  } finally {
    binaryen.clearPassArguments();
  }
}

const functionNames = (module: Module): string[] =>
  Array.from(
    { length: module.getNumFunctions() },
    (_, i) => binaryen.getFunctionInfo(module.getFunctionByIndex(i)).name,
  );

function rewriteFunction(module: Module, name: string): void {
  const { params, results, vars, body } = binaryen.getFunctionInfo(module.getFunction(name));
  if (hasVectors(module, name)) throw internalError(`scalar form: ${name} takes or gives a vector`);
  const kinds = new Kinds();
  visit(body, (ref) => {
    learn(kinds, infoOf(ref));
    return ref;
  });
  const rewriter = new Rewriter(module, kinds, binaryen.expandType(params).length, vars);
  const scalar = visit(body, (ref) => rewriter.statement(ref));
  module.removeFunction(name);
  module.addFunction(name, params, results, rewriter.vars, scalar);
}

function learn(kinds: Kinds, info: Info): void {
  if (info.id !== binaryen.LocalSetId) return;
  const value = infoOf(info.value);
  if (value.type === binaryen.v128) kinds.set(info.index, info.value);
  else kinds.reads(value);
}

/** Replaces each statement of flat code by what `change` gives, in place. */
function visit(ref: Ref, change: (statement: Ref) => Ref): Ref {
  const info = infoOf(ref);
  if (info.id === binaryen.BlockId) {
    for (const [i, child] of info.children.entries()) edit.Block.setChildAt(ref, i, visit(child, change));
  } else if (info.id === binaryen.IfId) {
    edit.If.setIfTrue(ref, visit(info.ifTrue, change));
    if (info.ifFalse) edit.If.setIfFalse(ref, visit(info.ifFalse, change));
  } else if (info.id === binaryen.LoopId) {
    edit.Loop.setBody(ref, visit(info.body, change));
  } else {
    return change(ref);
  }
  return ref;
}

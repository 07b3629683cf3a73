/**
 * A loop function to a Wasm function (n: i32, turns: i32 ..., addresses: i32 ...) -> (), called by its own name inside the module:
 * n is the number of rows, each turn that of a loop around the call, each address where buffers lie that kernels which share the
 * function have in different places.
 */
import binaryen from "binaryen";
import type { LoopFunction } from "../loop/ir.ts";
import { FunctionContext, i32, type ModuleContext, none } from "./context.ts";
import type { Ref } from "./int.ts";
import { emitBody, turnScope } from "./loops.ts";
import type { SharedKernel } from "./share.ts";

/** Kernels have a prefix of their own, so that none takes a helper's name. */
export const kernelName = ({ name }: LoopFunction): string => `kernel ${name}`;

export function addKernel(kernel: SharedKernel, shared: ModuleContext): void {
  const { module } = shared;
  const { body: statements, repeats = [] } = kernel.kernel;
  const context = new FunctionContext(shared, kernel);
  const turns = repeats.map((repeat, at) => turnScope(repeat, at, context));
  context.scopes.push(...turns.map(({ scope }) => scope));
  const body = context.block(() => emitBody(statements, context));
  const starts = turns.flatMap(({ start }) => start());
  const block = module.block(null, [...context.prologue, ...context.jumpsTo(context.jumps), ...starts, ...body], none);
  const parameters = binaryen.createType(new Array(1 + repeats.length + kernel.parameterCount).fill(i32));
  module.addFunction(kernelName(kernel.kernel), parameters, none, context.localTypes, block);
}

/** The call of the function that a kernel has, alone or with others. */
export function callKernel(fn: LoopFunction, rowsAndTurns: Ref[], { module, kernels }: ModuleContext): Ref {
  const { kernel, addresses } = kernels.get(fn)!;
  const passed = addresses.get(fn)!.map((bytes) => module.i32.const(bytes));
  return module.call(kernelName(kernel), [...rowsAndTurns, ...passed], none);
}

/**
 * A loop function to a Wasm function (n: i32, turns: i32 ...) -> (), called by its own name inside the module: n is the number of
 * rows, and each turn that of a loop around the call.
 */
import binaryen from "binaryen";
import type { LoopFunction } from "../loop/ir.ts";
import { FunctionContext, i32, type ModuleContext, none } from "./context.ts";
import { emitBody, turnScope } from "./loops.ts";

/** Kernels have a prefix of their own, so that none takes a helper's name. */
export const kernelName = ({ name }: LoopFunction): string => `kernel ${name}`;

export function addKernel(fn: LoopFunction, shared: ModuleContext): void {
  const { module } = shared;
  const { repeats = [] } = fn;
  const context = new FunctionContext(shared, fn.dtype, repeats.length);
  const turns = repeats.map((repeat, at) => turnScope(repeat, at, context));
  context.scopes.push(...turns.map(({ scope }) => scope));
  const body = context.block(() => emitBody(fn.body, context));
  const starts = turns.flatMap(({ start }) => start());
  const block = module.block(null, [...context.prologue, ...context.jumpsTo(context.jumps), ...starts, ...body], none);
  const parameters = binaryen.createType([i32, ...repeats.map(() => i32)]);
  module.addFunction(kernelName(fn), parameters, none, context.localTypes, block);
}

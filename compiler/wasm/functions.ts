/** A loop function to a Wasm function (n: i32) -> (), called by its own name inside the module. */
import type { LoopFunction } from "../loop/ir.ts";
import { FunctionContext, i32, type ModuleContext, none } from "./context.ts";
import { emitBody } from "./loops.ts";

/** Kernels have a prefix of their own, so that none takes a helper's name. */
export const kernelName = ({ name }: LoopFunction): string => `kernel ${name}`;

export function addKernel(fn: LoopFunction, shared: ModuleContext): void {
  const { module } = shared;
  const context = new FunctionContext(shared, fn.dtype);
  const body = context.block(() => emitBody(fn.body, context));
  const block = module.block(null, [...context.prologue, ...context.jumpsTo(context.jumps), ...body], none);
  module.addFunction(kernelName(fn), i32, none, context.localTypes, block);
}

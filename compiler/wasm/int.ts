/**
 * i32 arithmetic that folds what is known while emitting: times(3, 4) is 12 and costs nothing at run time. A Binaryen
 * expression may stand in one place only, hence the functions that make a fresh one at every use.
 */
import type binaryen from "binaryen";

export type Module = binaryen.Module;
export type Ref = binaryen.ExpressionRef;

/** Known while emitting, or computed by the code. */
export type Int = number | (() => Ref);

export const intRef = (module: Module, value: Int): Ref =>
  typeof value === "number" ? module.i32.const(value) : value();

export function plus(module: Module, a: Int, b: Int): Int {
  if (typeof a === "number" && typeof b === "number") return a + b;
  if (a === 0) return b;
  if (b === 0) return a;
  return () => module.i32.add(intRef(module, a), intRef(module, b));
}

export function minus(module: Module, a: Int, b: Int): Int {
  if (typeof a === "number" && typeof b === "number") return a - b;
  if (b === 0) return a;
  return () => module.i32.sub(intRef(module, a), intRef(module, b));
}

export function times(module: Module, a: Int, factor: number): Int {
  if (typeof a === "number") return a * factor;
  if (factor === 1) return a;
  return () => module.i32.mul(a(), module.i32.const(factor));
}

/** a rounded down to a multiple; a is not negative. */
export function roundDown(module: Module, a: Int, multipleOf: number): Int {
  if (typeof a === "number") return a - (a % multipleOf);
  if (multipleOf === 1) return a;
  const isPowerOfTwo = (multipleOf & (multipleOf - 1)) === 0;
  return isPowerOfTwo
    ? () => module.i32.and(a(), module.i32.const(-multipleOf))
    : () => module.i32.sub(a(), module.i32.rem_u(a(), module.i32.const(multipleOf)));
}

/**
 * Locals begin as zero, so that a function need not set one to zero at its start: 4 bytes for each accumulator and pointer.
 *
 *   acc = 0; p = 0; c = v128.load ...; loop { ... }     ==>     c = v128.load ...; loop { ... }
 */
import binaryen from "binaryen";
import { i32 } from "./context.ts";
import { infoOf } from "./expression.ts";
import type { Ref } from "./int.ts";

/** The statements of a function's body without those at its start that are not needed; nothing sets the local `zero`. */
export function withoutZeros(body: Ref, zero: number, parameterCount: number): Ref[] {
  const { id, children } = infoOf(body);
  if (id !== binaryen.BlockId) return [body];
  // Parameters begin as what a call gives.
  const changed = new Set(Array.from({ length: parameterCount }, (_, at) => at));
  const isNeeded = (statement: Ref): boolean => {
    const { index, value } = infoOf(statement);
    if (isZero(value, zero) && !changed.has(index)) return false;
    for (const local of setIn(statement)!) changed.add(local);
    return true;
  };
  const start = children.slice(0, startLength(children));
  return [...start.filter(isNeeded), ...children.slice(start.length)];
}

/** How many statements from the first on set a local and have nothing inside whose locals are not known. */
function startLength(statements: readonly Ref[]): number {
  const end = statements.findIndex((ref) => infoOf(ref).id !== binaryen.LocalSetId || setIn(ref) === undefined);
  return end < 0 ? statements.length : end;
}

/** The locals that an expression sets; undefined for one of another kind than those that starts are made of. */
function setIn(ref: Ref): readonly number[] | undefined {
  const { id, index, value, left, right, ptr } = infoOf(ref);
  switch (id) {
    case binaryen.ConstId:
    case binaryen.LocalGetId:
      return [];
    case binaryen.LocalSetId:
      return joined([index], setIn(value));
    case binaryen.UnaryId:
      return setIn(value);
    case binaryen.BinaryId:
      return joined(setIn(left), setIn(right));
    case binaryen.LoadId:
    case binaryen.SIMDLoadId:
      return setIn(ptr);
    default:
      return undefined;
  }
}

const joined = (a: readonly number[] | undefined, b: readonly number[] | undefined): readonly number[] | undefined =>
  a && b && [...a, ...b];

function isZero(ref: Ref, zero: number): boolean {
  const { id, type, index, value } = infoOf(ref);
  return (id === binaryen.LocalGetId && index === zero) || (id === binaryen.ConstId && type === i32 && +value === 0);
}

/**
 * Addresses without multiplications: an affine index becomes a pointer local, which loops advance, and a constant, which
 * goes into the instruction's offset immediate. V8 reduces no strengths by itself.
 *
 *   for i in 0..n step 1                 p = 0
 *     for k in 0..784 step 1             loop i { q = p; loop k {
 *       load x[784*i + k + 2]              v128.load offset=x+8 q
 *                                        q += 4 } p += 3136 }
 *
 * The terms of an index, outermost loop first, are a chain of pointers: each starts at its outer one and adds its stride
 * times its axis. Chains are shared as far as they agree, by buffers too, as their offsets are constants.
 *
 * A pointer counts from the least value its terms can take, so it is never negative; that least value is part of the
 * constant. Where the index lies inside its buffer, as the verifier has proved, so the constant is not negative either.
 */
import type { Affine } from "../loop/kernel.ts";
import type { AxisRange } from "../loop/ranges.ts";

/** A local that holds outer + stride * (axis - its value where this is least), in bytes (or 1 for plain numbers). */
export interface Pointer {
  readonly local: number;
  readonly outer: Pointer | undefined;
  readonly stride: number;
}

/** A loop whose body is being emitted. One that runs exactly once has its axis fixed. */
export interface LoopScope {
  readonly axis: string;
  readonly range: AxisRange;
  readonly fixed: boolean;
  readonly pointers: Pointer[];
}

export interface Address {
  /** Undefined where no axis takes part: the address is the constant. */
  readonly pointer: Pointer | undefined;
  readonly constant: number;
}

/** The least value that `stride * axis` takes. */
const least = (stride: number, { min, max }: AxisRange): number => stride * (stride > 0 ? min : max);

/** `unit` times the index, from `scopes` (outermost first); asks for the pointers it needs with `newLocal`. */
export function addressOf(index: Affine, unit: number, scopes: readonly LoopScope[], newLocal: () => number): Address {
  let pointer: Pointer | undefined;
  let constant = index.base * unit;
  for (const scope of scopes) {
    const stride = unit * (index.terms.find(({ axis }) => axis === scope.axis)?.stride ?? 0);
    if (stride === 0) continue;
    constant += least(stride, scope.range);
    if (!scope.fixed) pointer = pointerOf(scope, pointer, stride, newLocal);
  }
  return { pointer, constant };
}

function pointerOf(scope: LoopScope, outer: Pointer | undefined, stride: number, newLocal: () => number): Pointer {
  const known = scope.pointers.find((pointer) => pointer.outer === outer && pointer.stride === stride);
  if (known) return known;
  const pointer = { local: newLocal(), outer, stride };
  scope.pointers.push(pointer);
  return pointer;
}

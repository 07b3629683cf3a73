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
 * A term from memory is read in the innermost loop that it changes with, and is one more pointer of the chain there:
 *
 *   for i in 0..n step 1                 loop i { q = p + 64 * (i32.load offset=label l)
 *     for j in 0..16 step 4                loop j { v128.load offset=w q ... q += 16 } ... }
 *       load w[16*label[i] + j]
 *
 * A pointer counts from the least value its terms can take, so it is never negative; that least value is part of the
 * constant. Where the index lies inside its buffer, as the verifier has proved, so the constant is not negative either.
 */
import { bytesPerElement } from "../graph/types.ts";
import type { LoopBuffer } from "../loop/buffer.ts";
import { type Dynamic, type Index, jumpsAlong, strideOf } from "../loop/kernel.ts";
import type { AxisRange, Range } from "../loop/ranges.ts";

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
  readonly jumps: Jump[];
}

/** A pointer set at the start of a loop's body, or of the function: outer + stride * (a number from memory - its least). */
export interface Jump extends Pointer {
  readonly buffer: LoopBuffer;
  /** Where the number lies; constants count from the start of its buffer, in bytes. */
  readonly from: Address;
  readonly least: number;
}

/** Makes the locals of an address. Jumps that change with no loop belong to the function. */
export interface AddressMaker {
  readonly scopes: readonly LoopScope[];
  readonly jumps: Jump[];
  newLocal(): number;
  /** What all indices of a buffer start from, where kernels that share the function have it in different places. */
  rootOf(buffer: LoopBuffer): Pointer | undefined;
}

export interface Address {
  /** Undefined where no axis takes part: the address is the constant. */
  readonly pointer: Pointer | undefined;
  readonly constant: number;
}

/** The least value of `stride` times what lies in a range. */
const least = (stride: number, { min, max }: Range): number => stride * (stride > 0 ? min : max);

/** `unit` times the index, from a root on, over the loops around it; asks for the pointers that it needs. */
export function addressOf(index: Index, unit: number, maker: AddressMaker, root?: Pointer): Address {
  const { dynamic } = index;
  let pointer = root;
  let constant = index.base * unit;
  const settled = dynamic && maker.scopes.findLastIndex(({ axis }) => jumpsAlong(index, axis));
  const jump = (at: number): void => {
    if (at !== settled) return;
    const made = jumpOf(dynamic!, unit, pointer, maker, at + 1);
    constant += made.least;
    pointer = made;
  };
  jump(-1);
  for (const [at, scope] of maker.scopes.entries()) {
    const stride = unit * strideOf(index, scope.axis);
    if (stride !== 0) {
      constant += least(stride, scope.range);
      if (!scope.fixed) pointer = pointerOf(scope, pointer, stride, maker);
    }
    jump(at);
  }
  return { pointer, constant };
}

function pointerOf(scope: LoopScope, outer: Pointer | undefined, stride: number, maker: AddressMaker): Pointer {
  const known = scope.pointers.find((pointer) => pointer.outer === outer && pointer.stride === stride);
  if (known) return known;
  const pointer = { local: maker.newLocal(), outer, stride };
  scope.pointers.push(pointer);
  return pointer;
}

/** The pointer moved on by what memory says in the innermost of the `depth` outer loops. */
function jumpOf(dynamic: Dynamic, unit: number, outer: Pointer | undefined, maker: AddressMaker, depth: number): Jump {
  const { buffer } = dynamic;
  const stride = unit * dynamic.stride;
  const jumps = depth === 0 ? maker.jumps : maker.scopes[depth - 1]!.jumps;
  const outside = { ...maker, scopes: maker.scopes.slice(0, depth) };
  const from = addressOf(dynamic.index, bytesPerElement(buffer.dtype), outside, maker.rootOf(buffer));
  const known = jumps.find(
    (jump) =>
      jump.outer === outer &&
      jump.stride === stride &&
      jump.buffer === buffer &&
      jump.from.pointer === from.pointer &&
      jump.from.constant === from.constant,
  );
  if (known) return known;
  const range = { min: 0, max: buffer.below! - 1 };
  const jump = { local: maker.newLocal(), outer, stride, buffer, from, least: least(stride, range) };
  jumps.push(jump);
  return jump;
}

/**
 * Kernels that differ only in where their buffers lie are one function, of whichever layer or entry they are. What differs
 * becomes parameters, to which pointers are relative; buffers that lie equally far apart in all kernels share one.
 *
 *   step.3      h at 1024 = relu(x at 0)           shared(n, a, b)    h at a + 512 = relu(x at b)
 *   evaluate.1  h at  512 = relu(x at 0)     ->    step.3 calls it with a = 512, evaluate.1 with a = 0; b is not needed
 *
 * Buffers that overlap in one kernel overlap in all: what is invariant in a loop depends on it.
 */
import { bytesPerElement } from "../graph/types.ts";
import type { LoopBuffer } from "../loop/buffer.ts";
import type { LoopFunction } from "../loop/ir.ts";
import { numbering } from "../numbering.ts";

/** A function of the module, for one kernel or several. */
export interface SharedKernel {
  /** Whose statements they are. */
  readonly kernel: LoopFunction;
  /** Where each buffer of that kernel lies in all kernels at least. */
  readonly bases: ReadonlyMap<LoopBuffer, number>;
  /** The parameter, from 0 on, that is added for it, where there is one. */
  readonly parameters: ReadonlyMap<LoopBuffer, number>;
  readonly parameterCount: number;
  /** What each kernel passes. */
  readonly moves: ReadonlyMap<LoopFunction, readonly number[]>;
}

/** The function of each kernel. Kernels of different kinds, such as hot and cold ones, share none. */
export function shareKernels(
  kernels: readonly LoopFunction[],
  placeOf: (buffer: LoopBuffer) => number,
  kindOf: (kernel: LoopFunction) => string,
): Map<LoopFunction, SharedKernel> {
  const groups = new Map<string, Member[]>();
  for (const kernel of kernels) {
    const { text, buffers } = structureOf(kernel);
    const member = { kernel, buffers, places: buffers.map(placeOf) };
    const key = `${kindOf(kernel)} ${overlaps(member)} ${text}`;
    groups.set(key, [...(groups.get(key) ?? []), member]);
  }
  const shared = new Map<LoopFunction, SharedKernel>();
  for (const members of groups.values()) {
    const one = join(members);
    for (const { kernel } of members) shared.set(kernel, one);
  }
  return shared;
}

interface Member {
  readonly kernel: LoopFunction;
  /** In the order of their first use. */
  readonly buffers: readonly LoopBuffer[];
  readonly places: readonly number[];
}

/** All that a kernel says but its name, with numbers for buffers, axes and locals. */
function structureOf({ dtype, repeats = [], body }: LoopFunction): { text: string; buffers: LoopBuffer[] } {
  const [bufferNumber, axisNumber, localNumber] = [numbering<LoopBuffer>(), numbering<string>(), numbering<string>()];
  const buffers: LoopBuffer[] = [];
  const text = JSON.stringify({ repeats, body }, (key, value) => {
    // JSON has neither -0 nor what is not finite.
    if (typeof value === "number") return Object.is(value, -0) ? "-0" : `${value}`;
    if (key === "axis") return axisNumber(value);
    if (key === "name") return localNumber(value);
    if (key !== "buffer") return value;
    const number = bufferNumber(value);
    buffers[number] = value;
    return `${number} ${value.dtype} ${value.below}`;
  });
  return { text: `${dtype} ${text}`, buffers };
}

/** The pairs of buffers that have bytes in common, by their numbers: of buffers by where they begin, each and those before its end. */
function overlaps({ buffers, places }: Member): string {
  const ends = buffers.map(({ dtype, elementCount }, at) => places[at]! + elementCount * bytesPerElement(dtype));
  const byStart = [...buffers.keys()].sort((a, b) => places[a]! - places[b]! || a - b);
  const pairs: string[] = [];
  for (const [at, one] of byStart.entries())
    for (let next = at + 1; next < byStart.length && places[byStart[next]!]! < ends[one]!; next++)
      pairs.push([one, byStart[next]!].sort((a, b) => a - b).join("-"));
  return pairs.sort().join(" ");
}

function join(members: readonly Member[]): SharedKernel {
  const [{ kernel, buffers }] = members as [Member];
  const numberOf = numbering<string>();
  const moves: (readonly number[])[] = [];
  const bases = new Map<LoopBuffer, number>();
  const parameters = new Map<LoopBuffer, number>();
  for (const [at, buffer] of buffers.entries()) {
    const base = Math.min(...members.map(({ places }) => places[at]!));
    const move = members.map(({ places }) => places[at]! - base);
    bases.set(buffer, base);
    if (move.every((bytes) => bytes === 0)) continue;
    const number = numberOf(`${move}`);
    moves[number] = move;
    parameters.set(buffer, number);
  }
  const passed = new Map(members.map((member, at) => [member.kernel, moves.map((move) => move[at]!)]));
  return { kernel, bases, parameters, parameterCount: moves.length, moves: passed };
}

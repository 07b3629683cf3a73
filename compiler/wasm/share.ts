/**
 * Kernels that differ only in where their buffers lie are one function, of whichever layer or entry they are. What differs
 * becomes parameters, to which pointers are relative; buffers that lie equally far apart in all kernels have one together.
 *
 *   step.3      h at 1024 = relu(x at 0)           shared(n, a)    h at a = relu(x at 0)
 *   evaluate.1  h at  512 = relu(x at 0)     ->    step.3 calls it with a = 1024, evaluate.1 with a = 512
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
  /** Where each buffer lies, counted from its parameter where it has one. */
  readonly bases: ReadonlyMap<LoopBuffer, number>;
  /** The parameter, from 0 on, where there is one: an address. */
  readonly parameters: ReadonlyMap<LoopBuffer, number>;
  readonly parameterCount: number;
  /** The addresses that each kernel passes. */
  readonly addresses: ReadonlyMap<LoopFunction, readonly number[]>;
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
  const shared = [...groups.values()].map(join);
  return new Map(shared.flatMap((one) => [...one.addresses.keys()].map((kernel) => [kernel, one])));
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
  const turns = repeats.map(({ axis, extent }) => ({ axis, extent }));
  const text = JSON.stringify({ turns, body }, (key, value) => {
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
  const [first] = members as [Member];
  const { kernel, buffers } = first;
  // By how far they lie from those of the first kernel.
  const together = new Map<string, number[]>();
  for (const at of buffers.keys()) {
    const key = `${members.map(({ places }) => places[at]! - first.places[at]!)}`;
    together.set(key, [...(together.get(key) ?? []), at]);
  }
  const bases = new Map(buffers.map((buffer, at) => [buffer, first.places[at]!]));
  const parameters = new Map<LoopBuffer, number>();
  /** By the parameter, whose address it is: the lowest of the buffers that share it. */
  const lowest: number[] = [];
  for (const group of together.values()) {
    const low = group.reduce((a, b) => (first.places[b]! < first.places[a]! ? b : a));
    if (members.every(({ places }) => places[low] === first.places[low])) continue;
    for (const at of group) {
      parameters.set(buffers[at]!, lowest.length);
      bases.set(buffers[at]!, first.places[at]! - first.places[low]!);
    }
    lowest.push(low);
  }
  const addresses = new Map(members.map(({ kernel, places }) => [kernel, lowest.map((at) => places[at]!)]));
  return { kernel, bases, parameters, parameterCount: lowest.length, addresses };
}

/**
 * What the verifiers of kernels and of loops have in common: that an index is made of axes around it, and stays inside its
 * buffer wherever these are.
 *
 *   y[10*i0 + i1], i0 from 0 to 29, i1 from 0 to 9         goes from 0 to 299
 */
import type { FloatType } from "../graph/types.ts";
import type { LoopBuffer } from "./buffer.ts";
import { type LaneType, laneTypeOf } from "./ir.ts";
import type { Affine, Dynamic, Index } from "./kernel.ts";
import { printAffine } from "./print.ts";
import { indexRange, type Range } from "./ranges.ts";

export const nameOf: Readonly<Record<LaneType, string>> = {
  v: "a vector of floats",
  i: "a vector of i32",
  m: "a mask",
};

/** What an operation takes and what it got, and what the letters mean. */
export const wrongTypes = (what: string, takes: string, got: string): string =>
  `${what} takes (${kindNames(takes)}), got (${kindNames(got)}); v floats, i i32, m a mask`;

const kindNames = (kinds: string): string => [...kinds].join(", ");

/** A law that does not hold, and at which statement. */
export class Broken extends Error {
  place: string | undefined;
}

export function check(holds: boolean, message: string): asserts holds {
  if (!holds) throw new Broken(message);
}

export const isCount = (value: number, least: number): boolean => Number.isInteger(value) && value >= least;

export function checkTerms(index: Affine, around: { has(axis: string): boolean }): void {
  check(Number.isInteger(index.base), "an index is not an integer");
  const axes = new Set<string>();
  for (const { axis, stride } of index.terms) {
    check(around.has(axis), `axis ${axis} belongs to no loop around this statement`);
    check(!axes.has(axis), `axis ${axis} stands twice in one index`);
    check(Number.isInteger(stride) && stride !== 0, `the stride of axis ${axis} is not an integer other than 0`);
    axes.add(axis);
  }
}

export const checkAffine = (index: Index, what: string): void =>
  check(index.dynamic === undefined, `${what} depends on memory itself`);

/** A number from memory is where memory has it, and is known to stay in a range. */
export function checkSource({ stride, buffer: { name, dtype, below }, index }: Dynamic): void {
  check(dtype === "i32", `${name}, which says where to read or write, is ${dtype}, expected i32`);
  check(below !== undefined && isCount(below, 1), `nothing says below what the numbers in ${name} are`);
  check(Number.isInteger(stride) && stride !== 0, `the stride of ${name}[...] is not an integer other than 0`);
  checkAffine(index, "the place of a number in memory");
}

/** From the index to `reach` elements behind it. */
export function checkInside(
  { name, elementCount }: LoopBuffer,
  index: Index,
  axes: ReadonlyMap<string, Range>,
  reach = 0,
): void {
  const first = indexRange(index, axes);
  const [min, max] = [first.min + Math.min(0, reach), first.max + Math.max(0, reach)];
  if (min >= 0 && max < elementCount) return;
  const elements = reach === 0 ? "" : ` to ${printAffine({ ...index, base: index.base + reach })}`;
  check(
    false,
    `${name} has ${elementCount} elements, index ${printAffine(index)}${elements} goes from ${min} to ${max}`,
  );
}

/** What a buffer holds is what is stored in it. */
export function checkStored(type: LaneType, buffer: LoopBuffer, dtype: FloatType): void {
  check([dtype, "i32"].includes(buffer.dtype), `a store needs a buffer of ${dtype} or i32`);
  check(type === laneTypeOf(buffer), `${buffer.name} holds ${nameOf[laneTypeOf(buffer)]}, stored is ${nameOf[type]}`);
}

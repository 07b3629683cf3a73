/**
 * The index maps of a contraction, or of windows, without guards: what each operand needs around it so that every point is
 * inside.
 *
 *   n,i+p-1,c;p,c,d->n,i,d  over 8 places    ->   n,i+p,c;p,c,d->n,i,d   of a framed by one zero on each side
 *   n,i,d;p,c,d->n,i+p-1,c                   ->   n,h+p,d;p,c,d->n,h,c   of a framed, b backwards along p
 */

import type { Maps } from "../graph/ir.ts";
import type { Dim, Dims } from "../graph/types.ts";
import { type Affine, affine, linear } from "../loop/kernel.ts";
import { rangeOf } from "../ops/contraction/element.ts";
import { extentsOf, type Operand, pureAxis, solvedTerm } from "../ops/contraction/maps.ts";

/** How many places before and after each axis, and what stands there. */
export interface Frame {
  readonly value: number;
  readonly before: readonly number[];
  readonly after: readonly number[];
}

export interface Unguarded {
  readonly maps: Maps;
  /** Axes of b that are read backwards. */
  readonly backwards: readonly number[];
  /** What a and b need around them; the maps count from the operand's own first element. */
  readonly frames: Readonly<Record<"a" | "b", Frame>>;
}

type AllDims = Readonly<Record<Operand, Dims>>;

/** `outside`: what an operand counts as where it has ended. */
export function unguarded(maps: Maps, dims: AllDims, outside = 0): Unguarded {
  const direct = forwards(solvedForOperands(maps), dims);
  const extents = extentsOf(direct.maps, dims)!;
  return {
    ...direct,
    frames: {
      a: { value: outside, ...frameOf(direct.maps, "a", dims, extents) },
      b: { value: outside, ...frameOf(direct.maps, "b", dims, extents) },
    },
  };
}

/** Where a place of the result is a sum that ends in one whole axis, that axis gives way to the place. */
function solvedForOperands(maps: Maps): Maps {
  return maps.y.reduce((current, map, place): Maps => {
    if (pureAxis(map) !== undefined) return current;
    const solved = solvedTerm(map, current.y);
    if (Math.abs(solved.stride) !== 1) return current;
    const own = `h${place}`;
    const rest = map.terms.filter((term) => term !== solved);
    const value = affine(-solved.stride * map.base, [
      { axis: own, stride: solved.stride },
      ...rest.map(({ axis, stride }) => ({ axis, stride: -solved.stride * stride })),
    ]);
    const put = (side: readonly Affine[]) => side.map((m) => substituted(m, solved.axis, value));
    return { a: put(current.a), b: put(current.b), y: current.y.with(place, affine(0, [{ axis: own, stride: 1 }])) };
  }, maps);
}

/** Axes that a walks backwards and b has for itself are turned round in both. */
function forwards(maps: Maps, dims: AllDims): { maps: Maps; backwards: number[] } {
  const negative = new Set(maps.a.flatMap(({ terms }) => terms.flatMap((t) => (t.stride < 0 ? [t.axis] : []))));
  const backwards = maps.b.flatMap((map, place) => (negative.has(pureAxis(map) ?? "") ? [place] : []));
  const a = backwards.reduce((side, place) => {
    const axis = pureAxis(maps.b[place]!)!;
    const turned = affine((dims.b[place] as number) - 1, [{ axis, stride: -1 }]);
    return side.map((map) => substituted(map, axis, turned));
  }, maps.a);
  return { maps: { ...maps, a }, backwards };
}

/** A map with an affine sum in the place of one axis. */
function substituted(map: Affine, axis: string, value: Affine): Affine {
  const term = map.terms.find((t) => t.axis === axis);
  if (term === undefined) return map;
  const rest = map.terms.filter((t) => t !== term).map((t) => affine(0, [{ axis: t.axis, stride: 1 }]));
  const strides = map.terms.filter((t) => t !== term).map(({ stride }) => stride);
  return linear([value, ...rest], [term.stride, ...strides], map.base);
}

function frameOf(maps: Maps, side: "a" | "b", dims: AllDims, extents: ReadonlyMap<string, Dim>) {
  const ranges = maps[side].map((map, place) => {
    if (dims[side][place] === "n") return { before: 0, after: 0 };
    const { min, max } = rangeAt(maps, map, dims, extents);
    return { before: Math.max(0, -min), after: Math.max(0, max - (dims[side][place] as number) + 1) };
  });
  return { before: ranges.map(({ before }) => before), after: ranges.map(({ after }) => after) };
}

/** The range of a place; of an axis that only the result's places decide, the range that these give it. */
function rangeAt(maps: Maps, map: Affine, dims: AllDims, extents: ReadonlyMap<string, Dim>) {
  const axis = pureAxis(map);
  const place = placeThatDecides(axis, maps.y);
  if (axis === undefined || place < 0) return rangeOf(map, extents);
  const { base, terms } = maps.y[place]!;
  const { stride } = terms.find((t) => t.axis === axis)!;
  const rest = rangeOf(
    affine(
      base,
      terms.filter((t) => t.axis !== axis),
    ),
    extents,
  );
  const ends = [-rest.max / stride, ((dims.y[place] as number) - 1 - rest.min) / stride];
  return { min: Math.ceil(Math.min(...ends)), max: Math.floor(Math.max(...ends)) };
}

/** The place of the result, a sum, whose point gives the axis. */
const placeThatDecides = (axis: string | undefined, y: readonly Affine[]): number =>
  y.findIndex((map) => pureAxis(map) === undefined && solvedTerm(map, y).axis === axis);

/** The maps of operands that lie in frames: b and a start later, and so do the axes that they alone decide. */
export function inFrames(maps: Maps, frames: Readonly<Record<"a" | "b", Frame>>): Maps {
  let { a, b, y } = maps;
  const shift = (side: "a" | "b", own: readonly Affine[]): Affine[] =>
    own.map((map, place) => {
      const before = frames[side].before[place]!;
      const axis = pureAxis(map);
      if (before === 0) return map;
      const decided = placeThatDecides(axis, y);
      if (axis === undefined || decided < 0) return affine(map.base + before, map.terms);
      // The axis itself counts from the frame's first element.
      const { base, terms } = y[decided]!;
      y = y.with(decided, affine(base - before * terms.find((t) => t.axis === axis)!.stride, terms));
      return map;
    });
  a = shift("a", a);
  b = shift("b", b);
  return { a, b, y };
}

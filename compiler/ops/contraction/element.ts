/**
 * One element of a contraction, as an expression: the sum over the axes that the result's index leaves open.
 *
 *   n,2i+p-1,c;p,c,d->n,i,d      sum[p, c](where[h = 2i+p-1](mul(a[n,h,c], b[p,c,d])))
 *   n,i,d;p,c,d->n,2i+p-1,c      sum[p, d](where[2i = h-p+1](mul(a[n,i,d], b[p,c,d])))
 */

import type { ElementInput, Maps } from "../../graph/ir.ts";
import type { Dim, Dims } from "../../graph/types.ts";
import { type Affine, type ElementBuilder, type Expr, type Index, linear } from "../../loop/kernel.ts";
import { extentsOf, pureAxis, solvedTerm } from "./maps.ts";

interface Sides {
  readonly a: ElementInput;
  /** Left out where the sum is that of a alone. */
  readonly b?: ElementInput;
  readonly y: { readonly dims: Dims };
}

type Known = ReadonlyMap<string, Index>;

export function contractedElement(build: ElementBuilder, maps: Maps, sides: Sides, at: readonly Index[]): Expr {
  const extents = extentsOf(maps, { a: sides.a.type.dims, b: sides.b?.type.dims ?? [], y: sides.y.dims })!;
  const given = new Map(maps.y.flatMap((map, place) => (pureAxis(map) ? [[pureAxis(map)!, at[place]!] as const] : [])));
  const solved = maps.y.flatMap((map, place) =>
    pureAxis(map) ? [] : [{ ...solvedTerm(map, maps.y), map, at: at[place]! }],
  );
  const open = openAxes(maps, new Set([...given.keys(), ...solved.map(({ axis }) => axis)]));
  return build.sum(
    open.map((axis) => extents.get(axis)!),
    (...reduced) => {
      const known = new Map([...given, ...open.map((axis, i) => [axis, reduced[i]!] as const)]);
      return withSolved(build, solved, extents, known, (all) => productAt(build, maps, sides, extents, all));
    },
  );
}

/** Axes that the result does not name: in the order of b, where weights stand, then of a. */
function openAxes(maps: Maps, closed: ReadonlySet<string>): string[] {
  const all = [...maps.b, ...maps.a].flatMap(({ terms }) => terms.map(({ axis }) => axis));
  return [...new Set(all)].filter((axis) => !closed.has(axis));
}

interface Solved {
  readonly axis: string;
  readonly stride: number;
  readonly map: Affine;
  readonly at: Index;
}

/** Adds the axes that places of the result decide: stride * axis = place - the rest, where that is a whole axis. */
function withSolved(
  build: ElementBuilder,
  [first, ...others]: readonly Solved[],
  extents: ReadonlyMap<string, Dim>,
  known: Known,
  body: (known: Known) => Expr,
): Expr {
  if (first === undefined) return body(known);
  const { axis, stride, map, at } = first;
  const rest = map.terms.filter((term) => term.axis !== axis);
  const sign = Math.sign(stride);
  const index = linear(
    [at, ...rest.map((term) => known.get(term.axis)!)],
    [sign, ...rest.map((term) => -sign * term.stride)],
    -sign * map.base,
  );
  return build.where(extents.get(axis) as number, Math.abs(stride), index, (q) =>
    withSolved(build, others, extents, new Map([...known, [axis, q]]), body),
  );
}

/** a * b at known axes; nothing where a place is outside. */
function productAt(
  build: ElementBuilder,
  maps: Maps,
  { a, b }: Sides,
  extents: ReadonlyMap<string, Dim>,
  known: Known,
): Expr {
  return elementAt(build, maps.a, a, extents, known, (left) =>
    b ? elementAt(build, maps.b, b, extents, known, (right) => build.op("mul", left, right)) : left,
  );
}

/** What `then` makes of an operand's element at the places that its maps name; `otherwise` (0) where one is outside. */
export function elementAt(
  build: ElementBuilder,
  maps: readonly Affine[],
  operand: ElementInput,
  extents: ReadonlyMap<string, Dim>,
  known: Known,
  then: (element: Expr) => Expr,
  otherwise?: Expr,
): Expr {
  const { dims } = operand.type;
  const step = (place: number, index: readonly Index[]): Expr => {
    if (place === dims.length) return then(operand.at(index));
    const map = maps[place]!;
    const here = linear(
      map.terms.map(({ axis }) => known.get(axis)!),
      map.terms.map(({ stride }) => stride),
      map.base,
    );
    if (staysInside(map, dims[place]!, extents)) return step(place + 1, [...index, here]);
    return build.where(dims[place] as number, 1, here, (inside) => step(place + 1, [...index, inside]), otherwise);
  };
  return step(0, []);
}

/** Whether a place is inside its axis at every point; rows stand alone in theirs. */
export function staysInside(map: Affine, dim: Dim, extents: ReadonlyMap<string, Dim>): boolean {
  if (dim === "n") return true;
  const { min, max } = rangeOf(map, extents);
  return min >= 0 && max < dim;
}

/** The least and the largest value of a map over all points. */
export function rangeOf({ base, terms }: Affine, extents: ReadonlyMap<string, Dim>): { min: number; max: number } {
  let [min, max] = [base, base];
  for (const { axis, stride } of terms) {
    const reach = stride * ((extents.get(axis) as number) - 1);
    min += Math.min(0, reach);
    max += Math.max(0, reach);
  }
  return { min, max };
}

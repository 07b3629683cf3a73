/**
 * The index maps of a contraction: for each axis of its operands and of its result, an affine sum of loop axes.
 *
 *   m,k;k,n->m,n                              y[m,n] = sum over k of a[m,k] * b[k,n]
 *   n,2i+p-1,c;p,c,d->n,i,d                   y[n,i,d] = sum over p, c of a[n,2i+p-1,c] * b[p,c,d], 0 outside of a
 *   n,i,d;p,c,d->n,2i+p-1,c                   the same map read the other way: a convolution's adjoint
 *
 * Every loop axis stands alone in some place, which gives its extent.
 */
import type { Maps } from "../../graph/ir.ts";
import type { Dims } from "../../graph/types.ts";
import { type Affine, affine, type Term } from "../../loop/kernel.ts";

export type Operand = keyof Maps;

export function parseMaps(text: string): Maps {
  const [operands, y] = text.split("->");
  const [a, b] = (operands ?? "").split(";");
  if (a === undefined || b === undefined || y === undefined) throw new SyntaxError(`expected "a;b->y", got "${text}"`);
  return { a: parseSide(a), b: parseSide(b), y: parseSide(y) };
}

/** The maps of one operand, as a contraction with none beside it: `n,2i+p-1->n,i,p`. */
export function parseView(text: string): Maps {
  const [a, y] = text.split("->");
  if (a === undefined || y === undefined) throw new SyntaxError(`expected "x->y", got "${text}"`);
  return { a: parseSide(a), b: [], y: parseSide(y) };
}

const parseSide = (text: string): Affine[] => (text === "" ? [] : text.split(",").map(parseMap));

/** "2i-p+1": signed terms, each a number, an axis, or a number before an axis. */
function parseMap(text: string): Affine {
  let base = 0;
  const terms: Term[] = [];
  const parts = text.match(/[+-]?[^+-]+/g) ?? [];
  for (const part of parts) {
    const match = /^([+-]?)(\d*)([a-z]\w*)?$/.exec(part);
    if (!match || (match[2] === "" && match[3] === undefined)) throw new SyntaxError(`"${text}" is no index map`);
    const size = (match[1] === "-" ? -1 : 1) * (match[2] === "" ? 1 : Number(match[2]));
    if (match[3] === undefined) base += size;
    else terms.push({ axis: match[3], stride: size });
  }
  if (parts.join("") !== text) throw new SyntaxError(`"${text}" is no index map`);
  return affine(base, terms);
}

export const printMaps = ({ a, b, y }: Maps): string => `${printSide(a)};${printSide(b)}->${printSide(y)}`;

export const printView = (from: readonly Affine[], to: readonly Affine[]): string =>
  `${printSide(from)}->${printSide(to)}`;

const printSide = (maps: readonly Affine[]): string => maps.map(printMap).join(",");

function printMap({ base, terms }: Affine): string {
  const parts = terms.map(
    ({ axis, stride }) => `${signed(stride)}${Math.abs(stride) === 1 ? "" : Math.abs(stride)}${axis}`,
  );
  const text = `${parts.join("")}${base === 0 && terms.length > 0 ? "" : `${signed(base)}${Math.abs(base)}`}`;
  return text.startsWith("+") ? text.slice(1) : text;
}

const signed = (value: number): string => (value < 0 ? "-" : "+");

/** The axis that a place of an operand is, where it is one alone. */
export const pureAxis = ({ base, terms }: Affine): string | undefined =>
  base === 0 && terms.length === 1 && terms[0]!.stride === 1 ? terms[0]!.axis : undefined;

/** The axis of a sum in the result that its place decides: the first that no place of the result is alone. */
export const solvedTerm = ({ terms }: Affine, y: readonly Affine[]): Term =>
  terms.find(({ axis }) => !y.some((map) => pureAxis(map) === axis))!;

export const sides = ["a", "b", "y"] as const;

/** Extents of the loop axes, in the order result, b, a; undefined where places differ, or an axis never stands alone. */
export function extentsOf(maps: Maps, dims: Readonly<Record<Operand, Dims>>): Map<string, Dims[number]> | undefined {
  const extents = new Map<string, Dims[number]>();
  for (const side of ["y", "b", "a"] as const) {
    if (maps[side].length !== dims[side].length) return undefined;
    for (const [place, map] of maps[side].entries()) {
      const axis = pureAxis(map);
      if (axis === undefined) continue;
      const extent = dims[side][place]!;
      if ((extents.get(axis) ?? extent) !== extent) return undefined;
      extents.set(axis, extent);
    }
  }
  const used = sides.flatMap((side) => maps[side].flatMap(({ terms }) => terms.map(({ axis }) => axis)));
  return used.every((axis) => extents.has(axis)) ? extents : undefined;
}

/** Exchanges the sides: the maps of a contraction whose operands and result are other ones of the three. */
export const reordered = (maps: Maps, a: Operand, b: Operand, y: Operand): Maps => ({
  a: maps[a],
  b: maps[b],
  y: maps[y],
});

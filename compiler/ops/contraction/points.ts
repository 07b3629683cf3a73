/**
 * Walks all points at which operands and result of a contraction meet, for the interpreter.
 *
 *   n,i+p-1;p->n,i       n, i, p over their extents, but for those where i + p - 1 is outside
 */
import type { Maps } from "../../graph/ir.ts";
import { sides } from "./maps.ts";

/** Of an axis, how far one step goes in each operand; of a place with several axes, what must stay inside. */
interface Walk {
  readonly extents: readonly number[];
  readonly steps: readonly (readonly [a: number, b: number, y: number])[];
  readonly places: readonly MappedAxis[];
}

interface MappedAxis {
  readonly extent: number;
  readonly base: number;
  readonly strides: readonly number[];
}

/** Calls `visit` with the offsets in a, b and y of every point that is inside all three. */
export function meetings(
  maps: Maps,
  dims: Readonly<Record<keyof Maps, readonly number[]>>,
  axes: ReadonlyMap<string, number>,
  visit: (a: number, b: number, y: number) => void,
): void {
  const names = [...axes.keys()];
  const walk = walkOf(maps, dims, names, [...axes.values()]);
  const at = new Array<number>(names.length).fill(0);
  const start = sides.map((side) => baseOf(maps, dims, side)) as [number, number, number];
  const inside = (): boolean =>
    walk.places.every(({ extent, base, strides }) => {
      const place = strides.reduce((sum, stride, axis) => sum + stride * at[axis]!, base);
      return place >= 0 && place < extent;
    });
  const step = (axis: number, a: number, b: number, y: number): void => {
    if (axis === names.length) {
      if (walk.places.length === 0 || inside()) visit(a, b, y);
      return;
    }
    const [da, db, dy] = walk.steps[axis]!;
    for (let i = 0; i < walk.extents[axis]!; i++) {
      at[axis] = i;
      step(axis + 1, a + i * da, b + i * db, y + i * dy);
    }
  };
  step(0, ...start);
}

function walkOf(
  maps: Maps,
  dims: Readonly<Record<keyof Maps, readonly number[]>>,
  names: readonly string[],
  extents: readonly number[],
): Walk {
  const steps = names.map((name) => sides.map((side) => strideOf(maps, dims, side, name)) as [number, number, number]);
  const places = sides.flatMap((side) =>
    maps[side].flatMap(({ base, terms }, place): MappedAxis[] => {
      if (base === 0 && terms.length === 1 && terms[0]!.stride === 1) return [];
      const strides = names.map((name) => terms.find(({ axis }) => axis === name)?.stride ?? 0);
      return [{ extent: dims[side][place]!, base, strides }];
    }),
  );
  return { extents, steps, places };
}

const stridesOf = (dims: readonly number[]): number[] =>
  dims.map((_, axis) => dims.slice(axis + 1).reduce((product, d) => product * d, 1));

const strideOf = (
  maps: Maps,
  dims: Readonly<Record<keyof Maps, readonly number[]>>,
  side: keyof Maps,
  name: string,
) => {
  const strides = stridesOf(dims[side]);
  return maps[side].reduce(
    (sum, { terms }, place) => sum + strides[place]! * (terms.find(({ axis }) => axis === name)?.stride ?? 0),
    0,
  );
};

const baseOf = (maps: Maps, dims: Readonly<Record<keyof Maps, readonly number[]>>, side: keyof Maps): number => {
  const strides = stridesOf(dims[side]);
  return maps[side].reduce((sum, { base }, place) => sum + strides[place]! * base, 0);
};

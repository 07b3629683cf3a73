/**
 * All places of a window that slides over axes of a tensor, and the way back: each is the other's adjoint. They read index maps
 * as contractions do (contraction/maps.ts), with one operand.
 *
 *   windows x maps=n,2i+p-1,c->n,i,p,c    y[n,i,p,c] = x[n,2i+p-1,c], `value` outside; a view, never stored
 *   fold y maps=n,i,p,c->n,2i+p-1,c       x[n,h,c] = the sum of y[n,i,p,c] over all i and p that meet at h = 2i+p-1
 *
 * A pool is a reduction over the axes of the window, which reads the view in its loop.
 */
import { badAttribute } from "../diagnostics.ts";
import { type AttrsOf, attrsOf, number, resultDims, text } from "../graph/attributes.ts";
import { type At, defineOp, type Maps, type Op, type Sample, type Value } from "../graph/ir.ts";
import { apply, type Node } from "../graph/node.ts";
import { type Dim, type Dims, elementCount, type Type } from "../graph/types.ts";
import { type Affine, axisIndex } from "../loop/kernel.ts";
import { placeOfTap, placesAlong, type Window } from "./contraction/convolution.ts";
import { contractedElement, elementAt } from "./contraction/element.ts";
import { extentsOf, parseView, printView, pureAxis } from "./contraction/maps.ts";
import { meetings } from "./contraction/points.ts";

const windowsAttributes = { maps: text, value: number, dims: resultDims };
const foldAttributes = { maps: text, dims: resultDims };
type Attrs = AttrsOf<typeof foldAttributes>;

const mapsIn = (attrs: Attrs): Maps => parseView(attrs.maps);

/** Every axis has one extent, those of the windows stand alone, and rows are left as they are. */
function checkedType(x: Type, attrs: Attrs, pure: "a" | "y", at: At): Type {
  const maps = mapsIn(attrs);
  const dims = { a: x.dims, b: [], y: attrs.dims };
  const extents = extentsOf(maps, dims);
  if (extents === undefined || !maps[pure].every(pureAxis))
    throw badAttribute(at, "maps", "one extent for each axis", attrs.maps);
  const leavesRows = (side: "a" | "y"): boolean =>
    maps[side].every((map, place) => {
      const ofRows = map.terms.some(({ axis }) => extents.get(axis) === "n");
      return ofRows === (dims[side][place] === "n") && (!ofRows || pureAxis(map) !== undefined);
    });
  if (!leavesRows("a") || !leavesRows("y")) throw badAttribute(at, "maps", "rows as they are", attrs.maps);
  return { dtype: x.dtype, dims: attrs.dims };
}

/** Calls `visit` with the offsets in x and in y that meet. */
function eachMeeting({ dims: x }: Value, y: readonly number[], attrs: Attrs, visit: (x: number, y: number) => void) {
  const maps = mapsIn(attrs);
  const dims = { a: x, b: [], y };
  meetings(maps, dims, extentsOf(maps, dims) as ReadonlyMap<string, number>, (i, _, k) => visit(i, k));
}

const count = (dims: readonly number[]): number => dims.reduce((product, dim) => product * dim, 1);

export const windowsOp: Op<"x", typeof windowsAttributes> = defineOp({
  name: "windows",
  attributes: windowsAttributes,
  doc: "All places of a window, by index maps: `n,2i+p-1,c->n,i,p,c` is y[n,i,p,c] = x[n,2i+p-1,c], `value` where that is outside of x. The cotangents of what is repeated are added up.",
  kind: "view",
  method: "exact",
  inputs: ["x"],
  shape: ({ x }, attrs, at) => checkedType(x, attrs, "y", at),
  flops: () => 0,
  maps: (_types, attrs) => mapsIn(attrs),
  adjoint: (dy, { x }, { attrs }) => ({ x: fold(dy, turned(attrs.maps), x.type.dims) }),
  reference({ x }, dims, attrs) {
    const y = new Float64Array(count(dims)).fill(attrs.value);
    eachMeeting(x, dims, attrs, (from, to) => {
      y[to] = x.data[from]!;
    });
    return y;
  },
  element(build, { x }, at, { attrs, type }) {
    const maps = mapsIn(attrs);
    const extents = extentsOf(maps, { a: x!.type.dims, b: [], y: type.dims })!;
    const known = new Map(maps.y.map((map, place) => [pureAxis(map)!, at[place]!]));
    return elementAt(build, maps.a, x!, extents, known, (element) => element, build.constant(attrs.value));
  },
  samples: samples().map(({ x, y, maps }, i) => ({
    shapes: { x },
    attrs: { maps, value: i % 2 === 0 ? 0 : -1.5, dims: y },
  })),
  rejects: [
    { shapes: { x: [6] }, attrs: { maps: "2i+p->i,p", value: 0, dims: [3] }, code: "attribute/range" },
    { shapes: { x: [6] }, attrs: { maps: "2i+p->2i,p", value: 0, dims: [3, 2] }, code: "attribute/range" },
    { shapes: { x: ["n", 6] }, attrs: { maps: "n+p,i->n,p,i", value: 0, dims: ["n", 2, 6] }, code: "attribute/range" },
  ],
});

export const foldOp: Op<"x", typeof foldAttributes> = defineOp({
  name: "fold",
  attributes: foldAttributes,
  doc: "Adds up the elements of windows at the places that they came from: `n,i,p,c->n,2i+p-1,c` is y[n,h,c] = the sum of x[n,i,p,c] over all i and p with 2i+p-1 = h.",
  kind: "reduction",
  method: "rounded",
  inputs: ["x"],
  shape: ({ x }, attrs, at) => checkedType(x, attrs, "a", at),
  flops: ({ x }, type, rows) => Math.max(0, elementCount(x.dims, rows) - elementCount(type.dims, rows)),
  adjoint: (dy, { x }, { attrs }) => ({ x: view(dy, turned(attrs.maps), x.type.dims, 0) }),
  reference({ x }, dims, attrs) {
    const y = new Float64Array(count(dims));
    eachMeeting(x, dims, attrs, (from, to) => {
      y[to]! += x.data[from]!;
    });
    return y;
  },
  element: (build, { x }, at, { attrs, type }) => contractedElement(build, mapsIn(attrs), { a: x!, y: type }, at),
  samples: samples().map(
    ({ x, y, maps }): Sample => ({
      shapes: { x: y },
      attrs: { maps: turned(maps), dims: x },
    }),
  ),
  rejects: [
    { shapes: { x: [3, 2] }, attrs: { maps: "i,p->2i+p,p", dims: [6] }, code: "attribute/range" },
    { shapes: { x: [3, 2] }, attrs: { maps: "i,2p->2i+p", dims: [6] }, code: "attribute/range" },
    { shapes: { x: ["n", 2] }, attrs: { maps: "n,p->n+p", dims: [6] }, code: "attribute/range" },
  ],
});

/** Windows that meet, that skip, that overlap; padding on both sides, more than the window needs; taps apart; odd extents. */
function samples(): { x: Dims; y: Dims; maps: string }[] {
  return [
    { x: ["n", 6, 3], y: ["n", 3, 2, 3], maps: "n,2i+p,c->n,i,p,c" },
    { x: ["n", 5, 2], y: ["n", 5, 3, 2], maps: "n,i+p-1,c->n,i,p,c" },
    { x: [7], y: [3, 3], maps: "3i+2p-2->i,p" },
    { x: ["n", 4, 5, 2], y: ["n", 2, 3, 3, 3, 2], maps: "n,2i+p-1,2j+q-1,c->n,i,j,p,q,c" },
    { x: ["n", 5, 7], y: ["n", 2, 3, 1, 2], maps: "n,3i+p,2j+3q-1->n,i,j,p,q" },
    { x: [2, 9], y: [2, 2, 2], maps: "m,4i+p->m,i,p" },
  ];
}

/** The maps of the adjoint. */
function turned(maps: string): string {
  return maps.split("->").reverse().join("->");
}

const view = (x: Node, maps: string, dims: Dims, value: number): Node => apply(windowsOp, [x], { maps, value, dims });

/** The same windows of a tensor that is laid out in another way. */
export const windowsBy = ({ a, y }: Maps, x: Node, node: Node): Node =>
  view(x, printView(a, y), node.type.dims, outsideOf(node));

/** What stands outside of what windows look at. */
export const outsideOf = (node: Node): number => attrsOf(node, windowsAttributes).value;

/** The sum of x over all points that meet at a place of the result, which has `dims`. */
export const fold = (x: Node, maps: string, dims: Dims): Node => apply(foldOp, [x], { maps, dims });

export interface Windows extends Window {
  /** Points of the window along each axis that it slides over. */
  readonly kernel: readonly number[];
}

/** The windows of x over its axes from `first` on: these give way to the places of the window and then its points. */
export function windows(x: Node, first: number, sliding: Windows, value: number): Node {
  const { kernel } = sliding;
  const pure = (name: string, axes: readonly number[]): Affine[] => axes.map((axis) => axisIndex(`${name}${axis}`));
  const all = [...x.type.dims.keys()];
  const [before, after] = [all.slice(0, first), all.slice(first + kernel.length)];
  const over = [...kernel.keys()];
  const taps = over.map((axis) => placeOfTap(sliding, axis, `i${axis}`, `p${axis}`));
  const [lead, rest] = [pure("a", before), pure("a", after)];
  const dimsAt = (axes: readonly number[]): Dim[] => axes.map((axis) => x.type.dims[axis]!);
  const places = over.map((axis) => placesAlong(x.type.dims[first + axis] as number, kernel[axis]!, sliding, axis));
  return view(
    x,
    printView([...lead, ...taps, ...rest], [...lead, ...pure("i", over), ...pure("p", over), ...rest]),
    [...dimsAt(before), ...places, ...kernel, ...dimsAt(after)],
    value,
  );
}

/**
 * Contractions: sums of products of two tensors over index maps. Matrix products, convolutions and their adjoints are one
 * mechanism; a named op adds its shape rule and its maps, nothing more.
 *
 *   defineContraction({ name: "matmul", maps: () => parseMaps("m,k;k,n->m,n"), ... })
 *
 * The maps name all points at which a, b and y meet, and each of the three may be the sum over them of the product of the
 * other two. So the adjoint of a contraction is two contractions over the same maps.
 */
import { badAttribute } from "../../diagnostics.ts";
import { type AttrKinds, type Attrs, type NoAttrs, resultDims, text } from "../../graph/attributes.ts";
import { defineOp, type Maps, type Op } from "../../graph/ir.ts";
import { apply, byName, type Node } from "../../graph/node.ts";
import { type Dims, elementCount, extent, type Type } from "../../graph/types.ts";
import { transpose } from "../view.ts";
import { contractedElement } from "./element.ts";
import { extentsOf, parseMaps, printMaps, reordered } from "./maps.ts";
import { meetings } from "./points.ts";

/** What a named contraction says; its two operands have names of their own. */
export interface ContractionRule<Name extends string, D extends AttrKinds>
  extends Pick<Op<Name, D>, "name" | "doc" | "attributes" | "samples" | "rejects" | "shape"> {
  readonly inputs: readonly [Name, Name];
  readonly maps: NonNullable<Op<Name, D>["maps"]>;
  /** Where the two contractions over the same maps have a shorter name. */
  readonly adjoint?: Exclude<Op<Name, D>["adjoint"], "none">;
}

export const defineContraction = <const Name extends string, D extends AttrKinds = NoAttrs>(
  rule: ContractionRule<Name, D>,
): Op<Name, D> => {
  const [a, b] = rule.inputs;
  const dimsOf = (inputs: Record<Name, { readonly dims: Dims }>, y: Dims) => ({
    a: inputs[a].dims,
    b: inputs[b].dims,
    y,
  });
  return defineOp<Name, D>({
    ...rule,
    kind: "contraction",
    method: "rounded",
    flops(types, type, rows, attrs) {
      const extents = extentsOf(rule.maps(types, attrs), dimsOf(types, type.dims))!;
      const points = [...extents.values()].reduce<number>((product, dim) => product * extent(dim, rows), 1);
      return 2 * points - elementCount(type.dims, rows);
    },
    adjoint:
      rule.adjoint ??
      ((dy, inputs, y) => {
        const maps = mapsOf(y);
        return {
          [a]: contract(reordered(maps, "y", "b", "a"), dy, inputs[b], inputs[a].type.dims),
          [b]: contract(reordered(maps, "a", "y", "b"), inputs[a], dy, inputs[b].type.dims),
        } as Record<Name, Node>;
      }),
    reference(inputs, dims, attrs) {
      const maps = rule.maps(inputs as unknown as Record<Name, Type>, attrs);
      const all = { a: inputs[a].dims, b: inputs[b].dims, y: dims };
      const y = new Float64Array(dims.reduce((product, d) => product * d, 1));
      const [left, right] = [inputs[a].data, inputs[b].data];
      meetings(maps, all, extentsOf(maps, all) as ReadonlyMap<string, number>, (i, j, k) => {
        y[k]! += left[i]! * right[j]!;
      });
      return y;
    },
    element: (build, inputs, at, node) =>
      contractedElement(build, mapsOf(node), { a: inputs[a]!, b: inputs[b]!, y: node.type }, at),
  });
};

/** The index maps of a contraction. */
export const mapsOf = ({ op, inputs, attrs }: Pick<Node, "op" | "inputs"> & { readonly attrs: unknown }): Maps =>
  op.maps!(
    byName(
      op,
      inputs.map(({ type }) => type),
    ),
    attrs as Attrs,
  );

const attributes = { maps: text, dims: resultDims };

export const contractionOp: Op<"a" | "b", typeof attributes> = defineContraction({
  name: "contraction",
  attributes,
  doc: "y = the sum of a * b over all points of the index maps: `m,k;k,n->m,n` is a matrix product, `n,2i+p-1,c;p,c,d->n,i,d` a convolution of stride 2 and padding 1. Points outside of an operand count nothing.",
  inputs: ["a", "b"],
  maps: (_types, { maps }) => parseMaps(maps),
  shape({ a, b }, { maps, dims }, at) {
    if (extentsOf(parseMaps(maps), { a: a.dims, b: b.dims, y: dims }) === undefined)
      throw badAttribute(at, "maps", "one extent for each axis", maps);
    return { dtype: a.dtype, dims };
  },
  samples: [
    { shapes: { a: ["n", 5], b: [5, 3] }, attrs: { maps: "m,k;k,n->m,n", dims: ["n", 3] } },
    { shapes: { a: ["n", 4, 5], b: [5, 3] }, attrs: { maps: "n,t,k;k,u->n,t,u", dims: ["n", 4, 3] } },
    { shapes: { a: ["n", 6, 2], b: [3, 2, 5] }, attrs: { maps: "n,i+p-1,c;p,c,d->n,i,d", dims: ["n", 6, 5] } },
    { shapes: { a: ["n", 3, 5], b: [3, 2, 5] }, attrs: { maps: "n,i,d;p,c,d->n,2i+p-1,c", dims: ["n", 6, 2] } },
    { shapes: { a: [3], b: [4] }, attrs: { maps: "i;j->i,j", dims: [3, 4] } },
    { shapes: { a: ["n", 3], b: ["n", 3] }, attrs: { maps: "n,i;n,i->", dims: [] } },
  ],
  rejects: [
    { shapes: { a: [2, 3], b: [4, 4] }, attrs: { maps: "m,k;k,n->m,n", dims: [2, 4] }, code: "attribute/range" },
    { shapes: { a: [2, 3], b: [3, 4] }, attrs: { maps: "m,k;k,n->m,n", dims: [2] }, code: "attribute/range" },
  ],
});

/** The sum of a * b over the points of the maps, of shape `dims`. Rows stand first in every value that is computed. */
export function contract(maps: Maps, a: Node, b: Node, dims: Dims): Node {
  const rows = dims.indexOf("n");
  if (rows > 0)
    return transpose(contract({ ...maps, y: rowsFirst(maps.y, rows) }, a, b, rowsFirst(dims, rows)), back(dims, rows));
  return apply(contractionOp, [a, b], { maps: printMaps(maps), dims });
}

const rowsFirst = <T>(items: readonly T[], rows: number): T[] => [items[rows]!, ...items.filter((_, i) => i !== rows)];
const back = (dims: Dims, rows: number): number[] => dims.map((_, i) => (i === rows ? 0 : i < rows ? i + 1 : i));

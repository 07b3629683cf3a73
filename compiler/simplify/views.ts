/**
 * Rules of index maps, exact as they compute nothing: chains of views become one view, and a reduction that keeps its
 * axes needs no reshape after it.
 *
 *   reshape (reshape x [6]) [2,3]   ->   reshape x [2,3]
 */
import { attrsOf } from "../graph/attributes.ts";
import type { Node } from "../graph/node.ts";
import { type Dims, sameDims } from "../graph/types.ts";
import { overAxesAttributes } from "../ops/reduce.ts";
import { transposeAttributes } from "../ops/view.ts";
import { broadcast, max, named, once, r, reshape, sum, transpose, x } from "./pattern.ts";
import { rule } from "./rewrite.ts";

const keepsShape = ({ x }: { x: Node }, node: Node): boolean => sameDims(x.type.dims, node.type.dims);
const permutation = (node: Node): readonly number[] => attrsOf(node, transposeAttributes).permutation;
const axes = (node: Node): readonly number[] => attrsOf(node, overAxesAttributes).axes;
const keeps = (node: Node): boolean => attrsOf(node, overAxesAttributes).keep;

/** A shape without the leading axes of extent 1, which broadcasting supplies again. */
export function withoutLeadingOnes(dims: Dims): Dims {
  const first = dims.findIndex((dim) => dim !== 1);
  return first < 0 ? [] : dims.slice(first);
}

/** Whether the reduction with its `keep` turned round has the reshape's shape. */
const turnsKeep = ({ x, t }: { x: Node; t: Node }, node: Node): boolean =>
  sameDims(node.type.dims, reducedDims(x.type.dims, axes(t), !keeps(t)));

const reducedDims = (dims: Dims, reduced: readonly number[], keep: boolean): Dims =>
  dims.flatMap((dim, axis) => (!reduced.includes(axis) ? [dim] : keep ? [1] : []));

export const views = [
  rule("reshape-same", reshape(x), ({ x }) => x, keepsShape),
  rule("broadcast-same", broadcast(x), ({ x }) => x, keepsShape),
  rule(
    "transpose-same",
    transpose(x),
    ({ x }) => x,
    (_, node) => permutation(node).every((axis, i) => axis === i),
  ),
  rule("reshape-reshape", reshape(reshape(x)), ({ x }, g, node) => g.reshape(x, node.type.dims)),
  rule("broadcast-broadcast", broadcast(broadcast(x)), ({ x }, g, node) => g.broadcast(x, node.type.dims)),
  rule("transpose-transpose", transpose(named("t", transpose(x))), ({ x, t }, g, node) =>
    g.transpose(
      x,
      permutation(node).map((axis) => permutation(t)[axis]!),
    ),
  ),
  rule("reshape-broadcast", reshape(broadcast(r)), ({ r }, g, node) => g.broadcast(r, node.type.dims)),
  rule("transpose-broadcast", transpose(broadcast(r)), ({ r }, g, node) => g.broadcast(r, node.type.dims)),
  rule(
    "broadcast-reshape",
    broadcast(reshape(x)),
    ({ x }, g, node) => g.broadcast(x, node.type.dims),
    ({ x }, node) => sameDims(withoutLeadingOnes(x.type.dims), withoutLeadingOnes(node.inputs[0]!.type.dims)),
  ),
  rule("reshape-sum", reshape(named("t", once(sum(x)))), ({ x, t }, g) => g.sum(x, axes(t), !keeps(t)), turnsKeep),
  rule("reshape-max", reshape(named("t", once(max(x)))), ({ x, t }, g) => g.max(x, axes(t), !keeps(t)), turnsKeep),
  rule(
    "max-unit",
    max(x),
    ({ x }, g, node) => g.reshape(x, node.type.dims),
    ({ x }, node) => axes(node).every((axis) => x.type.dims[axis] === 1),
  ),
];

/**
 * Rules of real algebra for what the adjoint added to a graph. There the rounding is ours to choose, as the model says
 * nothing about it; the forward values it does say are left alone. Finite values are assumed: where the originals overflow
 * these may not, and the other way round.
 *
 *   sub (mul p r) (mul y r)   ->   mul (sub p y) r        one product, and r stands outermost
 *
 * Three aims: a common factor is multiplied once; factors meet smallest shape first, so that each element takes the
 * fewest operations; a division by something smaller than the result becomes a product with its reciprocal.
 */
import { attrsOf } from "../graph/attributes.ts";
import type { Node } from "../graph/node.ts";
import { broadcastDims, elementCount, sameType } from "../graph/types.ts";
import { overAxesAttributes } from "../ops/reduce.ts";
import {
  add,
  c,
  d,
  div,
  mask,
  mul,
  named,
  neg,
  once,
  oneHot,
  r,
  reshape,
  select,
  sub,
  sum,
  x,
  y,
  z,
} from "./pattern.ts";
import { rule } from "./rewrite.ts";

/** Rows that shapes are compared at: a guess, as only their order matters. */
const typicalRows = 64;
const size = (...nodes: readonly Node[]): number =>
  elementCount(
    nodes.reduce((dims, node) => broadcastDims(dims, node.type.dims) ?? dims, nodes[0]!.type.dims),
    typicalRows,
  );

const axes = (node: Node): readonly number[] => attrsOf(node, overAxesAttributes).axes;
const isTensor = (node: Node): boolean => node.type.dims.length > 0;
const smallTail = ({ x, y, z }: { x: Node; y: Node; z: Node }): boolean => size(y, z) < size(x);
const bigWithoutScale = ({ x, y }: { x: Node; y: Node }): boolean => isTensor(y) && size(x) === size(x, y);
const tensorScaled = ({ x }: { x: Node }): boolean => isTensor(x);
/** Whether z is one number along each of the axes of an x of that rank. */
const isConstantAlong = (z: Node, axes: readonly number[], rank: number): boolean =>
  z.type.dims.length <= rank && axes.every((axis) => (z.type.dims[axis - rank + z.type.dims.length] ?? 1) === 1);

const overClasses = ({ t }: { t: Node }, node: Node): boolean =>
  axes(node).length === 1 && axes(node)[0] === t.type.dims.length - 1;

export const adjointRules = [
  // 0 and signs.
  rule("add-zero", add(x, 0), ({ x }) => x),
  rule("zero-sub", sub(0, x), ({ x }, g) => g.neg(x)),
  rule("mul-zero", mul(x, 0), (_, g, node) => g.scalar(0, node.type.dtype)),
  rule("zero-div", div(0, x), (_, g, node) => g.scalar(0, node.type.dtype)),
  rule("neg-sub", neg(once(sub(x, y))), ({ x, y }, g) => g.sub(y, x)),
  rule("add-neg-neg", add(neg(x), neg(y)), ({ x, y }, g) => g.neg(g.add(x, y))),
  rule("neg-minus", sub(neg(x), y), ({ x, y }, g) => g.neg(g.add(x, y))),
  rule("neg-scaled", neg(once(mul(x, r))), ({ x, r }, g) => g.mul(x, g.neg(r)), tensorScaled),

  // Common factors. A quotient r / z shares its r.
  rule("add-factor", add(once(mul(x, z)), once(mul(y, z))), ({ x, y, z }, g) => g.mul(g.add(x, y), z)),
  rule("sub-factor", sub(once(mul(x, z)), once(mul(y, z))), ({ x, y, z }, g) => g.mul(g.sub(x, y), z)),
  rule("add-divisor", add(once(div(x, z)), once(div(y, z))), ({ x, y, z }, g) => g.div(g.add(x, y), z)),
  rule("sub-divisor", sub(once(div(x, z)), once(div(y, z))), ({ x, y, z }, g) => g.div(g.sub(x, y), z)),
  rule("add-quotient-factor", add(once(mul(x, once(div(r, z)))), once(mul(y, r))), ({ x, y, z, r }, g) =>
    g.mul(g.add(g.div(x, z), y), r),
  ),
  rule("sub-quotient-factor", sub(once(mul(x, once(div(r, z)))), once(mul(y, r))), ({ x, y, z, r }, g) =>
    g.mul(g.sub(g.div(x, z), y), r),
  ),
  rule("factor-sub-quotient", sub(once(mul(y, r)), once(mul(x, once(div(r, z))))), ({ x, y, z, r }, g) =>
    g.mul(g.sub(y, g.div(x, z)), r),
  ),

  // Smallest factors first.
  rule("mul-small", mul(once(mul(x, y)), z), ({ x, y, z }, g) => g.mul(x, g.mul(y, z)), smallTail),
  rule("div-small", div(once(mul(x, y)), z), ({ x, y, z }, g) => g.mul(x, g.div(y, z)), smallTail),
  rule(
    "div-by-small",
    div(x, z),
    ({ x, z }, g) => g.mul(x, g.div(1, z)),
    ({ x, z }) => size(z) < size(x),
  ),
  rule(
    "mul-reciprocal",
    mul(x, once(div(1, z))),
    ({ x, z }, g) => g.div(x, z),
    ({ x, z }) => size(z) >= size(x),
  ),
  rule("mul-constants", mul(once(mul(x, c)), d), ({ x, c, d }, g) => g.mul(x, g.mul(c, d))),
  rule("mul-quotient-constants", mul(once(div(c, x)), d), ({ x, c, d }, g) => g.div(g.mul(c, d), x)),
  rule("div-quotient-constants", div(once(div(c, x)), d), ({ x, c, d }, g) => g.div(g.div(c, d), x)),

  // Scalars outward, where they meet other scalars.
  rule("scale-outward", mul(once(mul(x, r)), y), ({ x, y, r }, g) => g.mul(g.mul(x, y), r), bigWithoutScale),
  rule("quotient-scale-outward", div(once(mul(x, r)), y), ({ x, y, r }, g) => g.mul(g.div(x, y), r), bigWithoutScale),
  rule(
    "reshape-scaled",
    reshape(once(mul(x, r))),
    ({ x, r }, g, n) => g.mul(g.reshape(x, n.type.dims), r),
    tensorScaled,
  ),
  rule(
    "reshape-quotient",
    reshape(once(div(r, x))),
    ({ x, r }, g, n) => g.div(r, g.reshape(x, n.type.dims)),
    tensorScaled,
  ),
  rule(
    "sum-scaled",
    sum(once(mul(x, z))),
    ({ x, z }, g, n) => g.reshape(g.mul(g.sum(x, axes(n), true), z), n.type.dims),
    ({ x, z }, n) => sameType(x.type, n.inputs[0]!.type) && isConstantAlong(z, axes(n), x.type.dims.length),
  ),
  rule("sum-neg", sum(once(neg(x))), ({ x }, g, node) =>
    g.neg(g.sum(x, axes(node), attrsOf(node, overAxesAttributes).keep)),
  ),
  rule("reshape-neg", reshape(once(neg(x))), ({ x }, g, node) => g.neg(g.reshape(x, node.type.dims))),

  // A choice between 0 and something.
  rule("select-halves", add(select(mask, x, 0), select(mask, 0, y)), ({ mask, x, y }, g) => g.select(mask, x, y)),
  rule(
    "scaled-taken",
    mul(once(select(mask, x, 0)), y),
    ({ mask, x, y }, g) => g.select(mask, g.mul(x, y), 0),
    ({ mask, x, y }) => size(mask, x) === size(mask, x, y),
  ),
  rule(
    "scaled-untaken",
    mul(once(select(mask, 0, x)), y),
    ({ mask, x, y }, g) => g.select(mask, 0, g.mul(x, y)),
    ({ mask, x, y }) => size(mask, x) === size(mask, x, y),
  ),

  // Sums of one element.
  rule(
    "sum-unit",
    sum(x),
    ({ x }, g, node) => g.reshape(x, node.type.dims),
    ({ x }, node) => axes(node).every((axis) => x.type.dims[axis] === 1),
  ),
  // A step checks its labels before it begins, so each is one of the classes.
  rule("sum-one-hot", sum(named("t", oneHot(x))), (_, g, node) => g.scalar(1, node.type.dtype), overClasses),
  rule("sum-scaled-one-hot", sum(mul(named("t", oneHot(x)), r)), ({ r }) => r, overClasses),
];

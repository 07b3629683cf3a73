/**
 * Exact rules: the same bits for every input, -0, infinities, NaN and denormals too, in f32 and f64. (Only the sign and
 * payload of a NaN may differ; nothing observes them.)
 *
 *   sub a (neg b)   ->   add a b
 *
 * What is missing is missing on purpose:
 *   x + 0 -> x          (-0) + 0 is 0
 *   x * 0 -> 0          Inf, NaN and negative x
 *   neg(x - y) -> y - x   x = y gives -0 before and 0 after
 *   x - x -> 0          Inf and NaN
 *   sum over axes of extent 1 -> reshape   sums start at 0, and 0 + (-0) is 0
 *   not(x < y) -> x >= y   NaN
 */

import type { Node } from "../graph/node.ts";
import { isPowerOfTwo, uniformValue } from "./constants.ts";
import {
  abs,
  add,
  and,
  c,
  d,
  div,
  eq,
  mask,
  maximum,
  minimum,
  mul,
  ne,
  neg,
  not,
  once,
  or,
  pow,
  relu,
  select,
  stopGradient,
  sub,
  x,
  y,
  z,
} from "./pattern.ts";
import { rule, ruleSet } from "./rewrite.ts";
import { views } from "./views.ts";

const number = (node: Node): number => uniformValue(node)!;
const isNegative = ({ c }: { c: Node }): boolean => number(c) < 0;

export const exact = ruleSet("exact", [
  ...views,

  // Nothing to do.
  rule("mul-one", mul(x, 1), ({ x }) => x),
  rule("div-one", div(x, 1), ({ x }) => x),
  rule("add-minus-zero", add(x, -0), ({ x }) => x),
  rule("sub-zero", sub(x, 0), ({ x }) => x),
  rule("pow-one", pow(x, 1), ({ x }) => x),
  rule("pow-zero", pow(x, 0), (_, g, node) => g.scalar(1, node.type.dtype)),
  // No cotangent is taken of a graph that is being simplified.
  rule("stop-gradient", stopGradient(x), ({ x }) => x),

  // Signs: IEEE 754 rounds alike on both sides of 0.
  rule("neg-neg", neg(neg(x)), ({ x }) => x),
  rule("mul-minus-one", mul(x, -1), ({ x }, g) => g.neg(x)),
  rule("div-minus-one", div(x, -1), ({ x }, g) => g.neg(x)),
  rule("sub-from-minus-zero", sub(-0, x), ({ x }, g) => g.neg(x)),
  rule("mul-neg-neg", mul(neg(x), neg(y)), ({ x, y }, g) => g.mul(x, y)),
  rule("neg-mul-neg", neg(once(mul(neg(x), y))), ({ x, y }, g) => g.mul(x, y)),
  rule("neg-div-neg", neg(once(div(neg(x), y))), ({ x, y }, g) => g.div(x, y)),
  rule("neg-div-by-neg", neg(once(div(x, neg(y)))), ({ x, y }, g) => g.div(x, y)),
  rule("div-neg-neg", div(neg(x), neg(y)), ({ x, y }, g) => g.div(x, y)),
  rule("add-neg", add(x, neg(y)), ({ x, y }, g) => g.sub(x, y)),
  rule("sub-neg", sub(x, neg(y)), ({ x, y }, g) => g.add(x, y)),
  rule("add-mul-neg", add(x, once(mul(neg(y), z))), ({ x, y, z }, g) => g.sub(x, g.mul(y, z))),
  rule("sub-mul-neg", sub(x, once(mul(neg(y), z))), ({ x, y, z }, g) => g.add(x, g.mul(y, z))),
  rule("add-div-neg", add(x, once(div(neg(y), z))), ({ x, y, z }, g) => g.sub(x, g.div(y, z))),
  rule("sub-div-neg", sub(x, once(div(neg(y), z))), ({ x, y, z }, g) => g.add(x, g.div(y, z))),
  rule("add-minus-multiple", add(x, once(mul(y, c))), ({ x, y, c }, g) => g.sub(x, g.mul(y, -number(c))), isNegative),
  rule("sub-minus-multiple", sub(x, once(mul(y, c))), ({ x, y, c }, g) => g.add(x, g.mul(y, -number(c))), isNegative),
  rule("neg-multiple", neg(once(mul(x, c))), ({ x, c }, g) => g.mul(x, -number(c))),
  rule("multiple-of-neg", mul(neg(x), c), ({ x, c }, g) => g.mul(x, -number(c))),

  // Powers of two: multiplying by them is exact but at the ends of the range, where both sides meet the same end.
  rule("add-same", add(x, x), ({ x }, g) => g.mul(x, 2)),
  rule(
    "div-power",
    div(x, c),
    ({ x, c }, g) => g.mul(x, 1 / number(c)),
    ({ c }) => isPowerOfTwo(number(c)),
  ),
  rule(
    "mul-powers",
    mul(mul(x, c), d),
    ({ x, c, d }, g) => g.mul(x, number(c) * number(d)),
    ({ c, d }) => [number(c), number(d), number(c) * number(d)].every((v) => isPowerOfTwo(v) && Math.abs(v) >= 1),
  ),
  // V8's Math.pow squares by one product too, as measured on millions of values.
  rule("pow-two", pow(x, 2), ({ x }, g) => g.mul(x, x)),

  // Functions that do nothing the second time.
  rule("abs-abs", abs(abs(x)), ({ x }, g) => g.abs(x)),
  rule("abs-neg", abs(neg(x)), ({ x }, g) => g.abs(x)),
  rule("mul-abs-abs", mul(abs(x), abs(x)), ({ x }, g) => g.mul(x, x)),
  rule("relu-relu", relu(relu(x)), ({ x }, g) => g.relu(x)),
  rule("relu-abs", relu(abs(x)), ({ x }, g) => g.abs(x)),
  rule("minimum-same", minimum(x, x), ({ x }) => x),
  rule("maximum-same", maximum(x, x), ({ x }) => x),

  // Masks.
  rule("not-not", not(not(x)), ({ x }) => x),
  rule("not-eq", not(eq(x, y)), ({ x, y }, g) => g.ne(x, y)),
  rule("not-ne", not(ne(x, y)), ({ x, y }, g) => g.eq(x, y)),
  rule("and-same", and(x, x), ({ x }) => x),
  rule("or-same", or(x, x), ({ x }) => x),
  rule("select-same", select(mask, x, x), ({ x }) => x),
  rule("select-not", select(not(mask), x, y), ({ mask, x, y }, g) => g.select(mask, y, x)),
  rule("select-of-taken", select(mask, select(mask, x, y), z), ({ mask, x, z }, g) => g.select(mask, x, z)),
  rule("select-of-untaken", select(mask, x, select(mask, y, z)), ({ mask, x, z }, g) => g.select(mask, x, z)),
]);

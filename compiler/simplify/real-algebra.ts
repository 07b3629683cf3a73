/**
 * Real algebra for the whole graph, only on request. Rounding, overflow and the handling of infinities and
 * NaN may change.
 *
 *   mul (exp a) (exp b)   ->   exp (add a b)
 */
import { adjointRules } from "./adjoint-rules.ts";
import { exact } from "./exact.ts";
import { div, exp, log, mul, once, sqrt, sub, x, y } from "./pattern.ts";
import { rule, ruleSet } from "./rewrite.ts";

export const realAlgebraRules = [
  rule("exp-times-exp", mul(once(exp(x)), once(exp(y))), ({ x, y }, g) => g.exp(g.add(x, y))),
  rule("exp-over-exp", div(once(exp(x)), once(exp(y))), ({ x, y }, g) => g.exp(g.sub(x, y))),
  rule("log-exp", log(exp(x)), ({ x }) => x),
  rule("exp-log", exp(log(x)), ({ x }) => x),
  rule("sqrt-times-sqrt", mul(sqrt(x), sqrt(x)), ({ x }) => x),
  rule("sub-same", sub(x, x), (_, g, node) => g.scalar(0, node.type.dtype)),
  rule("div-same", div(x, x), (_, g, node) => g.scalar(1, node.type.dtype)),
];

export const realAlgebra = ruleSet("real-algebra", [...exact.rules, ...realAlgebraRules, ...adjointRules]);

/** What a scalar function may take from Math: functions that are an op or made of ops exactly, and the constants. */
import type { Op } from "../../graph/ir.ts";
import * as ops from "../../ops/index.ts";
import { apply, choose, number, type ScalarExpr } from "./scalar.ts";

export interface MathFunction {
  readonly fewest: number;
  readonly most: number;
  build(...args: ScalarExpr[]): ScalarExpr;
}

const ofOne = (build: (x: ScalarExpr) => ScalarExpr): MathFunction => ({ fewest: 1, most: 1, build: (x) => build(x!) });
const unary = (op: Op): MathFunction => ofOne((x) => apply(op, x));
const folded = (op: Op): MathFunction => ({
  fewest: 1,
  most: Number.POSITIVE_INFINITY,
  build: (...args) => args.reduce((a, b) => apply(op, a, b)),
});

const floor = (x: ScalarExpr): ScalarExpr => apply(ops.floorOp, x);
/** -floor(-x): the zeros keep their signs. */
const ceil = (x: ScalarExpr): ScalarExpr => apply(ops.negOp, floor(apply(ops.negOp, x)));
const zero = number(0);
const isNegative = (x: ScalarExpr): ScalarExpr => apply(ops.ltOp, x, zero);

/** -1, 0 or 1; NaN and both zeros stay themselves. Flat, also at 0. */
const sign = (x: ScalarExpr): ScalarExpr =>
  choose(apply(ops.gtOp, x, zero), number(1), choose(isNegative(x), number(-1), apply(ops.stopGradientOp, x)));

/** x * x is x ** 2 rounded once, and faster; no other power is one product. */
export const power = (a: ScalarExpr, b: ScalarExpr): ScalarExpr =>
  b.kind === "number" && b.value === 2 ? apply(ops.mulOp, a, a) : apply(ops.powOp, a, b);

export const mathFunctions: ReadonlyMap<string, MathFunction> = new Map(
  Object.entries({
    abs: unary(ops.absOp),
    ceil: ofOne(ceil),
    cos: unary(ops.cosOp),
    exp: unary(ops.expOp),
    expm1: unary(ops.expm1Op),
    floor: ofOne(floor),
    log: unary(ops.logOp),
    log1p: unary(ops.log1pOp),
    max: folded(ops.maximumOp),
    min: folded(ops.minimumOp),
    pow: { fewest: 2, most: 2, build: (a: ScalarExpr, b: ScalarExpr) => power(a, b) },
    sign: ofOne(sign),
    sin: unary(ops.sinOp),
    sqrt: unary(ops.sqrtOp),
    tanh: unary(ops.tanhOp),
    trunc: ofOne((x) => choose(isNegative(x), ceil(x), floor(x))),
  }),
);

export const mathConstants: ReadonlyMap<string, number> = new Map(
  (["E", "LN10", "LN2", "LOG10E", "LOG2E", "PI", "SQRT1_2", "SQRT2"] as const).map((name) => [name, Math[name]]),
);

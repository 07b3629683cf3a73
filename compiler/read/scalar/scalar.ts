/**
 * A scalar function as data: what `elementwise` reads from source, and what derivatives and nodes are made of.
 *
 *   (x, beta) => x / (1 + Math.exp(-beta * x))
 *   div(x, add(1, exp(mul(neg(beta), x))))
 *
 * A value that the source names once and uses twice is one object here, so that it becomes one node.
 */
import type { Op } from "../../graph/ir.ts";
import * as ops from "../../ops/index.ts";

export type ScalarExpr =
  | { readonly kind: "number"; readonly value: number }
  | { readonly kind: "parameter"; readonly index: number }
  | { readonly kind: "apply"; readonly op: Op; readonly args: readonly ScalarExpr[] };

export interface ScalarFunction {
  /** The name it is bound to, for messages. */
  readonly name: string;
  readonly parameters: readonly string[];
  readonly body: ScalarExpr;
}

export const number = (value: number): ScalarExpr => ({ kind: "number", value });
export const parameter = (index: number): ScalarExpr => ({ kind: "parameter", index });

const isMaskOp = ({ masks }: Op): boolean => masks?.result ?? false;

/** Whether it is a condition: what a comparison gives, not a number. */
export const isMask = (scalar: ScalarExpr): boolean => scalar.kind === "apply" && isMaskOp(scalar.op);

/** An op of numbers alone is computed at once, in float64, as JavaScript would. */
export function apply(op: Op, ...args: readonly ScalarExpr[]): ScalarExpr {
  const values = args.flatMap((arg) => (arg.kind === "number" ? [arg.value] : []));
  if (values.length < args.length || isMaskOp(op)) return { kind: "apply", op, args };
  const inputs = Object.fromEntries(
    op.inputs.map((name, i) => [name, { dims: [], data: Float64Array.of(values[i]!) }]),
  );
  return number(op.reference(inputs, [], {}, { rows: 1, seed: 0, step: 0 })[0]!);
}

/** a where the condition holds, else b. Only the branch taken has a say in the derivative; see nodes.ts. */
export const choose = (mask: ScalarExpr, a: ScalarExpr, b: ScalarExpr): ScalarExpr => apply(ops.selectOp, mask, a, b);

/** The numbers that a scalar is made of, each once. */
export function numbersOf(scalar: ScalarExpr): number[] {
  const seen = new Set<ScalarExpr>();
  const numbers = new Set<number>();
  const visit = (part: ScalarExpr): void => {
    if (seen.has(part)) return;
    seen.add(part);
    if (part.kind === "number") numbers.add(part.value);
    if (part.kind === "apply") part.args.forEach(visit);
  };
  visit(scalar);
  return [...numbers];
}

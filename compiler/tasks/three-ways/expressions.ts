/**
 * The symbolic way measured: how long the derivative expressions of a loss are, and whether they give the adjoint's values.
 *
 *   swell(point, gradient)      iris, one row: { loss: 4255n, derivatives: 497186n, ... } operations
 */
import { reachable } from "../../graph/graph.ts";
import type { Environment } from "../../graph/interpret.ts";
import { relativeError } from "./numeric.ts";
import type { Point } from "./point.ts";
import { spread } from "./spread.ts";
import { derivative, evaluate, evaluateShared, isOperation, Sizes } from "./symbolic.ts";
import { cannotUnroll, type ScalarLoss, type ScalarNode, unroll } from "./unroll.ts";

export interface Expressions {
  /** Operations of the loss, written out; those on numbers alone are not counted. */
  readonly loss: bigint;
  /** Operations of all derivatives, written out; of the longest. */
  readonly derivatives: bigint;
  readonly longest: bigint;
  /** Operations of all derivatives, where each computes a part once and all share the loss's: that is forward mode. */
  readonly shared: number;
  /** For how many parameters expressions were made; where not for all, the sums over all are scaled up from these. */
  readonly counted: number;
  /** Relative, against the adjoint, over those made. */
  readonly error: number;
  /** How many were evaluated as written out, with how many operations, in how many milliseconds: those not too long. */
  readonly evaluated: number;
  readonly evaluatedOperations: bigint;
  readonly milliseconds: number;
}

/** Steps through the loss's expression that all derivatives together may take. */
const mostWork = 2e7;
/** Operations that evaluation may take, of one expression and of all. */
const longestEvaluated = 100_000n;
const mostEvaluated = 500_000n;
/** Operations of a loss of which an expression is made. */
const mostOperations = 500_000;

/** Why no expressions are made of this loss; undefined where they are. `operations` are those of the loss. */
export function tooMuch({ lossNode, parameters }: Point, operations: number): string | undefined {
  const op = cannotUnroll(lossNode, parameters);
  if (op !== undefined) return `${op} is not written out by element here`;
  if (operations <= mostOperations) return undefined;
  const [got, most] = [operations, mostOperations].map((value) => value.toLocaleString("en-US"));
  return `the loss takes ${got} operations; at most ${most} are written out, so try fewer rows`;
}

/** `gradient` has the derivative by each coordinate of the point. */
export function swell({ lossNode, parameters, environment }: Point, gradient: Float64Array): Expressions {
  const unrolled = unroll(lossNode, parameters, environment);
  const variables = [...unrolled.parameters.values()].flat();
  const order = reachable([unrolled.loss]);
  const sizes = new Sizes();
  const loss = sizes.of(unrolled.loss);
  const made = spread(variables.length, Math.max(1, Math.floor(mostWork / order.length))).map((coordinate) => {
    const expression = derivative(unrolled.loss, variables[coordinate]!, order);
    return { coordinate, expression, size: sizes.of(expression) };
  });
  const total = made.reduce((sum, { size }) => sum + size, 0n);
  const values = valuesOf(unrolled, environment);
  const ofLoss = order.filter(isOperation).length;
  const ofAll = reachable([unrolled.loss, ...made.map(({ expression }) => expression)]).filter(isOperation).length;
  return {
    loss,
    derivatives: (total * BigInt(variables.length)) / BigInt(made.length),
    shared: ofLoss + Math.round(((ofAll - ofLoss) * variables.length) / made.length),
    longest: made.reduce((most, { size }) => (size > most ? size : most), 0n),
    counted: made.length,
    ...evaluateSome(made, values),
    error: relativeError(
      evaluateShared(
        made.map(({ expression }) => expression),
        new Map(values),
      ),
      made.map(({ coordinate }) => gradient[coordinate]!),
    ),
  };
}

interface Made {
  readonly coordinate: number;
  readonly expression: ScalarNode;
  readonly size: bigint;
}

function evaluateSome(made: readonly Made[], values: ReadonlyMap<ScalarNode, number>) {
  const short = made.filter(({ size }) => size <= longestEvaluated);
  const longest = short.reduce((most, { size }) => (size > most ? size : most), 1n);
  const chosen = spread(short.length, Number(mostEvaluated / longest)).map((i) => short[i]!);
  const start = performance.now();
  for (const { expression } of chosen) evaluate(expression, values);
  const milliseconds = performance.now() - start;
  const evaluatedOperations = chosen.reduce((sum, { size }) => sum + size, 0n);
  return { evaluated: chosen.length, evaluatedOperations, milliseconds };
}

function valuesOf({ parameters }: ScalarLoss, { leaves }: Environment): Map<ScalarNode, number> {
  return new Map(
    [...parameters].flatMap(([parameter, elements]) => {
      const values = leaves.get(parameter)!;
      return elements.map((element, i) => [element, values[i]!] as const);
    }),
  );
}

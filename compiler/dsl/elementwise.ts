/**
 * Functions of one's own, element by element, differentiated from their source.
 *
 *   const swish = elementwise((x: number, beta: number) => x / (1 + Math.exp(-beta * x)));
 *   swish(h, 1.5)           a tensor of h's shape
 *   swish.derivatives()     { x: "...", beta: "..." }
 *
 * The source is read where a model file calls elementwise; elsewhere the function's own text is, at its first use.
 */
import { CompileError, noBroadcast, wrongDType } from "../diagnostics.ts";
import type { Node } from "../graph/node.ts";
import { broadcastDims, type Dims, type FloatType, isFloat, sameDims } from "../graph/types.ts";
import { broadcast } from "../ops/view.ts";
import { derivatives, type Simplify } from "../read/scalar/derivative.ts";
import { wrongOperandCount } from "../read/scalar/errors.ts";
import { readCallback, readText } from "../read/scalar/find.ts";
import { nodesOf } from "../read/scalar/nodes.ts";
import { numbersOf, type ScalarFunction } from "../read/scalar/scalar.ts";
import { siteOf } from "../read/site.ts";
import { operateBroadcast } from "./operate.ts";
import { callOf, requireNumbersHeld } from "./settings.ts";
import type { Broadcast, Shape } from "./shapes.ts";
import { asValue, type EitherRows, refuse, type Tensor } from "./tensor.ts";

type Argument = number | Tensor<Shape, boolean>;

/** The shape that arguments broadcast to; numbers have none. */
type ShapeOf<Args extends readonly unknown[], D extends Shape = []> = Args extends readonly [infer First, ...infer Rest]
  ? ShapeOf<Rest, First extends Tensor<infer Own, boolean> ? Broadcast<D, Own> : D>
  : D;

/** Whether an argument has rows. */
type RowsOf<Args extends readonly unknown[], R extends boolean = false> = Args extends readonly [
  infer First,
  ...infer Rest,
]
  ? RowsOf<Rest, First extends Tensor<Shape, infer Own> ? EitherRows<R, Own> : R>
  : R;

/** A scalar function lifted to tensors: broadcast per example, and differentiable in every argument. */
export interface ElementwiseFunction<A extends readonly number[]> {
  <const Args extends { readonly [K in keyof A]: Argument }>(...args: Args): Tensor<ShapeOf<Args>, RowsOf<Args>>;
  /** The partial derivative in each parameter as a formula; `simplify` makes it short. */
  derivatives(simplify?: Simplify): Record<string, string>;
  /** What was read. */
  readonly formula: ScalarFunction;
}

/**
 * Lifts a scalar function: arithmetic, comparisons, `?:`, if and else with returns, constants, functions of Math, and
 * other such functions of the file. Throws or records an error elementwise/... at what cannot be read.
 */
export function elementwise<A extends readonly number[]>(fn: (...args: A) => number): ElementwiseFunction<A> {
  const formula = formulaOf(fn);
  const lifted = (...args: unknown[]) => asValue(formula.refused ?? applyFormula(formula.get(), args));
  const extras = { derivatives: (simplify?: Simplify) => derivatives(formula.get(), simplify) };
  Object.defineProperty(Object.assign(lifted, extras), "formula", { get: formula.get });
  return lifted as unknown as ElementwiseFunction<A>;
}

interface Formula {
  get(): ScalarFunction;
  /** Stands for every result once the error has been recorded. */
  readonly refused?: Node;
}

function formulaOf<A extends readonly number[]>(fn: (...args: A) => number): Formula {
  const site = siteOf(elementwise);
  if (!site) return { get: once(() => readText(fn)) };
  try {
    const formula = readCallback(site);
    return { get: () => formula };
  } catch (error) {
    if (!(error instanceof CompileError)) throw error;
    return {
      refused: refuse(error),
      get() {
        throw error;
      },
    };
  }
}

function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

function applyFormula({ name, parameters, body }: ScalarFunction, args: readonly unknown[]): Node {
  const call = callOf(name);
  if (args.length !== parameters.length)
    return refuse(wrongOperandCount(call.origin?.span, name, parameters, args.length));
  return operateBroadcast<Node>(name, args, (...operands) => {
    const nodes = operands.filter((operand) => typeof operand !== "number");
    const at = { ...call, inputs: nodes };
    const dtype = nodes[0]!.type.dtype;
    const odd = nodes.findIndex(({ type }) => !isFloat(type.dtype) || type.dtype !== dtype);
    if (odd >= 0) return refuse(wrongDType(at, odd, isFloat(dtype) ? dtype : "f32 or f64", nodes[odd]!.type));
    let dims: Dims = [];
    for (const [position, { type }] of nodes.entries()) {
      const together = broadcastDims(dims, type.dims);
      if (!together) return refuse(noBroadcast({ ...at, inputs: nodes.slice(0, position + 1) }, dims, type.dims));
      dims = together;
    }
    requireNumbersHeld(name, numbersOf(body), dtype as FloatType);
    const result = nodesOf(body, operands, dtype);
    // A formula need not read all of its parameters.
    return sameDims(result.type.dims, dims) ? result : broadcast(result, dims);
  });
}

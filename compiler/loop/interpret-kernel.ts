/**
 * Runs kernels point by point, as their text says it: the oracle for boxes, collapsed axes, panels and tiles.
 *
 *   kernel k [i0<2]                            y[0] = x[0] + x[1]
 *     y[i0] = sum[r0<2](x[2*i0 + r0])     ->     y[1] = x[2] + x[3]
 *
 * Points follow each other, outermost axis first; of one point, all values are computed before any is stored. A reduction
 * combines its points in their order, from its identity on. Where a nest has a store that accumulates, it starts from a buffer
 * of zeros. Neighbours in one loop run turn by turn.
 *
 * Outside a guard stands what it says, and a product with that 0 is a product like any other: where the other factor is
 * infinite or NaN, split.ts may leave out what is NaN here.
 */
import { internalError } from "../diagnostics.ts";
import type { FloatType } from "../graph/types.ts";
import { threefryUniform } from "../ops/threefry-reference.ts";
import type { LoopBuffer } from "./buffer.ts";
import { laneTypeOf } from "./ir.ts";
import { type Axis, type Expr, type Kernel, nestsOf, valuesOf } from "./kernel.ts";
import {
  applied,
  indexOf,
  type LoopCall,
  type Machine,
  type Round,
  readElement,
  roundOf,
  runCalls,
  writeElement,
} from "./machine.ts";
import { monoidOf } from "./monoids.ts";
import { sizeAt } from "./tiling.ts";

interface State extends Machine {
  readonly round: Round;
}

/** A value at a point, and of what has several results all of them. */
type Values = readonly number[];

/** One after the other, over the buffers of the call. */
export function interpretKernels(kernels: readonly Kernel[], dtype: FloatType, call: LoopCall): void {
  const nests = nestsOf(kernels, (kernel) => kernel).map((own) => ({ own, repeats: own[0]!.nest.repeats ?? [] }));
  runCalls(nests, call, ({ own }, at) => {
    const state: State = { ...at, round: roundOf(dtype), axes: new Map(at.turns) };
    for (const buffer of addedUp(own))
      for (let element = 0; element < buffer.elementCount; element++) writeElement(buffer, element, 0, state);
    for (const kernel of own) interpretKernel(kernel, state);
  });
}

const addedUp = (kernels: readonly Kernel[]): Set<LoopBuffer> =>
  new Set(kernels.flatMap(({ stores }) => stores.flatMap((s) => (s.accumulates ? [s.buffer] : []))));

function interpretKernel({ axes, stores }: Kernel, state: State): void {
  forEachPoint(axes, state, () => {
    const values = new Map<Expr, Values>();
    const results = stores.map(({ buffer, index, value, accumulates }) => {
      const [at, own] = [indexOf(index, state), oneOf(value, state, values)];
      return { buffer, at, value: accumulates ? state.round(readElement(buffer, at, state) + own) : own };
    });
    for (const { buffer, at, value } of results) writeElement(buffer, at, value, state);
  });
}

/** The axes are gone afterwards: what names one outside of its loops is refused. */
function forEachPoint([axis, ...inner]: readonly Axis[], state: State, visit: () => void): void {
  if (axis === undefined) {
    visit();
    return;
  }
  if (state.axes.has(axis.name)) throw internalError(`axis ${axis.name} is in use by a loop around this one`);
  const size = sizeAt(axis, state.rows);
  for (let at = 0; at < size; at++) {
    state.axes.set(axis.name, at);
    forEachPoint(inner, state, visit);
  }
  state.axes.delete(axis.name);
}

/** `known`: values at this very point, of what several expressions share. */
function evaluate(expr: Expr, state: State, known: Map<Expr, Values>): Values {
  const before = known.get(expr);
  if (before !== undefined) return before;
  const values = computed(expr, state, known);
  known.set(expr, values);
  return values;
}

const oneOf = (expr: Expr, state: State, known: Map<Expr, Values>): number => evaluate(expr, state, known)[0]!;

function computed(expr: Expr, state: State, known: Map<Expr, Values>): Values {
  const { seed = 0, step = 0, rows } = state;
  switch (expr.kind) {
    case "const":
      return [state.round(expr.value)];
    case "rows":
      return [state.round(rows)];
    case "step":
      return [state.round(step)];
    case "load": {
      const value = readElement(expr.buffer, indexOf(expr.index, state), state);
      return [laneTypeOf(expr.buffer) === "i" ? value : state.round(value)];
    }
    case "index":
      return [indexOf(expr.index, state)];
    case "uniform":
      return [state.round(threefryUniform(seed, step, indexOf(expr.index, state), expr.stream))];
    case "op":
      return [
        applied(
          expr.op,
          expr.args.map((arg) => oneOf(arg, state, known)),
          state.round,
        ),
      ];
    case "where": {
      const place = placeOf(expr, state);
      if (place === undefined) return evaluate(expr.otherwise, state, known);
      state.axes.set(expr.axis, place);
      const values = evaluate(expr.body, state, new Map());
      state.axes.delete(expr.axis);
      return values;
    }
    case "reduce":
      return reduced(expr, state);
    case "tuple":
      return expr.parts.map((part) => oneOf(part, state, known));
    case "component":
      return [evaluate(expr.of, state, known)[expr.at]!];
  }
}

/** Where the guard's body is read, if the index is a multiple of the divisor inside its extent. */
function placeOf({ index, divisor, extent }: Expr & { kind: "where" }, state: State): number | undefined {
  const place = indexOf(index, state) / divisor;
  return Number.isInteger(place) && place >= 0 && place < extent ? place : undefined;
}

function reduced({ reduce, more = [], ...first }: Expr & { kind: "reduce" }, state: State): Values {
  const { identity, join } = monoidOf(reduce);
  const op = (name: string, ...args: number[]): number => applied(name, args, state.round);
  let total: Values = identity;
  for (const { axes, body } of [first, ...more])
    forEachPoint(axes, state, () => {
      const known = new Map<Expr, Values>();
      const point = valuesOf(body).map((value) => oneOf(value, state, known));
      total = join(op, total, point);
    });
  return total;
}

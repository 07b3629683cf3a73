/**
 * Runs a function of the loop IR lane by lane over Float64Array buffers: the oracle for emitted code. In f32 every
 * operation is rounded by Math.fround, which gives the bits of Wasm: the sum, difference, product, quotient and root of
 * two floats, computed in double precision and rounded, are correctly rounded (Figueroa 1995). Helpers are Math's. Of madd,
 * whose bits are the engine's choice, one possible value: f32 keeps the product exact, f64 rounds it.
 */
import { internalError } from "../diagnostics.ts";
import { erfReference } from "../ops/erf-reference.ts";
import { threefryUniform } from "../ops/threefry-reference.ts";
import type { LoopBuffer } from "./buffer.ts";
import { type Call, calls } from "./calls.ts";
import { type LoopFunction, laneCount, type Stmt, type VExpr } from "./ir.ts";
import type { Index } from "./kernel.ts";
import { boundAt } from "./ranges.ts";

export interface LoopCall {
  /** Their elements; integers for i32. Stores write into them. They may be views of one memory. */
  readonly buffers: ReadonlyMap<LoopBuffer, Float64Array | Float32Array | Int32Array>;
  readonly rows: number;
  /** Keys of `uniform`, and what `step` reads; 0 where left out. */
  readonly seed?: number;
  readonly step?: number;
  /** The turns of the loops that call the function. */
  readonly turns?: ReadonlyMap<string, number>;
}

type Round = (value: number) => number;
/** One number a lane; a mask has 1 where set and 0 elsewhere. */
type Lanes = readonly number[];

interface State extends LoopCall {
  readonly full: number;
  readonly round: Round;
  readonly axes: Map<string, number>;
  readonly locals: Map<string, Lanes>;
}

export function interpretFunction(fn: LoopFunction, call: LoopCall): void {
  const round: Round = fn.dtype === "f32" ? Math.fround : (value) => value;
  run(fn.body, { ...call, full: laneCount(fn.dtype), round, axes: new Map(call.turns), locals: new Map() });
}

/** Runs functions one after the other, those of one loop turn by turn. */
export function interpretFunctions(functions: readonly LoopFunction[], call: LoopCall): void {
  runAll(calls(functions), call, new Map());
}

function runAll(steps: readonly Call<LoopFunction>[], call: LoopCall, turns: ReadonlyMap<string, number>): void {
  for (const step of steps) {
    if (step.kind === "run") interpretFunction(step.item, { ...call, turns });
    else {
      const { axis, extent, backwards } = step.repeat;
      for (let at = 0; at < extent; at++)
        runAll(step.body, call, new Map(turns).set(axis, backwards ? extent - 1 - at : at));
    }
  }
}

function run(body: readonly Stmt[], state: State): void {
  for (const stmt of body) {
    if (stmt.kind === "for") {
      const to = boundAt(stmt.to, state.rows);
      for (let at = boundAt(stmt.from, state.rows); at < to; at += stmt.step) {
        state.axes.set(stmt.axis, at);
        run(stmt.body, state);
      }
    } else if (stmt.kind === "store") {
      const values = evaluate(stmt.value, state);
      const start = indexOf(stmt.index, state);
      for (let lane = 0; lane < stmt.lanes; lane++) writeElement(stmt.buffer, start + lane, values[lane]!, state);
    } else state.locals.set(stmt.name, evaluate(stmt.value, state));
  }
}

function evaluate(expr: VExpr, state: State): Lanes {
  const { full, round } = state;
  const lanes = (count: number, at: (lane: number) => number): number[] =>
    Array.from({ length: full }, (_, lane) => (lane < count ? round(at(lane)) : 0));
  switch (expr.kind) {
    case "const":
      return lanes(full, () => expr.value);
    case "local":
      return state.locals.get(expr.name)!;
    case "rows":
      return lanes(full, () => state.rows);
    case "step":
      return lanes(full, () => state.step ?? 0);
    case "load":
      return evaluate({ ...expr, kind: "gather", stride: 1 }, state);
    case "splat":
      return evaluate({ ...expr, kind: "gather", stride: 0, lanes: full }, state);
    case "gather": {
      const start = indexOf(expr.index, state);
      return lanes(expr.lanes, (lane) => readElement(expr.buffer, start + lane * expr.stride, state));
    }
    case "iota": {
      const start = indexOf(expr.index, state);
      return lanes(full, (lane) => start + lane * expr.stride);
    }
    case "uniform": {
      const start = indexOf(expr.index, state);
      const { seed = 0, step = 0 } = state;
      return lanes(full, (lane) => threefryUniform(seed, step, start + lane * expr.stride, expr.stream));
    }
    case "swap": {
      const values = evaluate(expr.value, state);
      return lanes(full, (lane) => values[lane ^ expr.bit]!);
    }
    case "op": {
      const args = expr.args.map((arg) => evaluate(arg, state));
      const op = operations[expr.op]!;
      return lanes(full, (lane) => op(...args.map((arg) => arg[lane]!)));
    }
  }
}

function indexOf({ base, terms, dynamic }: Index, state: State): number {
  const start = dynamic
    ? base + dynamic.stride * readElement(dynamic.buffer, indexOf(dynamic.index, state), state)
    : base;
  return terms.reduce((sum, { axis, stride }) => sum + stride * state.axes.get(axis)!, start);
}

function readElement(buffer: LoopBuffer, index: number, { buffers }: State): number {
  const value = buffers.get(buffer)?.[index];
  if (value === undefined) throw internalError(`read of ${buffer.name}[${index}] is outside the buffer`);
  return value;
}

function writeElement(buffer: LoopBuffer, index: number, value: number, { buffers }: State): void {
  const elements = buffers.get(buffer);
  if (elements?.[index] === undefined) throw internalError(`write of ${buffer.name}[${index}] is outside the buffer`);
  elements[index] = value;
}

/** The nearest integer, the even one of two; -0 and what is beyond 2^52 stay as they are. */
function nearest(value: number): number {
  if (!(Math.abs(value) < 2 ** 52)) return value;
  const floor = Math.floor(value);
  const above = value - floor;
  const rounded = above > 0.5 || (above === 0.5 && floor % 2 !== 0) ? floor + 1 : floor;
  return rounded === 0 ? (Object.is(value, -0) || value < 0 ? -0 : 0) : rounded;
}

type Operation = (...args: number[]) => number;
const mask = (holds: boolean): number => (holds ? 1 : 0);

const operations: Readonly<Record<string, Operation>> = {
  neg: (a) => -a,
  abs: (a) => Math.abs(a),
  sqrt: (a) => Math.sqrt(a),
  floor: (a) => Math.floor(a),
  ceil: (a) => Math.ceil(a),
  trunc: (a) => Math.trunc(a),
  nearest: (a) => nearest(a),
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b) => a / b,
  min: (a, b) => Math.min(a, b),
  max: (a, b) => Math.max(a, b),
  // Math.min treats NaN and -0 another way
  pmin: (a, b) => (b < a ? b : a),
  // Math.max treats NaN and -0 another way
  pmax: (a, b) => (a < b ? b : a),
  eq: (a, b) => mask(a === b),
  ne: (a, b) => mask(a !== b),
  lt: (a, b) => mask(a < b),
  le: (a, b) => mask(a <= b),
  gt: (a, b) => mask(a > b),
  ge: (a, b) => mask(a >= b),
  and: (a, b) => a & b,
  or: (a, b) => a | b,
  not: (a) => 1 - a,
  select: (m, a, b) => (m ? a : b),
  madd: (a, b, c) => a * b + c,
  exp: (a) => Math.exp(a),
  log: (a) => Math.log(a),
  expm1: (a) => Math.expm1(a),
  log1p: (a) => Math.log1p(a),
  tanh: (a) => Math.tanh(a),
  sigmoid: (a) => 1 / (1 + Math.exp(-a)),
  softplus: (a) => Math.max(a, 0) + Math.log1p(Math.exp(-Math.abs(a))),
  erf: (a) => erfReference(a),
  sin: (a) => Math.sin(a),
  cos: (a) => Math.cos(a),
  pow: (a, b) => a ** b,
};

/**
 * What the interpreters of kernels and of loops share: memory, indices, and the arithmetic of one lane.
 *
 * In f32 every operation is rounded by Math.fround, which gives the bits of Wasm: the sum, difference, product, quotient and
 * root of two floats, computed in double precision and rounded, are correctly rounded (Figueroa 1995). Helpers are Math's. Of
 * madd, whose bits are the engine's choice, one possible value: f32 keeps the product exact, f64 rounds it.
 */
import { internalError } from "../diagnostics.ts";
import type { FloatType } from "../graph/types.ts";
import { erfReference } from "../ops/erf-reference.ts";
import type { LoopBuffer } from "./buffer.ts";
import { type Call, calls, type Repeated } from "./calls.ts";
import { signatureOf } from "./ir.ts";
import type { Index } from "./kernel.ts";

export interface LoopCall {
  /** Their elements; integers for i32. Stores write into them. They may be views of one memory. */
  readonly buffers: ReadonlyMap<LoopBuffer, Float64Array | Float32Array | Int32Array>;
  readonly rows: number;
  /** Keys of `uniform`, and what `step` reads; 0 where left out. */
  readonly seed?: number;
  readonly step?: number;
  /** The turns of the loops around. */
  readonly turns?: ReadonlyMap<string, number>;
}

/** A call, and where its loops are. */
export interface Machine extends LoopCall {
  readonly axes: Map<string, number>;
}

export type Round = (value: number) => number;

export const roundOf = (dtype: FloatType): Round => (dtype === "f32" ? Math.fround : (value) => value);

/** Runs what stands one after the other, that of one loop turn by turn. */
export function runCalls<T extends Repeated>(
  items: readonly T[],
  call: LoopCall,
  run: (item: T, call: LoopCall) => void,
): void {
  const runAll = (steps: readonly Call<T>[], turns: ReadonlyMap<string, number>): void => {
    for (const step of steps) {
      if (step.kind === "run") run(step.item, { ...call, turns });
      else {
        const { axis, extent, backwards } = step.repeat;
        for (let at = 0; at < extent; at++)
          runAll(step.body, new Map(turns).set(axis, backwards ? extent - 1 - at : at));
      }
    }
  };
  runAll(calls(items), new Map());
}

export function indexOf({ base, terms, dynamic }: Index, state: Machine): number {
  const start = dynamic
    ? base + dynamic.stride * readElement(dynamic.buffer, indexOf(dynamic.index, state), state)
    : base;
  return terms.reduce((sum, { axis, stride }) => sum + stride * state.axes.get(axis)!, start);
}

export function readElement(buffer: LoopBuffer, index: number, { buffers }: Machine): number {
  const value = buffers.get(buffer)?.[index];
  if (value === undefined) throw internalError(`read of ${buffer.name}[${index}] is outside the buffer`);
  return value;
}

export function writeElement(buffer: LoopBuffer, index: number, value: number, { buffers }: Machine): void {
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

/** By name, those of laneOps and of helperOps; a mask is 1 where set and 0 elsewhere. */
export const operations: Readonly<Record<string, Operation>> = {
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
  float: (a) => a,
  int: (a) => Math.min(Math.max(Math.trunc(a) || 0, -(2 ** 31)), 2 ** 31 - 1),
  "i32.add": (a, b) => (a + b) | 0,
  "i32.sub": (a, b) => (a - b) | 0,
  "i32.mul": (a, b) => Math.imul(a, b),
  "i32.min": (a, b) => Math.min(a, b),
  "i32.max": (a, b) => Math.max(a, b),
  "i32.eq": (a, b) => mask(a === b),
  "i32.ne": (a, b) => mask(a !== b),
  "i32.lt": (a, b) => mask(a < b),
  "i32.le": (a, b) => mask(a <= b),
  "i32.gt": (a, b) => mask(a > b),
  "i32.ge": (a, b) => mask(a >= b),
  "i32.select": (m, a, b) => (m ? a : b),
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

/** What a lane operation gives: floats rounded, i32 as they are. */
export function applied(op: string, args: readonly number[], round: Round): number {
  const value = operations[op]!(...args);
  return signatureOf(op)!.result === "i" ? value : round(value);
}

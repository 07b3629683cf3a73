/**
 * Runs a function of the loop IR lane by lane over Float64Array buffers: the oracle for emitted code, to the bit (machine.ts).
 */
import { threefryUniform } from "../ops/threefry-reference.ts";
import { type LoopFunction, laneCount, laneTypeOf, type Stmt, type VExpr } from "./ir.ts";
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
import { boundAt } from "./ranges.ts";

/** One number a lane; a mask has 1 where set and 0 elsewhere. */
type Lanes = readonly number[];

interface State extends Machine {
  readonly full: number;
  readonly round: Round;
  readonly locals: Map<string, Lanes>;
}

export function interpretFunction(fn: LoopFunction, call: LoopCall): void {
  const round = roundOf(fn.dtype);
  run(fn.body, { ...call, full: laneCount(fn.dtype), round, axes: new Map(call.turns), locals: new Map() });
}

/** Runs functions one after the other, those of one loop turn by turn. */
export const interpretFunctions = (functions: readonly LoopFunction[], call: LoopCall): void =>
  runCalls(functions, call, interpretFunction);

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
  const whole = (count: number, at: (lane: number) => number): number[] =>
    Array.from({ length: full }, (_, lane) => (lane < count ? at(lane) : 0));
  const lanes = (count: number, at: (lane: number) => number): number[] => whole(count, (lane) => round(at(lane)));
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
      const made = laneTypeOf(expr.buffer) === "i" ? whole : lanes;
      return made(expr.lanes, (lane) => readElement(expr.buffer, start + lane * expr.stride, state));
    }
    case "iota": {
      const start = indexOf(expr.index, state);
      return whole(full, (lane) => start + lane * expr.stride);
    }
    case "uniform": {
      const start = indexOf(expr.index, state);
      const { seed = 0, step = 0 } = state;
      return lanes(full, (lane) => threefryUniform(seed, step, start + lane * expr.stride, expr.stream));
    }
    case "swap": {
      const values = evaluate(expr.value, state);
      return whole(full, (lane) => values[lane ^ expr.bit]!);
    }
    case "op": {
      const args = expr.args.map((arg) => evaluate(arg, state));
      return whole(full, (lane) =>
        applied(
          expr.op,
          args.map((arg) => arg[lane]!),
          round,
        ),
      );
    }
  }
}

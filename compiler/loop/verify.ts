/**
 * Checks a function of the loop IR against its laws (see ir.ts), and proves that every access is inside its buffer.
 *
 *   for i in 0..n step 4                      batch 30
 *     store y[i] = load x[i]                  refused: y has 30 elements, index i to i + 3 goes from 0 to 31
 *
 * The proof bounds each index over all loops and all n from 1 to the batch, so emitted code needs no checks. A term from memory
 * is bounded by what its buffer may hold; where that is not known, the index is refused.
 */
import { internalError } from "../diagnostics.ts";
import type { LoopBuffer } from "./buffer.ts";
import { type LaneType, type LoopFunction, laneCount, laneTypeOf, type Stmt, signatureOf, type VExpr } from "./ir.ts";
import type { Affine, Dynamic, Index } from "./kernel.ts";
import { printAffine, printFunction, printValue } from "./print.ts";
import { type AxisRange, axisRange, boundRange, indexRange, type Loop, turnsOf } from "./ranges.ts";
import { labelFault } from "./stored-labels.ts";
import {
  Broken,
  check,
  checkAffine,
  checkInside,
  checkSource,
  checkStored,
  checkTerms,
  isCount,
  nameOf,
  wrongTypes,
} from "./verify-access.ts";
import { isLocalName, isName } from "./words.ts";

export interface LoopContext {
  /** Those that the memory has. */
  readonly buffers: { has(buffer: LoopBuffer): boolean };
  /** The largest number of rows n of a call. */
  readonly batch: number;
  /** Whether the module may have relaxed SIMD; not unless said. */
  readonly relaxed?: boolean | undefined;
}

interface State extends LoopContext {
  /** Buffers whose range the proof rests on. */
  readonly trusted: Set<LoopBuffer>;
  readonly fn: LoopFunction;
  readonly full: number;
  readonly locals: Map<string, LaneType>;
  readonly axes: Map<string, AxisRange>;
  readonly loops: Map<string, Loop>;
}

/**
 * Throws an internal error that names the function, the statement and the broken law. Gives the buffers that the proof takes at
 * their word: whoever calls the function must see to it that those of the rows of a call are from 0 to below - 1.
 */
export function verifyFunction(fn: LoopFunction, context: LoopContext): ReadonlySet<LoopBuffer> {
  const state: State = {
    ...context,
    fn,
    full: laneCount(fn.dtype),
    trusted: new Set(),
    locals: new Map(),
    axes: new Map(),
    loops: new Map(),
  };
  try {
    check(isName(fn.name), `"${fn.name}" cannot name a function`);
    verifyRepeats(fn, state);
    verifyBody(fn.body, state);
    const fault = labelFault(fn, context.batch);
    check(fault === undefined, fault ?? "");
  } catch (error) {
    if (!(error instanceof Broken)) throw error;
    const where = error.place === undefined ? "" : ` at "${error.place}"`;
    throw internalError(`loop function ${fn.name}${where}: ${error.message}`);
  }
  return state.trusted;
}

/** The turns of the loops that call the function are axes around all of it. */
function verifyRepeats({ repeats = [] }: LoopFunction, state: State): void {
  for (const { axis, extent } of repeats) {
    check(isName(axis), `"${axis}" cannot name an axis`);
    check(!state.axes.has(axis), `axis ${axis} is in use by a loop around this one`);
    check(isCount(extent, 1), `a loop of ${extent} turns`);
    const loop = turnsOf(extent);
    state.axes.set(axis, axisRange(loop, state.batch));
    state.loops.set(axis, loop);
  }
}

function verifyBody(body: readonly Stmt[], state: State): void {
  for (const stmt of body) {
    try {
      verifyStmt(stmt, state);
    } catch (error) {
      if (error instanceof Broken) error.place ??= printHead(stmt, state.fn);
      throw error;
    }
  }
}

/** The statement's own line: for a loop, without its body. */
const printHead = (stmt: Stmt, fn: LoopFunction): string =>
  printFunction({ ...fn, body: [stmt] })
    .split("\n")[1]!
    .trim();

function verifyStmt(stmt: Stmt, state: State): void {
  switch (stmt.kind) {
    case "for":
      verifyLoop(stmt, state);
      return;
    case "let":
      check(isLocalName(stmt.name), `"${stmt.name}" cannot name a local`);
      check(!state.locals.has(stmt.name), `local ${stmt.name} is declared twice`);
      state.locals.set(stmt.name, kindOf(stmt.value, state));
      return;
    case "set": {
      const declared = state.locals.get(stmt.name);
      check(declared !== undefined, `local ${stmt.name} is not declared before`);
      const given = kindOf(stmt.value, state);
      check(given === declared, `local ${stmt.name} is ${nameOf[declared]}, its new value is ${nameOf[given]}`);
      return;
    }
    case "store":
      checkStored(kindOf(stmt.value, state), stmt.buffer, state.fn.dtype);
      checkLanes(stmt.lanes, state);
      checkAccess(stmt.buffer, stmt.index, 1, stmt.lanes, state);
  }
}

function verifyLoop(stmt: Stmt & { kind: "for" }, state: State): void {
  check(isName(stmt.axis), `"${stmt.axis}" cannot name an axis`);
  check(!state.axes.has(stmt.axis), `axis ${stmt.axis} is in use by a loop around this one`);
  check(isCount(stmt.step, 1), "the step is not a positive integer");
  for (const bound of [stmt.from, stmt.to]) {
    if (bound.kind === "const") check(isCount(bound.value, 0), "a bound is not an integer from 0 on");
    else check(isCount(bound.scale, 1) && isCount(bound.multipleOf, 1), "a factor of n is not a positive integer");
    check(boundRange(bound, state.batch).max < 2 ** 31, "a bound needs more than 31 bits");
  }
  state.axes.set(stmt.axis, axisRange(stmt, state.batch));
  state.loops.set(stmt.axis, stmt);
  verifyBody(stmt.body, state);
  state.axes.delete(stmt.axis);
  state.loops.delete(stmt.axis);
}

function kindOf(expr: VExpr, state: State): LaneType {
  switch (expr.kind) {
    case "const":
    case "rows":
    case "step":
      return "v";
    case "local": {
      const kind = state.locals.get(expr.name);
      check(kind !== undefined, `local ${expr.name} is not declared before`);
      return kind;
    }
    case "load":
      checkLanes(expr.lanes, state);
      checkAccess(expr.buffer, expr.index, 1, expr.lanes, state);
      return laneTypeOf(expr.buffer);
    case "splat":
      checkAccess(expr.buffer, expr.index, 0, 1, state);
      return laneTypeOf(expr.buffer);
    case "gather":
      checkLanes(expr.lanes, state);
      checkAccess(expr.buffer, expr.index, expr.stride, expr.lanes, state);
      return laneTypeOf(expr.buffer);
    case "iota":
      checkIndex(expr, -mostIndex, mostIndex, state);
      return "i";
    case "uniform":
      check(expr.stride === 0 || expr.stride === 1, `the stride of uniform is 0 or 1, got ${expr.stride}`);
      check(isCount(expr.stream, 0) && expr.stream < 2 ** 31, "the stream of uniform is not an integer from 0 on");
      checkIndex(expr, 0, 2 ** 31 - 1, state);
      return "v";
    case "swap":
      check(expr.bit === 1 || (expr.bit === 2 && state.full === 4), `no lane has one with bit ${expr.bit} flipped`);
      return kindOfSwapped(kindOf(expr.value, state));
    case "op":
      return kindOfOp(expr, state);
  }
}

function kindOfSwapped(type: LaneType): LaneType {
  check(type !== "m", "lanes of a mask cannot be swapped");
  return type;
}

function kindOfOp(expr: VExpr & { kind: "op" }, state: State): LaneType {
  const signature = signatureOf(expr.op);
  check(signature !== undefined, `unknown operation ${expr.op}`);
  check(expr.op !== "madd" || state.relaxed === true, "madd stands in a module that is not relaxed");
  const got = expr.args.map((arg) => kindOf(arg, state)).join("");
  // The text of a value has that of its arguments in it: printing each would take the square of their depth.
  if (got !== signature.args) check(false, wrongTypes(printValue(expr, state.fn), signature.args, got));
  return signature.result;
}

function checkAccess(buffer: LoopBuffer, index: Index, stride: number, lanes: number, state: State): void {
  const { name, dtype } = buffer;
  check(state.buffers.has(buffer), `unknown buffer ${name}`);
  check(Number.isInteger(stride), "a stride is not an integer");
  check(dtype === "i32" || dtype === state.fn.dtype, `${name} is ${dtype}, the function ${state.fn.dtype}`);
  checkTerms(index, state.axes);
  if (index.dynamic) checkDynamic(index.dynamic, state);
  if (!neverRuns(state)) checkInside(buffer, index, state.axes, stride * (lanes - 1));
}

function checkDynamic(dynamic: Dynamic, state: State): void {
  const { buffer, index } = dynamic;
  checkSource(dynamic);
  checkAccess(buffer, index, 0, 1, state);
  checkRows(buffer, index, state);
  state.trusted.add(buffer);
}

/** Of labels only those of a call's rows are checked, so that no other may be read, whatever n is. */
function checkRows({ name, elementCount }: LoopBuffer, index: Affine, { loops, batch }: State): void {
  for (let rows = 1; rows <= batch; rows++) {
    const axes = new Map(Array.from(loops, ([axis, loop]) => [axis, axisRange(loop, rows)]));
    if ([...axes.values()].some(({ trips }) => trips.max === 0)) continue;
    const { max } = indexRange(index, axes);
    const known = (elementCount / batch) * rows;
    check(max < known, `index ${printAffine(index)} goes to ${max}, and ${rows} rows have ${known} of ${name}`);
  }
}

/** Up to which a pointer over all of them fits 32 bits, too. */
const mostIndex = 2 ** 30;

/** Holds the numbers in all lanes of `iota` and `uniform` to least..most. */
function checkIndex({ index, stride }: { index: Index; stride: number }, least: number, most: number, state: State) {
  check(Number.isInteger(stride), "a stride is not an integer");
  checkTerms(index, state.axes);
  checkAffine(index, "a number made from an index");
  if (neverRuns(state)) return;
  const { min, max } = indexRange(index, state.axes);
  const reach = stride * (state.full - 1);
  check(
    min + Math.min(0, reach) >= least && max + Math.max(0, reach) <= most,
    `index ${printAffine(index)} by ${stride} leaves ${least} to ${most}`,
  );
}

const neverRuns = ({ axes }: State): boolean => [...axes.values()].some(({ trips }) => trips.max === 0);

const checkLanes = (lanes: number, { full }: State): void =>
  check(Number.isInteger(lanes) && lanes >= 1 && lanes <= full, `${lanes} lanes, expected 1 to ${full}`);

/**
 * Statements to Wasm. A loop is counted by one of its own pointers where it has one, against the pointer's end, and
 * tested at its end. Where it may run zero times, one test stands before it; where it never runs twice, nothing loops.
 *
 *   for j in 0..128 step 4               p = 0
 *     store y[j] = load x[j]             loop { v128.store offset=y p (v128.load offset=x p)
 *                                               p += 16; br_if p < 512 }
 */

import { bytesPerElement } from "../graph/types.ts";
import type { Stmt } from "../loop/ir.ts";
import type { Repeat } from "../loop/kernel.ts";
import { axisRange, turnsOf } from "../loop/ranges.ts";
import type { LoopScope, Pointer } from "./address.ts";
import { type FunctionContext, i32, v128 } from "./context.ts";
import { type Int, intRef, minus, plus, type Ref, times } from "./int.ts";
import { splitInvariant } from "./invariant.ts";
import { storeRow } from "./lanes.ts";
import { emitValue } from "./values.ts";

type For = Stmt & { kind: "for" };

export const emitBody = (body: readonly Stmt[], context: FunctionContext): Ref[] =>
  body.flatMap((stmt) => emitStmt(stmt, context));

function emitStmt(stmt: Stmt, context: FunctionContext): Ref[] {
  switch (stmt.kind) {
    case "for":
      return emitFor(stmt, context);
    case "store":
      return emitStore(stmt, context);
    default:
      return [context.module.local.set(context.assigned(stmt.name, stmt.value), emitValue(stmt.value, context))];
  }
}

function emitStore(stmt: Stmt & { kind: "store" }, context: FunctionContext): Ref[] {
  const { module } = context;
  const place = context.place(stmt.buffer, stmt.index);
  const bytes = bytesPerElement(stmt.buffer.dtype);
  const value = emitValue(stmt.value, context);
  if (stmt.lanes !== 3) return storeRow(module, place, bytes, stmt.lanes, () => value);
  const local = context.newLocal(v128);
  const keep = module.local.set(local, value);
  return [keep, ...storeRow(module, place, bytes, stmt.lanes, context.reader(local, v128))];
}

function emitFor(stmt: For, context: FunctionContext): Ref[] {
  const range = axisRange(stmt, context.plan.batch);
  if (range.trips.max === 0) return [];
  const scope: LoopScope = {
    axis: stmt.axis,
    range,
    fixed: range.trips.min === 1 && range.min === range.max,
    pointers: [],
    jumps: [],
  };
  const isInnermost = !stmt.body.some(({ kind }) => kind === "for");
  const repeats = isInnermost && range.trips.max > 1;
  const { before, body: rest } = repeats ? splitInvariant(stmt, (buffer) => context.byteOffset(buffer)) : unsplit(stmt);
  const sets = emitBody(before, context);
  const emit = () => emitBody(rest, context);
  context.scopes.push(scope);
  const inside = isInnermost || scope.fixed ? emit() : context.block(emit);
  context.scopes.pop();
  const body = [...context.jumpsTo(scope.jumps), ...inside];
  return scope.fixed ? body : [...sets, ...emitLoop(stmt, scope, body, context)];
}

const unsplit = ({ body }: For) => ({ before: [], body });

function emitLoop(stmt: For, scope: LoopScope, body: Ref[], context: FunctionContext): Ref[] {
  const { module } = context;
  const { trips } = scope.range;
  const from = context.bound(stmt.from);
  const to = context.bound(stmt.to);
  const starts = scope.pointers.map((pointer) =>
    module.local.set(pointer.local, startOf(pointer, scope, from, context)),
  );
  const all = [...starts, ...(trips.max === 1 ? body : counted(stmt, scope, body, from, to, context))];
  if (trips.min > 0) return all;
  return [module.if(module.i32.lt_u(intRef(module, from), intRef(module, to)), module.block(null, all))];
}

/** The body again and again, at least once; each time pointers move on. */
function counted(stmt: For, scope: LoopScope, body: Ref[], from: Int, to: Int, context: FunctionContext): Ref[] {
  const { module } = context;
  const counter = counterOf(scope, from, to, context);
  const others = scope.pointers.filter(({ local }) => local !== counter.local);
  const label = context.newLabel(stmt.axis);
  const next = module.local.tee(counter.local, advanced(counter.local, counter.stride * stmt.step, context), i32);
  const loop = module.loop(
    label,
    module.block(null, [
      ...body,
      ...others.map(({ local, stride }) => module.local.set(local, advanced(local, stride * stmt.step, context))),
      module.br(label, module.i32.lt_u(next, intRef(module, counter.end))),
    ]),
  );
  return [...counter.sets, loop];
}

const advanced = (local: number, by: number, { module }: FunctionContext): Ref =>
  module.i32.add(module.local.get(local, i32), module.i32.const(by));

/** The scope of a loop around the whole function, and what sets its pointers when the function begins. */
export function turnScope(
  { axis, extent }: Repeat,
  at: number,
  context: FunctionContext,
): { scope: LoopScope; start: () => Ref[] } {
  const range = axisRange(turnsOf(extent), context.plan.batch);
  const scope: LoopScope = { axis, range, fixed: extent === 1, pointers: [], jumps: [] };
  const start = (): Ref[] => [
    ...scope.pointers.map((pointer) =>
      context.module.local.set(pointer.local, startOf(pointer, scope, context.turn(at), context)),
    ),
    ...context.jumpsTo(scope.jumps),
  ];
  return { scope, start };
}

/** outer + stride * (from - the axis where the term is least). */
function startOf({ outer, stride }: Pointer, { range }: LoopScope, from: Int, context: FunctionContext): Ref {
  const { module } = context;
  const least = stride > 0 ? range.min : range.max;
  const offset = times(module, minus(module, from, least), stride);
  return intRef(module, plus(module, outer ? context.reader(outer.local) : 0, offset));
}

interface Counter {
  readonly local: number;
  /** Per unit of the axis. */
  readonly stride: number;
  /** The loop goes on while the local is less. */
  readonly end: Int;
  /** Run before the loop. */
  readonly sets: readonly Ref[];
}

/** A rising pointer of the loop, best one whose end is a constant; without one, a local with the axis itself. */
function counterOf(scope: LoopScope, from: Int, to: Int, context: FunctionContext): Counter {
  const { module } = context;
  const rising = scope.pointers.filter(({ stride }) => stride > 0);
  const pointer = rising.find(({ outer }) => !outer) ?? rising[0];
  if (!pointer) {
    const local = context.newLocal(i32);
    return { local, stride: 1, end: to, sets: [module.local.set(local, intRef(module, from))] };
  }
  const { local, stride, outer } = pointer;
  const span = times(module, minus(module, to, scope.range.min), stride);
  const end = plus(module, outer ? context.reader(outer.local) : 0, span);
  if (typeof end === "number") return { local, stride, end, sets: [] };
  const endLocal = context.newLocal(i32);
  return { local, stride, end: context.reader(endLocal), sets: [module.local.set(endLocal, intRef(module, end))] };
}

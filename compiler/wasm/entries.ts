/**
 * The exported functions. An entry with rows checks everything before it writes anything:
 *
 *   step(n) -> status    1 when n is not 1 to the batch; a check's status when a label is out of range; else 0
 *
 *   if (n - 1 >=u batch) return 1
 *   if (outside(labels, labels + 4 * n * perRow, classes)) return 2
 *   step += 1; kernels(n); return 0
 */
import binaryen from "binaryen";
import type { LoopBuffer } from "../loop/buffer.ts";
import { type Call, calls } from "../loop/calls.ts";
import type { LoopFunction } from "../loop/ir.ts";
import type { Repeat } from "../loop/kernel.ts";
import { i32, type ModuleContext, none } from "./context.ts";
import { callKernel } from "./functions.ts";
import { intRef, type Module, type Ref, times } from "./int.ts";
import type { Entry, LabelCheck, ModulePlan } from "./plan.ts";

const labelBytes = 4;
const outside = "labels outside";

export function addEntries(context: ModuleContext): void {
  const { module, plan } = context;
  if (plan.entries.some(({ checks }) => checks.length > 0)) addOutside(module);
  for (const entry of plan.entries) {
    addEntry(entry, context);
    module.addFunctionExport(entryName(entry), entry.name);
  }
}

const entryName = ({ name }: Entry): string => `entry ${name}`;

function addEntry(entry: Entry, context: ModuleContext): void {
  const { module, plan } = context;
  const takesRows = entry.parameter === "rows";
  const locals: binaryen.Type[] = [];
  const turnLocal = () => (entry.parameter === "none" ? -1 : 0) + locals.push(i32);
  const rows = () => (takesRows ? module.local.get(0, i32) : module.i32.const(plan.batch));
  const body = [
    ...(takesRows ? [checkRows(module, plan.batch)] : []),
    ...entry.checks.map((check) => checkLabels(module, check, plan)),
    ...(entry.parameter === "seed" ? storeSeed(module, plan) : []),
    ...(entry.increments === undefined ? [] : [increment(module, entry.increments, plan)]),
    ...callAll(context, calls(entry.kernels), [rows], turnLocal),
    ...(takesRows ? [module.i32.const(0)] : []),
  ];
  const result = takesRows ? i32 : none;
  const parameters = entry.parameter === "none" ? none : i32;
  module.addFunction(entryName(entry), parameters, result, locals, module.block(null, body, result));
}

/** Calls with the number of rows and the turns of the loops around them. */
function callAll(
  context: ModuleContext,
  steps: readonly Call<LoopFunction>[],
  args: readonly (() => Ref)[],
  turnLocal: () => number,
): Ref[] {
  const { module } = context;
  return steps.map((step) => {
    if (step.kind === "run") {
      const given = args.map((arg) => arg());
      return callKernel(step.item, given, context);
    }
    const local = turnLocal();
    const turn = () => module.local.get(local, i32);
    return repeated(module, step.repeat, local, callAll(context, step.body, [...args, turn], turnLocal));
  });
}

/** A loop over the turns, which are at least one. */
function repeated(module: Module, { axis, extent, backwards }: Repeat, local: number, body: Ref[]): Ref {
  const [first, by] = backwards ? [extent - 1, -1] : [0, 1];
  const next = module.local.tee(local, module.i32.add(module.local.get(local, i32), module.i32.const(by)), i32);
  // Below 0 a number without sign is larger than any.
  const goesOn = module.i32.lt_u(next, module.i32.const(extent));
  const label = `repeat ${axis} ${local}`;
  return module.block(null, [
    module.local.set(local, module.i32.const(first)),
    module.loop(label, module.block(null, [...body, module.br(label, goesOn)])),
  ]);
}

/** 0 and less wrap around to more than any batch. */
const checkRows = (module: Module, batch: number): Ref => {
  const fromZero = module.i32.sub(module.local.get(0, i32), module.i32.const(1));
  return module.if(module.i32.ge_u(fromZero, module.i32.const(batch)), module.return(module.i32.const(1)));
};

function checkLabels(module: Module, { buffer, perRow, classes, status }: LabelCheck, plan: ModulePlan): Ref {
  const start = byteOffsetOf(buffer, plan);
  const byteLength = times(module, () => module.local.get(0, i32), perRow * labelBytes);
  const end = module.i32.add(intRef(module, byteLength), module.i32.const(start));
  const found = module.call(outside, [module.i32.const(start), end, module.i32.const(classes)], i32);
  return module.if(found, module.return(module.i32.const(status)));
}

/** (at, end, classes) -> 1 where an i32 in bytes at..end is negative or not less than `classes`, else 0; at < end. */
function addOutside(module: Module): void {
  const [at, end, classes] = [0, 1, 2].map((local) => () => module.local.get(local, i32)) as [
    () => Ref,
    () => Ref,
    () => Ref,
  ];
  const isOutside = module.i32.ge_u(module.i32.load(0, labelBytes, at()), classes());
  const next = module.local.tee(0, module.i32.add(at(), module.i32.const(labelBytes)), i32);
  const loop = module.loop(
    "next",
    module.block(null, [
      module.if(isOutside, module.return(module.i32.const(1))),
      module.br("next", module.i32.lt_u(next, end())),
    ]),
  );
  const parameters = binaryen.createType([i32, i32, i32]);
  module.addFunction(outside, parameters, i32, [], module.block(null, [loop, module.i32.const(0)], i32));
}

function storeSeed(module: Module, plan: ModulePlan): Ref[] {
  const store = (buffer: LoopBuffer, value: Ref) =>
    module.i32.store(byteOffsetOf(buffer, plan), 4, module.i32.const(0), value);
  return [store(plan.seedBuffer!, module.local.get(0, i32)), store(plan.stepBuffer!, module.i32.const(0))];
}

function increment(module: Module, buffer: LoopBuffer, plan: ModulePlan): Ref {
  const byteOffset = byteOffsetOf(buffer, plan);
  const value = module.i32.load(byteOffset, 4, module.i32.const(0));
  return module.i32.store(byteOffset, 4, module.i32.const(0), module.i32.add(value, module.i32.const(1)));
}

const byteOffsetOf = (buffer: LoopBuffer, plan: ModulePlan): number =>
  plan.buffers.find((place) => place.buffer === buffer)!.byteOffset;

/**
 * Vector constants that a loop uses are set once, at the start of the function. An inlined helper brings a dozen, and V8
 * makes one from three instructions each time it meets it. Node 20 and 22 take them out of loops themselves; in 24 and 26
 * exp took 1.24 times as long without this, log 1.19, tanh 1.16. Helpers that stand in several loops share theirs, too:
 * the training module of iris went from 19.8 to 17.5 KB.
 *
 *   loop { y = mul(x, v128.const 2) }      ==>      c = v128.const 2; loop { y = mul(x, c) }
 */
import binaryen from "binaryen";
import { v128 } from "./context.ts";
import { edit, type Info, infoOf } from "./expression.ts";
import type { Module, Ref } from "./scalar.ts";

/** The parts of an expression that hold others, but for the children of a block. Addresses have no vectors. */
const parts: Readonly<Record<string, readonly string[]>> = {
  If: ["Condition", "IfTrue", "IfFalse"],
  Loop: ["Body"],
  Break: ["Condition"],
  Drop: ["Value"],
  LocalSet: ["Value"],
  Store: ["Value"],
  Unary: ["Value"],
  Binary: ["Left", "Right"],
  Select: ["Condition", "IfTrue", "IfFalse"],
  SIMDTernary: ["A", "B", "C"],
  SIMDShift: ["Vec"],
  SIMDExtract: ["Vec"],
  SIMDReplace: ["Vec", "Value"],
  SIMDShuffle: ["Left", "Right"],
  SIMDLoadStoreLane: ["Vec"],
};

/** Binaryen numbers its classes. */
const classOf = new Map(
  Object.keys(parts).map((name) => [(binaryen as unknown as Record<string, number>)[`${name}Id`], name]),
);

export function hoistConstants(module: Module, name: string): void {
  const { params, results, vars, body } = binaryen.getFunctionInfo(module.getFunction(name));
  const locals = new Map<string, number>();
  const firstLocal = binaryen.expandType(params).length + vars.length;
  inLoops(body, (bytes) => locals.set(`${bytes}`, locals.get(`${bytes}`) ?? firstLocal + locals.size));
  const replaced = withConstants(body, (ref, bytes) => {
    const local = locals.get(`${bytes}`);
    return local === undefined ? ref : module.local.get(local, v128);
  });
  const sets = [...locals].map(([bytes, local]) =>
    module.local.set(local, module.v128.const(bytes.split(",").map(Number))),
  );
  module.removeFunction(name);
  const types = [...vars, ...sets.map(() => v128)];
  module.addFunction(name, params, results, types, module.block(null, [...sets, replaced], results));
}

/** Calls `found` with each vector constant inside a loop. */
function inLoops(body: Ref, found: (bytes: readonly number[]) => void): void {
  visit(body, (ref, info) => {
    if (info.id === binaryen.LoopId)
      withConstants(info.body, (constant, bytes) => {
        found(bytes);
        return constant;
      });
    return ref;
  });
}

/** Replaces each vector constant other than 0, which takes one instruction. */
const withConstants = (body: Ref, change: (ref: Ref, bytes: readonly number[]) => Ref): Ref =>
  visit(body, (ref, { id, type, value }) =>
    id === binaryen.ConstId && type === v128 && value.some((byte) => byte !== 0) ? change(ref, value) : ref,
  );

/** Replaces each expression by what `change` gives, inner ones first, in place. */
function visit(ref: Ref, change: (ref: Ref, info: Info) => Ref): Ref {
  const info = infoOf(ref);
  if (info.id === binaryen.BlockId)
    for (const [i, child] of info.children.entries()) edit.Block.setChildAt(ref, i, visit(child, change));
  const name = classOf.get(info.id);
  for (const part of name ? parts[name]! : []) {
    const inner = info[`${part[0]!.toLowerCase()}${part.slice(1)}` as keyof Info] as Ref;
    if (inner) edit[name!]![`set${part}`]!(ref, visit(inner, change));
  }
  return change(ref, info);
}

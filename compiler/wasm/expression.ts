/** Binaryen's expressions, read and changed in place. */
import binaryen from "binaryen";
import type { Ref } from "./int.ts";

/** What getExpressionInfo tells; which of the fields there are depends on the expression. */
export interface Info {
  readonly id: number;
  readonly type: number;
  readonly op: number;
  readonly index: number;
  readonly value: Ref & readonly number[];
  readonly left: Ref;
  readonly right: Ref;
  readonly a: Ref;
  readonly b: Ref;
  readonly c: Ref;
  readonly vec: Ref;
  readonly ptr: Ref;
  readonly shift: Ref;
  readonly offset: number;
  readonly align: number;
  readonly bytes: number;
  readonly mask: readonly number[];
  readonly ifTrue: Ref;
  readonly ifFalse: Ref;
  readonly condition: Ref;
  readonly children: readonly Ref[];
  readonly body: Ref;
  readonly isStore: boolean;
  readonly target: string;
}

/** Binaryen tells nothing of an expression without operands, and throws. */
export function infoOf(ref: Ref): Info {
  const id = binaryen.getExpressionId(ref);
  const hasParts = id !== binaryen.UnreachableId && id !== binaryen.NopId;
  return (hasParts ? binaryen.getExpressionInfo(ref) : { id, type: binaryen.none }) as unknown as Info;
}

/** What changes an expression in place; Binaryen's declarations leave it out. */
export const edit = binaryen as unknown as Readonly<Record<string, Record<string, (ref: Ref, part: Ref) => void>>> & {
  readonly Block: { setChildAt(block: Ref, index: number, child: Ref): void };
  readonly If: { setIfTrue(branch: Ref, arm: Ref): void; setIfFalse(branch: Ref, arm: Ref): void };
  readonly Loop: { setBody(loop: Ref, body: Ref): void };
};

/** The parts of an expression that hold others, but for the children of a block. Addresses have no vectors. */
const parts: Readonly<Record<string, readonly string[]>> = {
  If: ["Condition", "IfTrue", "IfFalse"],
  Loop: ["Body"],
  Break: ["Condition"],
  Drop: ["Value"],
  LocalSet: ["Value"],
  Return: ["Value"],
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

/** Replaces each expression by what `change` gives, inner ones first, in place. */
export function visit(ref: Ref, change: (ref: Ref, info: Info) => Ref): Ref {
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

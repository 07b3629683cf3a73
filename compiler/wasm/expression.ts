/** Binaryen's expressions, read and changed in place. */
import binaryen from "binaryen";
import type { Ref } from "./scalar.ts";

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

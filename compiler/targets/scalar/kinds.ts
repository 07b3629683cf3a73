/**
 * Which kind of scalar each vector local becomes. Where only float arithmetic writes it, floats; where masks or bits are ever
 * written, integers, because a mask is a NaN as a float and an engine may change a NaN's bits when it moves one.
 *
 *   acc = f32x4.add(acc, p)      f32            m = f32x4.lt(a, b)      i32
 */
import binaryen from "binaryen";
import { type Info, infoOf } from "../../wasm/expression.ts";
import type { Ref } from "../../wasm/int.ts";
import type { Kind } from "./lanes.ts";
import { binary, bitwise, extracts, replaces, resizing, shifts, splats, unary } from "./operations.ts";

/** A group of locals that are copied into each other. */
interface Group {
  parent: Group | undefined;
  readonly written: Set<Kind>;
  readonly read: Set<Kind>;
}

export class Kinds {
  private readonly groups = new Map<number, Group>();

  /** Learns from `local.set index value`. */
  set(index: number, value: Ref): void {
    const group = this.group(index);
    const info = infoOf(value);
    const kind = written(info);
    if (kind) group.written.add(kind);
    for (const source of info.id === binaryen.LocalGetId ? [value] : copied(info)) this.join(group, source);
    this.reads(info);
  }

  /** Learns from the operands of an expression that is not the value of a vector local. */
  reads(info: Info): void {
    const kind = readAs(info);
    if (kind) for (const operand of operandsOf(info)) this.ofGet(operand)?.read.add(kind);
  }

  of(index: number): Kind {
    const { written, read } = this.group(index);
    if (written.size > 0) return common(written);
    return read.size === 1 ? [...read][0]! : "i32";
  }

  private join(group: Group, operand: Ref): void {
    const other = this.ofGet(operand);
    const root = rootOf(group);
    if (!other || other === root) return;
    for (const kind of other.written) root.written.add(kind);
    for (const kind of other.read) root.read.add(kind);
    other.parent = root;
  }

  private ofGet(ref: Ref): Group | undefined {
    const { id, type, index } = infoOf(ref);
    return id === binaryen.LocalGetId && type === binaryen.v128 ? this.group(index) : undefined;
  }

  private group(index: number): Group {
    const known = this.groups.get(index) ?? { parent: undefined, written: new Set<Kind>(), read: new Set<Kind>() };
    this.groups.set(index, known);
    return rootOf(known);
  }
}

function rootOf(group: Group): Group {
  let root = group;
  while (root.parent) root = root.parent;
  return root;
}

/** One kind that holds all of them to the bit. */
function common(kinds: ReadonlySet<Kind>): Kind {
  if (kinds.size === 1) return [...kinds][0]!;
  return [...kinds].every((kind) => kind === "i64" || kind === "f64") ? "i64" : "i32";
}

/** What an operation writes; undefined for one that only moves bytes, and for zero, which is the same bits in every kind. */
function written(info: Info): Kind | undefined {
  const { id, op } = info;
  if (isZero(info)) return undefined;
  if (id === binaryen.UnaryId) return (unary.get(op) ?? resizing.get(op))?.to ?? splats.get(op);
  if (id === binaryen.BinaryId) return binary.get(op)?.to ?? "i32";
  if (id === binaryen.SIMDTernaryId) return "i32";
  if (id === binaryen.SIMDShiftId) return shifts.get(op)?.kind;
  if (id === binaryen.SIMDReplaceId) return replaces.get(op);
  return undefined;
}

/** What Binaryen puts where a local is read that nothing has set: i32x4.splat 0. */
export function isZero({ id, op, value }: Info): boolean {
  if (id !== binaryen.UnaryId || splats.get(op) !== "i32") return false;
  const scalar = infoOf(value);
  return scalar.id === binaryen.ConstId && +scalar.value === 0;
}

function readAs({ id, op }: Info): Kind | undefined {
  if (id === binaryen.UnaryId) return (unary.get(op) ?? resizing.get(op))?.from;
  if (id === binaryen.BinaryId) return bitwise.has(op) ? "i32" : binary.get(op)?.from;
  if (id === binaryen.SIMDTernaryId) return "i32";
  if (id === binaryen.SIMDShiftId) return shifts.get(op)?.kind;
  if (id === binaryen.SIMDExtractId) return extracts.get(op);
  return undefined;
}

/** Operands whose bytes, or some of them, the result has. */
function copied(info: Info): readonly Ref[] {
  if (info.id === binaryen.SelectId) return [info.ifTrue, info.ifFalse];
  if (info.id === binaryen.SIMDShuffleId) return [info.left, info.right];
  if (info.id === binaryen.SIMDLoadStoreLaneId || info.id === binaryen.SIMDReplaceId) return [info.vec];
  return [];
}

export const operandsOf = (info: Info): readonly Ref[] =>
  [info.value, info.left, info.right, info.a, info.b, info.c, info.vec].filter(
    (operand): operand is Info["value"] => typeof operand === "number",
  );

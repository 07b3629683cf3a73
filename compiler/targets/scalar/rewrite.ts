/**
 * One vector instruction as scalars, in flat code: operands are locals and constants.
 *
 *   set $v (f32x4.mul (get $a) (get $b))   ->   set $v0 (f32.mul (get $a0) (get $b0)) ... four of them
 */
import binaryen from "binaryen";
import { internalError } from "../../diagnostics.ts";
import { type Info, infoOf } from "../../wasm/expression.ts";
import type { Module, Ref } from "../../wasm/int.ts";
import { shuffleBytes, swizzleBytes } from "./bytes.ts";
import { isZero, type Kinds, operandsOf } from "./kinds.ts";
import {
  constantLanes,
  type Kind,
  type Lane,
  type Lanes,
  laneBytes,
  laneCount,
  laneType,
  longConst,
  recut,
} from "./lanes.ts";
import { loadLanes, storeLanes } from "./memory.ts";
import * as operations from "./operations.ts";

export class Rewriter {
  /** Types of the function's locals beyond its parameters, those added here included. */
  readonly vars: binaryen.Type[];
  private readonly scalars = new Map<number, readonly number[]>();
  private setup: Ref[] = [];
  private readonly module: Module;
  private readonly kinds: Kinds;
  private readonly parameterCount: number;

  constructor(module: Module, kinds: Kinds, parameterCount: number, vars: readonly binaryen.Type[]) {
    this.module = module;
    this.kinds = kinds;
    this.parameterCount = parameterCount;
    // A vector local keeps its number, unused; Binaryen drops it.
    this.vars = vars.map((type) => (type === binaryen.v128 ? binaryen.i32 : type));
  }

  /** The statement without vectors; itself where it has none. */
  statement(ref: Ref): Ref {
    const info = infoOf(ref);
    const { module } = this;
    if (info.id === binaryen.LocalSetId) return this.set(ref, info);
    if (info.id === binaryen.StoreId && info.bytes === 16) return this.store(info);
    if (info.id === binaryen.SIMDLoadStoreLaneId && info.isStore) return this.storeLane(info);
    if (info.id === binaryen.DropId && infoOf(info.value).type === binaryen.v128) return module.nop();
    return ref;
  }

  private set(ref: Ref, { index, value }: Info): Ref {
    const info = infoOf(value);
    if (info.type !== binaryen.v128) {
      const scalar = this.scalarOf(info);
      return scalar === undefined ? ref : this.withSetup([this.module.local.set(index, scalar)]);
    }
    const { module } = this;
    const kind = this.kinds.of(index);
    const lanes = this.compute(info, kind);
    const locals = this.localsOf(index);
    const readsItself = operandsOf(info).some((operand) => isGet(operand, index));
    if (!readsItself) return this.withSetup(lanes.map((lane, i) => module.local.set(locals[i]!, lane())));
    const copies = lanes.map((lane) => this.keep(kind, lane()));
    return this.withSetup(copies.map((copy, i) => module.local.set(locals[i]!, copy())));
  }

  /** A scalar that is made from a vector; undefined for any other. */
  private scalarOf(info: Info): Ref | undefined {
    const { module } = this;
    if (info.id === binaryen.SIMDExtractId) return this.read(info.vec, extractedAs(info))[info.index]!();
    if (info.id !== binaryen.UnaryId || info.op !== operations.anyTrue) return undefined;
    const [first, ...rest] = this.read(info.value, "i32");
    const bits = rest.reduce((all, lane) => module.i32.or(all, lane()), first!());
    return module.i32.ne(bits, module.i32.const(0));
  }

  private store(info: Info): Ref {
    const kind = this.kindOf(info.value);
    return this.withSetup(storeLanes(this.module, info, { kind, lanes: this.read(info.value, kind) }));
  }

  private storeLane(info: Info): Ref {
    const { op, index, vec } = info;
    const bytes = op === binaryen.Store32LaneVec128 ? 4 : op === binaryen.Store64LaneVec128 ? 8 : unknown("store", op);
    const own = this.kindOf(vec);
    const kind = laneBytes[own] <= bytes ? own : "i32";
    const count = bytes / laneBytes[kind];
    const lanes = this.read(vec, kind).slice(count * index, count * (index + 1));
    return this.withSetup(storeLanes(this.module, info, { kind, lanes }));
  }

  /** The lanes of a vector expression, as `kind`. */
  private compute(info: Info, kind: Kind): readonly Lane[] {
    const { module } = this;
    if (isZero(info)) return constantLanes(module, new Array(16).fill(0), kind);
    const lanewise =
      info.id === binaryen.UnaryId ? operations.unary : info.id === binaryen.BinaryId ? operations.binary : undefined;
    const simple = lanewise?.get(info.op);
    if (simple) {
      const operands = (info.id === binaryen.UnaryId ? [info.value] : [info.left, info.right]).map((operand) =>
        this.read(operand, simple.from),
      );
      const lanes = operands[0]!.map((_, i) => () => simple.of(module, ...operands.map((lane) => lane[i]!)));
      return recut(module, { kind: simple.to, lanes }, kind);
    }
    if (info.id === binaryen.LocalGetId || info.id === binaryen.ConstId) return this.readInfo(info, kind);
    if (info.id === binaryen.LoadId) return loadLanes(module, info, kind, 16).lanes;
    if (info.id === binaryen.SIMDLoadId) return this.loadPart(info, kind);
    if (info.id === binaryen.SIMDLoadStoreLaneId) return this.loadLane(info, kind);
    return recut(module, this.moved(info, kind), kind);
  }

  /** What is neither arithmetic nor memory, in the kind that suits it. */
  private moved(info: Info, want: Kind): Lanes {
    const { module } = this;
    const bits = laneBytes[want] === 4 ? "i32" : "i64";
    switch (info.id) {
      case binaryen.UnaryId:
        return this.splatOrResize(info);
      case binaryen.BinaryId: {
        if (info.op === operations.swizzle)
          return {
            kind: "i32",
            lanes: this.kept(swizzleBytes(module, this.read(info.left, "i32"), this.read(info.right, "i32"))),
          };
        const op = operations.bitwise.get(info.op) ?? unknown("binary", info.op);
        const [a, b] = [this.read(info.left, bits), this.read(info.right, bits)];
        return { kind: bits, lanes: a.map((lane, i) => () => op(module, bits, lane(), b[i]!())) };
      }
      case binaryen.SIMDTernaryId: {
        if (info.op !== operations.bitselect) unknown("ternary", info.op);
        const [a, b, mask] = [info.a, info.b, info.c].map((operand) => this.read(operand, bits)) as [
          Lane[],
          Lane[],
          Lane[],
        ];
        const pick = module[bits];
        return {
          kind: bits,
          lanes: a.map((lane, i) => () => pick.xor(b[i]!(), pick.and(pick.xor(lane(), b[i]!()), mask[i]!()))),
        };
      }
      case binaryen.SIMDShiftId: {
        const { kind, op } = operations.shifts.get(info.op) ?? unknown("shift", info.op);
        const count = () => (kind === "i32" ? this.leaf(info.shift) : module.i64.extend_u(this.leaf(info.shift)));
        return { kind, lanes: this.read(info.vec, kind).map((lane) => () => module[kind][op](lane(), count())) };
      }
      case binaryen.SIMDReplaceId: {
        const kind = operations.replaces.get(info.op) ?? unknown("replace", info.op);
        return { kind, lanes: this.read(info.vec, kind).with(info.index, () => this.leaf(info.value)) };
      }
      case binaryen.SelectId: {
        const [a, b] = [this.read(info.ifTrue, want), this.read(info.ifFalse, want)];
        return {
          kind: want,
          lanes: a.map((lane, i) => () => module.select(this.leaf(info.condition), lane(), b[i]!())),
        };
      }
      case binaryen.SIMDShuffleId:
        return this.shuffle(info, want);
      default:
        return unknown("expression", info.id);
    }
  }

  private splatOrResize(info: Info): Lanes {
    const { module } = this;
    const splat = operations.splats.get(info.op);
    if (splat)
      return { kind: splat, lanes: Array.from({ length: laneCount(splat) }, () => () => this.leaf(info.value)) };
    const { from, to, of } = operations.resizing.get(info.op) ?? unknown("unary", info.op);
    const low = this.read(info.value, from)
      .slice(0, 2)
      .map((lane) => () => of(module, lane));
    return { kind: to, lanes: laneCount(to) === 2 ? low : [...low, () => this.zero(to), () => this.zero(to)] };
  }

  /** Whole lanes where the mask has them, else byte by byte. */
  private shuffle({ left, right, mask }: Info, want: Kind): Lanes {
    for (const kind of new Set<Kind>([want, "i32"])) {
      const picked = wholeLanes(mask, laneBytes[kind]);
      if (!picked) continue;
      const all = [...this.read(left, kind), ...this.read(right, kind)];
      return { kind, lanes: picked.map((from) => all[from]!) };
    }
    const words = [...this.read(left, "i32"), ...this.read(right, "i32")];
    return { kind: "i32", lanes: shuffleBytes(this.module, words, mask) };
  }

  /** Part of a vector from memory: once, with zeros above, or again and again. */
  private loadPart(info: Info, kind: Kind): readonly Lane[] {
    const { bytes, repeats } = operations.partLoads.get(info.op) ?? unknown("load", info.op);
    const { kind: of, lanes } = loadLanes(this.module, info, kind, bytes);
    const part = repeats ? lanes.map((lane) => this.keep(of, lane())) : lanes;
    const whole = Array.from({ length: laneCount(of) }, (_, i) =>
      repeats || i < part.length ? part[i % part.length]! : () => this.zero(of),
    );
    return recut(this.module, { kind: of, lanes: whole }, kind);
  }

  private loadLane(info: Info, kind: Kind): readonly Lane[] {
    const { op, index, vec } = info;
    const bytes =
      op === binaryen.Load32LaneVec128 ? 4 : op === binaryen.Load64LaneVec128 ? 8 : unknown("load lane", op);
    const { kind: of, lanes } = loadLanes(this.module, info, kind, bytes);
    const whole = this.read(vec, of).toSpliced(lanes.length * index, lanes.length, ...lanes);
    return recut(this.module, { kind: of, lanes: whole }, kind);
  }

  private read(ref: Ref, kind: Kind): readonly Lane[] {
    return this.readInfo(infoOf(ref), kind);
  }

  private readInfo(info: Info, kind: Kind): readonly Lane[] {
    if (info.id === binaryen.ConstId) return constantLanes(this.module, info.value, kind);
    if (info.id !== binaryen.LocalGetId) unknown("operand", info.id);
    const own = this.kinds.of(info.index);
    const lanes = this.localsOf(info.index).map((local) => () => this.module.local.get(local, laneType(own)));
    return recut(this.module, { kind: own, lanes }, kind);
  }

  private kindOf(ref: Ref): Kind {
    const { id, index } = infoOf(ref);
    return id === binaryen.LocalGetId ? this.kinds.of(index) : "i32";
  }

  /** A fresh copy of an operand that is a scalar local or constant. */
  private leaf(ref: Ref): Ref {
    return this.module.copyExpression(ref);
  }

  private zero(kind: Kind): Ref {
    return kind === "i64" ? longConst(this.module, 0n) : this.module[kind].const(0);
  }

  private localsOf(index: number): readonly number[] {
    let locals = this.scalars.get(index);
    if (!locals) {
      const kind = this.kinds.of(index);
      locals = Array.from({ length: laneCount(kind) }, () => this.addLocal(kind));
      this.scalars.set(index, locals);
    }
    return locals;
  }

  private addLocal(kind: Kind): number {
    return this.parameterCount + this.vars.push(laneType(kind)) - 1;
  }

  /** Computes once what is read several times. */
  private keep(kind: Kind, value: Ref): Lane {
    const local = this.addLocal(kind);
    this.setup.push(this.module.local.set(local, value));
    return () => this.module.local.get(local, laneType(kind));
  }

  private kept(lanes: readonly Lane[]): readonly Lane[] {
    return lanes.map((lane) => this.keep("i32", lane()));
  }

  private withSetup(statements: readonly Ref[]): Ref {
    const all = [...this.setup, ...statements];
    this.setup = [];
    return all.length === 1 ? all[0]! : this.module.block(null, all);
  }
}

const isGet = (ref: Ref, index: number): boolean => {
  const info = infoOf(ref);
  return info.id === binaryen.LocalGetId && info.index === index;
};

const extractedAs = ({ op }: Info): Kind => operations.extracts.get(op) ?? unknown("extract", op);

/** Which lanes of left and right together a shuffle takes, where it moves whole ones. */
function wholeLanes(mask: readonly number[], bytes: number): readonly number[] | undefined {
  const starts = mask.filter((_, i) => i % bytes === 0);
  const whole = mask.every((byte, i) => byte === starts[Math.floor(i / bytes)]! + (i % bytes));
  return whole && starts.every((start) => start % bytes === 0) ? starts.map((start) => start / bytes) : undefined;
}

function unknown(what: string, op: number): never {
  throw internalError(`scalar form: no rule for Binaryen's ${what} ${op}`);
}

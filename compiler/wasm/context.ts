/**
 * What emission of one function keeps: its locals, the loops it is inside of, and values computed once at entry (bounds
 * in n, the keys of random numbers) or once per block (vector constants).
 *
 * A constant is set at the start of the block that uses it, and outside where that block is an innermost loop: V8 makes a
 * vector constant from three instructions each time it meets one, and each takes 18 bytes of code.
 */
import binaryen from "binaryen";
import { internalError } from "../diagnostics.ts";
import { bytesPerElement, type FloatType } from "../graph/types.ts";
import type { LoopBuffer } from "../loop/buffer.ts";
import { type Bound, type LaneType, type LoopFunction, laneCount, typeOfValue, type VExpr } from "../loop/ir.ts";
import type { Index } from "../loop/kernel.ts";
import { boundRange } from "../loop/ranges.ts";
import { addressOf, type Jump, type LoopScope, type Pointer } from "./address.ts";
import { helperName } from "./helpers.ts";
import { type Int, intRef, type Module, minus, plus, type Ref, roundDown, times } from "./int.ts";
import { type Address, floatBytes, integerBytes } from "./lanes.ts";
import type { ModulePlan } from "./plan.ts";
import type { SharedKernel } from "./share.ts";

export const { i32, v128, none } = binaryen;

/** What all functions of a module share. */
export interface ModuleContext {
  readonly module: Module;
  readonly plan: ModulePlan;
  /** Where each buffer lies, in bytes from the start of the memory. */
  readonly places: ReadonlyMap<LoopBuffer, number>;
  /** The function of each kernel. */
  readonly kernels: ReadonlyMap<LoopFunction, SharedKernel>;
  /** The function of each helper by the name it is exported with. */
  readonly helpers: ReadonlyMap<string, string>;
}

/** The first parameter of every kernel: the number of rows n. Then come the turns of the loops that call it, then addresses of buffers. */
const rowsLocal = 0;

/** Assignments of constants at the start of a block. */
interface Block {
  readonly sets: Ref[];
  readonly locals: Set<number>;
}

export class FunctionContext {
  readonly module: Module;
  readonly plan: ModulePlan;
  readonly dtype: FloatType;
  readonly laneCount: number;
  /** The loops around the statement being emitted, outermost first. */
  readonly scopes: LoopScope[] = [];
  /** Pointers by what memory says that no loop changes. */
  readonly jumps: Jump[] = [];
  /** Run at entry. */
  readonly prologue: Ref[] = [];
  /** Types of the locals after the parameters. */
  readonly localTypes: binaryen.Type[] = [];
  private readonly shared: ModuleContext;
  private readonly kernel: SharedKernel;
  /** By the parameter. */
  private readonly roots: readonly Pointer[];
  private readonly named = new Map<string, number>();
  private readonly types = new Map<string, LaneType>();
  private readonly once = new Map<string, number>();
  private readonly blocks: Block[] = [];
  private labelCount = 0;
  private readonly turnCount: number;

  constructor(shared: ModuleContext, kernel: SharedKernel) {
    const { dtype, repeats = [] } = kernel.kernel;
    this.turnCount = repeats.length;
    this.module = shared.module;
    this.plan = shared.plan;
    this.shared = shared;
    this.kernel = kernel;
    this.roots = Array.from({ length: kernel.parameterCount }, (_, at) => ({
      local: rowsLocal + 1 + this.turnCount + at,
      outer: undefined,
      stride: 0,
    }));
    this.dtype = dtype;
    this.laneCount = laneCount(dtype);
  }

  newLocal(type: binaryen.Type): number {
    return this.turnCount + this.roots.length + this.localTypes.push(type);
  }

  newLabel(name: string): string {
    return `${name}_${this.labelCount++}`;
  }

  /** The Wasm local of a named vector. */
  vectorLocal(name: string): number {
    const local = this.named.get(name) ?? this.newLocal(v128);
    this.named.set(name, local);
    return local;
  }

  /** Where a buffer lies, counted from its parameter where it has one. */
  private base(buffer: LoopBuffer): number {
    return this.kernel.bases.get(buffer)!;
  }

  private rootOf(buffer: LoopBuffer): Pointer | undefined {
    const parameter = this.kernel.parameters.get(buffer);
    return parameter === undefined ? undefined : this.roots[parameter];
  }

  /** The lane type of a value; a local has that of what it is given. */
  laneType(value: VExpr): LaneType {
    return typeOfValue(value, (name) => this.types.get(name)!);
  }

  /** The Wasm local that a value is given to. */
  assigned(name: string, value: VExpr): number {
    this.types.set(name, this.laneType(value));
    return this.vectorLocal(name);
  }

  /** Where a buffer of the kernel whose statements these are lies. */
  byteOffset(buffer: LoopBuffer): number {
    return this.shared.places.get(buffer)!;
  }

  /** Where an element of a buffer is. */
  place(buffer: LoopBuffer, index: Index): Address {
    const { pointer, constant } = this.address(index, bytesPerElement(buffer.dtype), this.rootOf(buffer));
    return { pointer: () => intRef(this.module, pointer), byteOffset: this.base(buffer) + constant };
  }

  /** The index as a number, `unit` times, from a root on. */
  address(index: Index, unit: number, root?: Pointer): { pointer: Int; constant: number } {
    const { scopes, jumps } = this;
    const maker = {
      scopes,
      jumps,
      newLocal: () => this.newLocal(i32),
      rootOf: (buffer: LoopBuffer) => this.rootOf(buffer),
    };
    const { pointer, constant } = addressOf(index, unit, maker, root);
    return { pointer: pointer ? this.reader(pointer.local) : 0, constant };
  }

  /** Sets pointers by what memory says. */
  jumpsTo(jumps: readonly Jump[]): Ref[] {
    const { module } = this;
    return jumps.map(({ local, outer, stride, buffer, from, least }) => {
      const at = from.pointer ? this.reader(from.pointer.local)() : module.i32.const(0);
      const label = module.i32.load(this.base(buffer) + from.constant, 4, at);
      const moved = minus(
        module,
        times(module, () => label, stride),
        least,
      );
      return module.local.set(local, intRef(module, plus(module, outer ? this.reader(outer.local) : 0, moved)));
    });
  }

  reader(local: number, type = i32): () => Ref {
    return () => this.module.local.get(local, type);
  }

  /** The turn of one of the loops that call the function, outermost first. */
  turn(at: number): () => Ref {
    return this.reader(rowsLocal + 1 + at);
  }

  get rows(): () => Ref {
    return this.reader(rowsLocal);
  }

  bound(bound: Bound): Int {
    const { min, max } = boundRange(bound, this.plan.batch);
    if (bound.kind === "const" || min === max) return min;
    if (bound.scale === 1 && bound.multipleOf === 1) return this.rows;
    const { module } = this;
    return this.atEntry(`${bound.scale} ${bound.multipleOf}`, i32, () =>
      intRef(module, roundDown(module, times(module, this.rows, bound.scale), bound.multipleOf)),
    );
  }

  /** The number of rows in every lane. */
  rowsVector(): Ref {
    const { module } = this;
    return this.atEntry("rows", v128, () =>
      this.dtype === "f32"
        ? module.f32x4.splat(module.f32.convert_s.i32(this.rows()))
        : module.f64x2.splat(module.f64.convert_s.i32(this.rows())),
    )();
  }

  /** The number of steps in every lane; the counter is unsigned. */
  stepVector(): Ref {
    const { module } = this;
    const count = () => this.key("step");
    return this.atEntry("step", v128, () =>
      this.dtype === "f32"
        ? module.f32x4.splat(module.f32.convert_u.i32(count()))
        : module.f64x2.splat(module.f64.convert_u.i32(count())),
    )();
  }

  /** The seed or the step, as it is at entry. */
  key(which: "seed" | "step"): Ref {
    const buffer = which === "seed" ? this.plan.seedBuffer : this.plan.stepBuffer;
    const byteOffset = buffer && this.shared.places.get(buffer);
    if (byteOffset === undefined || buffer?.dtype !== "i32")
      throw internalError(`a kernel reads the ${which}, for which the plan has no buffer of i32`);
    const { module } = this;
    return this.atEntry(`key ${which}`, i32, () => module.i32.load(byteOffset, 4, module.i32.const(0)))();
  }

  /** Calls the AssemblyScript function of an operation: of "exp" in f32, exp_f32x4. */
  callHelper(op: string, args: Ref[]): Ref {
    return this.module.call(this.shared.helpers.get(helperName(op, this.dtype))!, args, v128);
  }

  private atEntry(key: string, type: binaryen.Type, value: () => Ref): () => Ref {
    let local = this.once.get(key);
    if (local === undefined) {
      local = this.newLocal(type);
      this.once.set(key, local);
      this.prologue.push(this.module.local.set(local, value()));
    }
    return this.reader(local, type);
  }

  floatConstant(value: number): Ref {
    return this.constant(floatBytes(new Array(this.laneCount).fill(value), this.dtype));
  }

  integerConstant(lanes: readonly number[]): Ref {
    return this.constant(integerBytes(lanes));
  }

  private constant(bytes: Uint8Array): Ref {
    const { module } = this;
    // What pool.ts makes of a zero is no constant.
    if (bytes.every((byte) => byte === 0)) return module.v128.const(bytes);
    const key = `constant ${bytes.join(" ")}`;
    const local = this.once.get(key) ?? this.newLocal(v128);
    this.once.set(key, local);
    if (!this.blocks.some((block) => block.locals.has(local))) {
      const block = this.blocks.at(-1)!;
      block.locals.add(local);
      block.sets.push(module.local.set(local, module.v128.const(bytes)));
    }
    return module.local.get(local, v128);
  }

  /** Emits a block with its own constants, which are set at its start. */
  block(emit: () => Ref[]): Ref[] {
    const block: Block = { sets: [], locals: new Set() };
    this.blocks.push(block);
    const body = emit();
    this.blocks.pop();
    return [...block.sets, ...body];
  }
}

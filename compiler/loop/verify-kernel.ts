/**
 * Checks kernels against the laws of their level:
 *
 * 1. Every index is made of axes around it, and inside its buffer wherever they are, for any number of rows up to the batch.
 * 2. Where several points may meet, at a place from memory, a store accumulates. That others never meet verify-cover.ts proves.
 * 3. What a nest stores it reads at the point that stores it alone, so that its points may run in any order.
 * 4. A kernel has one reduction at most; its body gives a value to each accumulator.
 * 5. Operations get the lane types that they take, and buffers what they hold.
 *
 *   y[i0] = add(y[i0], y[i0 + 1])   [i0<4]          refused: y[i0 + 1] is another point's
 */
import { internalError } from "../diagnostics.ts";
import type { FloatType } from "../graph/types.ts";
import type { LoopBuffer } from "./buffer.ts";
import { type LaneType, laneTypeOf, signatureOf } from "./ir.ts";
import {
  type Axis,
  type Expr,
  type Index,
  isSamePlace,
  type Kernel,
  type KernelStore,
  nestsOf,
  partsOfIndex,
  valuesOf,
} from "./kernel.ts";
import { monoidOf, typeAt } from "./monoids.ts";
import { printAffine } from "./print.ts";
import { indexRange, type Range } from "./ranges.ts";
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
import { isName } from "./words.ts";

export interface KernelContext {
  readonly dtype: FloatType;
  /** The largest number of rows n of a call. */
  readonly batch: number;
}

type Reduction = Expr & { kind: "reduce" };

/** Throws an internal error that names the kernel, the store and the broken law. */
export function verifyKernels(kernels: readonly Kernel[], context: KernelContext): void {
  for (const nest of nestsOf(kernels, (kernel) => kernel)) {
    const stored = new Set(nest.flatMap(({ stores }) => stores.map(({ buffer }) => buffer)));
    for (const kernel of nest) verifyKernel(kernel, stored, context);
  }
}

function verifyKernel(kernel: Kernel, stored: ReadonlySet<LoopBuffer>, context: KernelContext): void {
  try {
    new Verifier(kernel, stored, context).verify();
  } catch (error) {
    if (!(error instanceof Broken)) throw error;
    const where = error.place === undefined ? "" : ` at ${error.place}`;
    throw internalError(`kernel ${kernel.name}${where}: ${error.message}`);
  }
}

/** The axes around an expression, and what is known of those over just these. */
interface Scope {
  readonly axes: ReadonlyMap<string, Range>;
  readonly reduced: boolean;
  readonly known: Map<Expr, LaneType>;
}

class Verifier {
  readonly #kernel: Kernel;
  /** All that the nest stores to. */
  readonly #stored: ReadonlySet<LoopBuffer>;
  readonly #context: KernelContext;
  readonly #reductions = new Set<Reduction>();

  constructor(kernel: Kernel, stored: ReadonlySet<LoopBuffer>, context: KernelContext) {
    this.#kernel = kernel;
    this.#stored = stored;
    this.#context = context;
  }

  verify(): void {
    const { axes, nest, stores } = this.#kernel;
    const turns = (nest.repeats ?? []).map(({ axis, extent }): Axis => ({ name: axis, extent, scale: 1 }));
    const scope: Scope = { axes: this.#within(new Map(), [...turns, ...axes]), reduced: false, known: new Map() };
    for (const store of stores) {
      try {
        this.#store(store, scope);
      } catch (error) {
        if (error instanceof Broken) error.place ??= `${store.buffer.name}[${printAffine(store.index)}]`;
        throw error;
      }
    }
  }

  #within(around: ReadonlyMap<string, Range>, axes: readonly Axis[]): ReadonlyMap<string, Range> {
    const all = new Map(around);
    for (const axis of axes) {
      const { name, extent, scale } = axis;
      check(isName(name), `"${name}" cannot name an axis`);
      check(!all.has(name), `axis ${name} is in use by a loop around this one`);
      check(isCount(scale, 1) && (extent === "n" || isCount(extent, 1)), `axis ${name} has no points`);
      all.set(name, { min: 0, max: this.#points(axis) - 1 });
    }
    return all;
  }

  #points({ extent, scale }: Axis): number {
    return scale * (extent === "n" ? this.#context.batch : extent);
  }

  #store({ buffer, index, value, accumulates = false }: KernelStore, scope: Scope): void {
    this.#inside(buffer, index, scope);
    if (accumulates) this.#checkShared(index);
    else check(index.dynamic === undefined, "what memory says is no place of one point alone");
    checkStored(this.#kindOf(value, scope), buffer, this.#context.dtype);
  }

  /** All of the buffer begins with zeros, in every turn. */
  #checkShared({ terms }: Index): void {
    for (const { axis } of terms)
      check(
        this.#kernel.axes.some(({ name }) => name === axis),
        `what is added up in turn ${axis} wipes what other turns have`,
      );
  }

  #inside(buffer: LoopBuffer, index: Index, scope: Scope): void {
    const { axes } = scope;
    const { name, dtype } = buffer;
    check(dtype === "i32" || dtype === this.#context.dtype, `${name} is ${dtype}, the kernel ${this.#context.dtype}`);
    for (const part of partsOfIndex(index)) checkTerms(part, axes);
    if (index.dynamic) {
      checkSource(index.dynamic);
      checkInside(index.dynamic.buffer, index.dynamic.index, axes);
      this.#checkOwn(index.dynamic.buffer, index.dynamic.index, scope);
    }
    checkInside(buffer, index, axes);
  }

  #checkOwn(buffer: LoopBuffer, index: Index, { reduced }: Scope): void {
    if (!this.#stored.has(buffer)) return;
    const stores = this.#kernel.stores.filter((store) => store.buffer === buffer && isSamePlace(store.index, index));
    check(
      !reduced && stores.some(({ accumulates }) => !accumulates),
      `${buffer.name}[${printAffine(index)}] may be stored by another point before it is read`,
    );
  }

  #kindOf(expr: Expr, scope: Scope): LaneType {
    const known = scope.known.get(expr);
    if (known) return known;
    const kind = this.#derive(expr, scope);
    scope.known.set(expr, kind);
    return kind;
  }

  #derive(expr: Expr, scope: Scope): LaneType {
    switch (expr.kind) {
      case "const":
      case "rows":
      case "step":
        return "v";
      case "load":
        this.#inside(expr.buffer, expr.index, scope);
        this.#checkOwn(expr.buffer, expr.index, scope);
        return laneTypeOf(expr.buffer);
      case "index":
        this.#number(expr.index, scope);
        return "i";
      case "uniform":
        check(isCount(expr.stream, 0) && expr.stream < 2 ** 31, "the stream of uniform is not an integer from 0 on");
        this.#number(expr.index, scope);
        return "v";
      case "op":
        return this.#op(expr, scope);
      case "where":
        return this.#guard(expr, scope);
      case "reduce":
        check(monoidOf(expr.reduce).identity.length === 1, `${expr.reduce} has several results, none is named`);
        this.#reduction(expr, scope);
        return typeAt(monoidOf(expr.reduce), 0);
      case "component": {
        const { of, at } = expr;
        if (of.kind !== "reduce") throw new Broken("a component is one of what a reduction gives");
        check(at < monoidOf(of.reduce).identity.length, `${of.reduce} has no result ${at}`);
        this.#reduction(of, scope);
        return typeAt(monoidOf(of.reduce), at);
      }
      case "tuple":
        throw new Broken("several values where one is asked for");
    }
  }

  /** How large it may be the loops say: a model that is too large for any memory gets here, and is told so later. */
  #number(index: Index, { axes }: Scope): void {
    checkTerms(index, axes);
    checkAffine(index, "a number made from an index");
  }

  #op({ op, args }: Expr & { kind: "op" }, scope: Scope): LaneType {
    const signature = signatureOf(op);
    check(signature !== undefined, `unknown operation ${op}`);
    const got = args.map((arg) => this.#kindOf(arg, scope)).join("");
    check(got === signature.args, wrongTypes(op, signature.args, got));
    return signature.result;
  }

  /** The body is read where the guard holds alone. */
  #guard({ axis, extent, divisor, index, body, otherwise }: Expr & { kind: "where" }, scope: Scope): LaneType {
    check(isCount(extent, 1) && isCount(divisor, 1), `the guard of ${axis} has no points`);
    checkTerms(index, scope.axes);
    const { min, max } = indexRange(index, scope.axes);
    const place = { min: Math.max(0, Math.ceil(min / divisor)), max: Math.min(extent - 1, Math.floor(max / divisor)) };
    const kind = this.#kindOf(otherwise, scope);
    if (place.min > place.max) return kind;
    const axes = new Map(this.#within(scope.axes, [{ name: axis, extent, scale: 1 }])).set(axis, place);
    const inside = this.#kindOf(body, { ...scope, axes, known: new Map() });
    check(inside === kind, `a guard has ${nameOf[inside]} inside, and outside ${nameOf[kind]}`);
    return kind;
  }

  #reduction(reduction: Reduction, scope: Scope): void {
    if (this.#reductions.has(reduction) && !scope.reduced) return;
    check(this.#reductions.size === 0, "a second reduction");
    this.#reductions.add(reduction);
    const { length } = monoidOf(reduction.reduce).identity;
    for (const { axes, body } of [reduction, ...(reduction.more ?? [])]) {
      const inner: Scope = { axes: this.#within(scope.axes, axes), reduced: true, known: new Map() };
      const values = valuesOf(body);
      check(values.length === length, `${reduction.reduce} takes ${length} values of a point, got ${values.length}`);
      const got = values.map((value) => this.#kindOf(value, inner)).join("");
      const takes = values.map((_, at) => typeAt(monoidOf(reduction.reduce), at)).join("");
      check(got === takes, wrongTypes(reduction.reduce, takes, got));
    }
  }
}

/**
 * A kernel and its tiling become loops: every load, operation and store of the tile spelled out, with tails.
 *
 *   y[i0] = exp(x[i0])  [i0<n*10], lanes along i0   ==>   for i0 in 0..10*n-10*n%4 step 4
 *                                                           store y[i0] = exp(load x[i0])
 *                                                         for i0 in 10*n-10*n%4..10*n step 1
 *                                                           store y[i0]:1 = exp(load x[i0]:1)
 */
import { internalError } from "../diagnostics.ts";
import type { FloatType } from "../graph/types.ts";
import { Block } from "./block.ts";
import type { LoopBuffer } from "./buffer.ts";
import { type LoopFunction, laneCount, type Stmt, type VExpr } from "./ir.ts";
import {
  type Affine,
  type Axis,
  affine,
  axisIndex,
  type Expr,
  type Index,
  type Kernel,
  type KernelStore,
  mapIndex,
  strideOf,
} from "./kernel.ts";
import { type Point, reduceTile } from "./reduce.ts";
import { type Segment, segmentsOf } from "./segments.ts";
import { type Reduction, reductionOf, type TiledKernel, type Tiling, withoutPasses } from "./tiling.ts";

/** An axis and the runs that it is cut into. */
interface Level {
  readonly axis: Axis;
  readonly segments: readonly Segment[];
}

/** The kernels of one nest as one function, each in its tile. What boxes add up is set to 0 before the first of them. */
export function vectorize(kernels: readonly TiledKernel[], dtype: FloatType): LoopFunction {
  let names = 0;
  const fresh = (prefix: string): string => `${prefix}${names++}`;
  const boxes = kernels.map(({ kernel, tile }) => new Vectorizer(kernel, tile, dtype, fresh));
  const sums = [...new Set(boxes.flatMap((box) => box.sums()))];
  const body = [...sums.flatMap((buffer) => zeros(buffer, laneCount(dtype))), ...boxes.flatMap((box) => box.loops())];
  const { name, repeats } = kernels[0]!.kernel.nest;
  return { name, dtype, ...(repeats && { repeats }), body };
}

class Vectorizer {
  readonly #kernel: Kernel;
  readonly #tiling: Tiling;
  readonly #dtype: FloatType;
  readonly #lanes: number;
  readonly #reduction: Reduction | undefined;
  readonly #passes: readonly Axis[];
  readonly #fresh: (prefix: string) => string;

  constructor(kernel: Kernel, tiling: Tiling, dtype: FloatType, fresh: (prefix: string) => string) {
    this.#fresh = fresh;
    this.#kernel = kernel;
    this.#tiling = tiling;
    this.#dtype = dtype;
    this.#lanes = laneCount(dtype);
    const reduction = reductionOf(kernel);
    this.#passes = reduction?.axes.filter(({ name }) => tiling.passes?.includes(name)) ?? [];
    this.#reduction = reduction;
  }

  loops(): Stmt[] {
    return this.#passes.reduceRight<Stmt[]>(
      (body, axis) => segmentsOf(axis, [1]).map((segment) => ({ kind: "for", axis: axis.name, ...segment, body })),
      this.#tiles(),
    );
  }

  /** The buffers that must begin with zeros. */
  sums(): LoopBuffer[] {
    return this.#kernel.stores.filter((store) => this.#addsUp(store)).map(({ buffer }) => buffer);
  }

  /** Whether a store adds to what its buffer has: where points meet, or passes follow each other. */
  #addsUp({ accumulates = false }: KernelStore): boolean {
    return accumulates || this.#passes.length > 0;
  }

  #tiles(): Stmt[] {
    const { axes } = this.#kernel;
    const { vector, across, unroll, vectors, lastRows = vectors } = this.#tiling;
    const start = [{ shift: new Map(), lanes: across || vector === undefined ? 1 : this.#lanes }];
    const levels = axes.map((axis): Level => ({ axis, segments: this.#segments(axis, vectors) }));
    if (across || unroll.length === 0 || vector !== axes.at(-1)?.name) return this.#nest(levels, start);
    // A tile walks its rows inside its columns: the columns' share of the right operand then stays in the cache.
    const rows = levels.at(-2)!;
    const inner = rows.segments.map((segment): Level[] => [
      { axis: axes.at(-1)!, segments: this.#segments(axes.at(-1)!, segment.step === 1 ? lastRows : vectors) },
      { axis: rows.axis, segments: [segment] },
    ]);
    return inner.flatMap((pair) => this.#nest([...levels.slice(0, -2), ...pair], start));
  }

  /** Loops over the remaining axes; `points` are the tile's so far. */
  #nest(levels: readonly Level[], points: readonly Point[]): Stmt[] {
    const [level, ...inner] = levels;
    if (level === undefined) return this.#tile(points);
    const { axis, segments } = level;
    return segments.map((segment) => ({
      kind: "for",
      axis: axis.name,
      from: segment.from,
      to: segment.to,
      step: segment.step,
      body: this.#nest(inner, this.#spread(axis, segment, points)),
    }));
  }

  #segments(axis: Axis, vectors: number): Segment[] {
    const { vector, across, unroll } = this.#tiling;
    if (axis.name !== vector || across) return segmentsOf(axis, [unroll.find((u) => u.axis === axis.name)?.by ?? 1]);
    const full = vectors * this.#lanes;
    return segmentsOf(axis, axis.extent === "n" ? [full, this.#lanes] : [full]);
  }

  /** Multiplies the tile's points by those that one step of a segment covers. */
  #spread(axis: Axis, segment: Segment, points: readonly Point[]): Point[] {
    const { vector, across, madd } = this.#tiling;
    const isVector = axis.name === vector && !across;
    const width = isVector ? this.#lanes : 1;
    const steps = Array.from({ length: Math.ceil(segment.step / width) }, (_, i) => i * width);
    const moved = (point: Point, by: number): Point => ({
      shift: new Map(point.shift).set(axis.name, by),
      lanes: isVector ? Math.min(width, segment.step - by) : point.lanes,
    });
    // Row by row: of the left operand one element is alive at a time, and registers are left for sums.
    if (madd && !across && !isVector) return steps.flatMap((by) => points.map((point) => moved(point, by)));
    return points.flatMap((point) => steps.map((by) => moved(point, by)));
  }

  #tile(points: readonly Point[]): Stmt[] {
    const reduction = this.#reduction;
    if (!reduction) return this.#stores(points, () => undefined);
    const { statements, results } = reduceTile(points, {
      reduction: withoutPasses(reduction, this.#passes),
      tiling: this.#tiling,
      dtype: this.#dtype,
      fresh: (prefix) => this.#fresh(prefix),
      value: (term, point, block) => this.#value(term, point, block, this.#tiling.vector, () => undefined),
    });
    return [...statements, ...this.#stores(points, (point) => results.get(point))];
  }

  /** The tile's results: each store of the kernel at each point. */
  #stores(points: readonly Point[], reduced: (point: Point) => readonly VExpr[] | undefined): Stmt[] {
    const vector = this.#tiling.across ? undefined : this.#tiling.vector;
    const result: Stmt[] = [];
    for (const point of points) {
      const block = new Block(() => this.#fresh("v"));
      for (const store of this.#kernel.stores) {
        const own = this.#value(store.value, point, block, vector, () => reduced(point));
        const lanes = vector === undefined ? 1 : point.lanes;
        const { buffer } = store;
        const index = shifted(store.index, point);
        const before = (): VExpr => block.intern({ kind: "load", buffer, index, lanes });
        const value = this.#addsUp(store) ? block.intern({ kind: "op", op: "add", args: [before(), own] }) : own;
        block.add({ kind: "store", buffer, index, lanes, value });
      }
      result.push(...block.statements());
    }
    return result;
  }

  /** An expression at a point, as values of the block. */
  #value(
    expr: Expr,
    point: Point,
    block: Block,
    vector: string | undefined,
    reduced: () => readonly VExpr[] | undefined,
  ): VExpr {
    const memo = new Map<Expr, VExpr>();
    const visit = (e: Expr): VExpr => {
      const known = memo.get(e);
      if (known) return known;
      const value = block.intern(resultOf(e, reduced) ?? this.#vectorOf(e, point, vector, visit));
      memo.set(e, value);
      return value;
    };
    return visit(expr);
  }

  #vectorOf(e: Expr, point: Point, vector: string | undefined, visit: (e: Expr) => VExpr): VExpr {
    const stride = (index: Affine): number => (vector === undefined ? 0 : strideOf(index, vector));
    switch (e.kind) {
      case "const":
      case "rows":
      case "step":
        return e;
      case "op":
        return { kind: "op", op: e.op, args: e.args.map(visit) };
      case "index":
        return { kind: "iota", index: shifted(e.index, point), stride: stride(e.index) };
      case "uniform":
        return { kind: "uniform", stream: e.stream, index: shifted(e.index, point), stride: stride(e.index) };
      case "where":
        throw internalError(`kernel ${this.#kernel.name}: a where is left, which split.ts decides`);
      case "reduce":
      case "tuple":
      case "component":
        throw internalError(`kernel ${this.#kernel.name}: a ${e.kind} where one value is asked for`);
      case "load": {
        const { buffer } = e;
        const index = shifted(e.index, point);
        const apart = stride(e.index);
        if (apart === 0) return { kind: "splat", buffer, index };
        if (apart === 1) return { kind: "load", buffer, index, lanes: point.lanes };
        return { kind: "gather", buffer, index, stride: apart, lanes: point.lanes };
      }
    }
  }
}

/** What a tile's reduction gave, where an expression asks for it: the whole, or one of several results. */
function resultOf(e: Expr, reduced: () => readonly VExpr[] | undefined): VExpr | undefined {
  if (e.kind === "reduce") return reduced()?.[0];
  return e.kind === "component" && e.of.kind === "reduce" ? reduced()?.[e.at] : undefined;
}

/** An index moved to a point of the tile. */
const shifted = (index: Index, { shift }: Point): Index =>
  mapIndex(index, ({ base, terms }) =>
    affine(base + terms.reduce((sum, t) => sum + t.stride * (shift.get(t.axis) ?? 0), 0), terms),
  );

/** Sets a whole buffer to 0. */
function zeros(buffer: LoopBuffer, laneCount: number): Stmt[] {
  const all: Axis = { name: "z", extent: buffer.elementCount, scale: 1 };
  return segmentsOf(all, [laneCount]).map((segment) => {
    const [index, lanes] = [axisIndex(all.name), segment.step];
    const store: Stmt = { kind: "store", buffer, index, lanes, value: { kind: "const", value: 0 } };
    return { kind: "for", axis: all.name, ...segment, body: [store] };
  });
}

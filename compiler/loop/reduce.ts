/**
 * The loops in which a tile's reduction runs: an accumulator for each point, several where lanes run across the sum; long sums
 * in blocks.
 *
 *   sum[r0<8](mul(x[8*i0 + r0], w[r0]))     ->     let acc0 = 0
 *                                                  for r0 in 0..8 step 1
 *                                                    set acc0 = add(acc0, mul(...))
 */
import type { FloatType } from "../graph/types.ts";
import { Block } from "./block.ts";
import {
  addBlock,
  type BlockCut,
  type Blocks,
  cutInBlocks,
  type LongSum,
  pointsOfRound,
  startOf,
  totalOf,
} from "./blocks.ts";
import { indexRewriter } from "./collapse.ts";
import { laneCount, type Stmt, type VExpr } from "./ir.ts";
import { type Axis, affine, type Expr, type Part, strideOf } from "./kernel.ts";
import { type LaneOp, monoidOf } from "./monoids.ts";
import { type Segment, segmentsOf } from "./segments.ts";
import type { Reduction, TilePlan } from "./tile.ts";

/** One vector (or element) of the tile: how far it lies from the loop indices, and how many lanes of it count. */
export interface Point {
  readonly shift: ReadonlyMap<string, number>;
  readonly lanes: number;
}

export interface ReduceContext {
  readonly reduction: Reduction;
  readonly plan: TilePlan;
  readonly dtype: FloatType;
  /** A name that no local has. */
  fresh(prefix: string): string;
  /** A term of the reduction at a point, as values of the block. */
  value(term: Expr, point: Point, block: Block): VExpr;
}

export interface Reduced {
  readonly statements: Stmt[];
  readonly results: ReadonlyMap<Point, VExpr>;
}

/** The accumulators of each point. */
type Sums = ReadonlyMap<Point, readonly string[]>;

/** The reduction of a kernel at the points of a tile. */
export function reduceTile(points: readonly Point[], context: ReduceContext): Reduced {
  const reducer = new Reducer(points, context);
  return context.plan.blocks ? reducer.inBlocks(context.plan.blocks) : reducer.atOnce();
}

class Reducer {
  readonly #points: readonly Point[];
  readonly #context: ReduceContext;
  readonly #lanes: number;
  readonly #parts: readonly Part[];

  constructor(points: readonly Point[], context: ReduceContext) {
    this.#points = points;
    this.#context = context;
    this.#lanes = laneCount(context.dtype);
    this.#parts = [context.reduction, ...(context.reduction.more ?? [])];
  }

  atOnce(): Reduced {
    const sums = this.#accumulators();
    const [combine, results] = this.#combined(new Map([...sums].map(([point, names]) => [point, this.#joined(names)])));
    const loops = this.#parts.flatMap(({ axes, body }) => this.#loops(axes, body, sums, 0));
    return { statements: [...this.#started(sums), ...loops, ...combine], results };
  }

  inBlocks(blocks: Blocks): Reduced {
    const { fresh } = this.#context;
    const totals = new Map(
      this.#points.map((point): [Point, LongSum] => [point, { high: fresh("high"), low: fresh("low") }]),
    );
    const starts = [...totals.values()].flatMap(startOf);
    const loops = this.#parts.flatMap((part) => this.#blocksOf(part, blocks, totals));
    const [combine, results] = this.#combined(new Map([...totals].map(([point, total]) => [point, totalOf(total)])));
    return { statements: [...starts, ...loops, ...combine], results };
  }

  /** Names of each point's partial results: several where one chain of additions would wait for itself. */
  #accumulators(): Sums {
    const { plan, fresh } = this.#context;
    const count = plan.across ? plan.vectors : 1;
    return new Map(this.#points.map((point) => [point, Array.from({ length: count }, () => fresh("acc"))]));
  }

  #started(sums: Sums): Stmt[] {
    return [...sums.values()].flat().map((name) => ({ kind: "let", name, value: identity(this.#context.reduction) }));
  }

  #joined(names: readonly string[]): VExpr {
    return names.map(local).reduce((a, b) => combineOp(this.#context.reduction, a, b));
  }

  /** Each point's value from all of its lanes, named. */
  #combined(values: ReadonlyMap<Point, VExpr>): [Stmt[], ReadonlyMap<Point, VExpr>] {
    const { plan, reduction, fresh } = this.#context;
    const statements: Stmt[] = [];
    const results = new Map<Point, VExpr>();
    for (const [point, value] of values) {
      if (value.kind === "local" && !plan.across) {
        results.set(point, value);
        continue;
      }
      const name = fresh("v");
      const whole: VExpr = { kind: "across", reduce: reduction.reduce, lanes: this.#lanes, value };
      statements.push({ kind: "let", name, value: plan.across ? whole : value });
      results.set(point, local(name));
    }
    return [statements, results];
  }

  /** One part of a long sum, block after block, each added to the points' totals. */
  #blocksOf({ axes, body: term }: Part, blocks: Blocks, totals: ReadonlyMap<Point, LongSum>): Stmt[] {
    const cut = cutInBlocks(axes, blocks, (axis) => this.#round(axis));
    if (cut === undefined) return this.#block(totals, (sums) => this.#loops(axes, term, sums, 0));
    const [run, ...rest] = segmentsOf(cut.axis, [cut.run, ...this.#steps(cut.axis)]) as [Segment, ...Segment[]];
    const whole = loop(
      cut.axis,
      { ...run, step: cut.size },
      this.#block(totals, (sums) => this.#insideBlock(cut, term, sums)),
    );
    const left =
      rest.length === 0 ? [] : this.#block(totals, (sums) => this.#along(cut.axis, rest, cut.inner, term, sums, 0));
    return cut.outer.reduceRight<Stmt[]>(
      (body, axis) => segmentsOf(axis, [1]).map((segment) => loop(axis, segment, body)),
      [whole, ...left],
    );
  }

  #block(totals: ReadonlyMap<Point, LongSum>, loops: (sums: Sums) => Stmt[]): Stmt[] {
    const sums = this.#accumulators();
    const added = [...sums].flatMap(([point, names]) =>
      addBlock(totals.get(point)!, this.#joined(names), () => this.#context.fresh("v")),
    );
    return [...this.#started(sums), ...loops(sums), ...added];
  }

  /** The rounds of one block. Where there are several, an axis of their own counts them: r0 + r0'. */
  #insideBlock({ axis, inner, size }: BlockCut, term: Expr, sums: Sums): Stmt[] {
    const step = this.#round(axis);
    if (size === step) return this.#loops(inner, term, sums, step);
    const within: Axis = { name: `${axis.name}'`, extent: size, scale: 1 };
    const moved = indexRewriter((index) => {
      const stride = strideOf(index, axis.name);
      return stride === 0 ? index : affine(index.base, [...index.terms, { axis: within.name, stride }]);
    });
    return this.#along(within, segmentsOf(within, [step]), inner, moved(term), sums, step);
  }

  /** Loops over the reduced axes around the accumulation; `step` is how far one round walks along a reduced vector axis. */
  #loops([axis, ...inner]: readonly Axis[], term: Expr, sums: Sums, step: number): Stmt[] {
    if (axis === undefined) return this.#accumulate(term, sums, step);
    return this.#along(axis, segmentsOf(axis, this.#steps(axis)), inner, term, sums, step);
  }

  #along(axis: Axis, runs: readonly Segment[], inner: readonly Axis[], term: Expr, sums: Sums, step: number): Stmt[] {
    return runs.map((run) => loop(axis, run, this.#loops(inner, term, sums, this.#isVector(axis) ? run.step : step)));
  }

  #isVector({ name }: Axis): boolean {
    return this.#context.plan.across && name === this.#context.plan.vector;
  }

  #steps(axis: Axis): number[] {
    return this.#isVector(axis) ? [this.#round(axis), this.#lanes] : [1];
  }

  #round(axis: Axis): number {
    return pointsOfRound(axis, this.#context.plan, this.#context.dtype);
  }

  /** acc = acc + term for each accumulator. */
  #accumulate(term: Expr, sums: Sums, step: number): Stmt[] {
    const { plan, reduction, fresh, value } = this.#context;
    const { vector, across } = plan;
    const block = new Block(() => fresh("v"));
    for (const [point, names] of sums) {
      const count = across ? Math.ceil(step / this.#lanes) : 1;
      for (let part = 0; part < count; part++) {
        const lanes = across ? Math.min(this.#lanes, step - part * this.#lanes) : point.lanes;
        const shift = across ? new Map(point.shift).set(vector!, part * this.#lanes) : point.shift;
        const body = value(term, { shift, lanes }, block);
        const counted = across && lanes < this.#lanes ? firstLanes(block, body, lanes, reduction) : body;
        const before = block.intern({ kind: "local", name: names[part]! });
        block.add({ kind: "set", name: names[part]!, value: block.intern(this.#accumulated(before, counted)) });
      }
    }
    return block.statements();
  }

  #accumulated(before: VExpr, term: VExpr): VExpr {
    const { plan, reduction } = this.#context;
    const isProduct = monoidOf(reduction.reduce).isAdditive && term.kind === "op" && term.op === "mul";
    if (!plan.fused || !isProduct) return accumulated(reduction, before, term);
    return { kind: "op", op: "madd", args: [...term.args, before] };
  }
}

const local = (name: string): VExpr => ({ kind: "local", name });

const loop = ({ name }: Axis, { from, to, step }: Segment, body: readonly Stmt[]): Stmt => ({
  kind: "for",
  axis: name,
  from,
  to,
  step,
  body,
});

const op: LaneOp<VExpr> = (name, ...args) => ({ kind: "op", op: name, args });

const identity = ({ reduce }: Reduction): VExpr => ({ kind: "const", value: monoidOf(reduce).identity });

const combineOp = ({ reduce }: Reduction, a: VExpr, b: VExpr): VExpr => op(monoidOf(reduce).combine, a, b);

/** One more value for an accumulator. */
function accumulated(reduction: Reduction, acc: VExpr, value: VExpr): VExpr {
  const { take } = monoidOf(reduction.reduce);
  return take ? take(op, acc, value) : combineOp(reduction, acc, value);
}

/** Lanes past the end must not count, whatever the body makes of their zeros. */
function firstLanes(block: Block, value: VExpr, lanes: number, reduction: Reduction): VExpr {
  const lane = block.intern({ kind: "iota", index: affine(0), stride: 1 });
  const end = block.intern({ kind: "const", value: lanes });
  const counts = block.intern({ kind: "op", op: "lt", args: [lane, end] });
  return block.intern({ kind: "op", op: "select", args: [counts, value, block.intern(identity(reduction))] });
}

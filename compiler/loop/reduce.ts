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
import { addBlock, type BlockCut, cutInBlocks, type LongSum, pointsOfRound, startOf, totalOf } from "./blocks.ts";
import { laneCount, type Stmt, type VExpr } from "./ir.ts";
import { type Axis, affine, type Expr, type Part, strideOf, valuesOf } from "./kernel.ts";
import { identityAt, type LaneOp, type Monoid, monoidOf } from "./monoids.ts";
import { type Segment, segmentsOf } from "./segments.ts";
import { type Chain, firstLanes, takePoint } from "./take-point.ts";
import type { Blocks, Reduction, Tiling } from "./tiling.ts";
import { indexRewriter } from "./walk.ts";

/** One vector (or element) of the tile: how far it lies from the loop indices, and how many lanes of it count. */
export interface Point {
  readonly shift: ReadonlyMap<string, number>;
  readonly lanes: number;
}

export interface ReduceContext {
  readonly reduction: Reduction;
  readonly tiling: Tiling;
  readonly dtype: FloatType;
  /** A name that no local has. */
  fresh(prefix: string): string;
  /** A term of the reduction at a point, as values of the block. */
  value(term: Expr, point: Point, block: Block): VExpr;
}

export interface Reduced {
  readonly statements: Stmt[];
  /** What each accumulator has at the end. */
  readonly results: ReadonlyMap<Point, readonly VExpr[]>;
}

/** The partial results of each point. */
type Sums = ReadonlyMap<Point, readonly Chain[]>;

/** The reduction of a kernel at the points of a tile. */
export function reduceTile(points: readonly Point[], context: ReduceContext): Reduced {
  const reducer = new Reducer(points, context);
  return context.tiling.blocks ? reducer.inBlocks(context.tiling.blocks) : reducer.atOnce();
}

class Reducer {
  readonly #points: readonly Point[];
  readonly #context: ReduceContext;
  readonly #lanes: number;
  readonly #parts: readonly Part[];
  readonly #monoid: Monoid;

  constructor(points: readonly Point[], context: ReduceContext) {
    this.#points = points;
    this.#context = context;
    this.#lanes = laneCount(context.dtype);
    this.#monoid = monoidOf(context.reduction.reduce);
    this.#parts = [context.reduction, ...(context.reduction.more ?? [])];
  }

  atOnce(): Reduced {
    const sums = this.#accumulators();
    const [combine, results] = this.#combined(
      new Map([...sums].map(([point, chains]) => [point, this.#joined(chains)])),
    );
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
    const [combine, results] = this.#combined(new Map([...totals].map(([point, total]) => [point, [totalOf(total)]])));
    return { statements: [...starts, ...loops, ...combine], results };
  }

  /** Names of each point's partial results: several where one chain of additions would wait for itself. */
  #accumulators(): Sums {
    const { tiling, fresh } = this.#context;
    const count = tiling.across ? tiling.vectors : 1;
    const chain = (): Chain => this.#monoid.identity.map(() => fresh("acc"));
    return new Map(this.#points.map((point) => [point, Array.from({ length: count }, chain)]));
  }

  #started(sums: Sums): Stmt[] {
    const chains = [...sums.values()].flat();
    return chains.flatMap((names) => names.map((name, at) => ({ kind: "let", name, value: this.#identity(at) })));
  }

  #identity(at: number): VExpr {
    return identityAt<VExpr>(this.#monoid, at, op, (value) => ({ kind: "const", value }));
  }

  #joined(chains: readonly Chain[]): readonly VExpr[] {
    return chains.map((names): readonly VExpr[] => names.map(local)).reduce((a, b) => this.#monoid.join(op, a, b));
  }

  /** Each point's values from all of its lanes, named. */
  #combined(values: ReadonlyMap<Point, readonly VExpr[]>): [Stmt[], ReadonlyMap<Point, readonly VExpr[]>] {
    const { tiling, fresh } = this.#context;
    const statements: Stmt[] = [];
    const results = new Map<Point, readonly VExpr[]>();
    const named = (value: VExpr): VExpr => {
      if (value.kind === "local") return value;
      const name = fresh("v");
      statements.push({ kind: "let", name, value });
      return local(name);
    };
    for (const [point, own] of values) {
      let whole = own.map(named);
      for (let bit = 1; tiling.across && bit < this.#lanes; bit *= 2) {
        const others = whole.map((value): VExpr => ({ kind: "swap", bit, value }));
        whole = this.#monoid.join(op, whole, others).map(named);
      }
      results.set(point, whole);
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
    const added = [...sums].flatMap(([point, chains]) =>
      addBlock(totals.get(point)!, this.#joined(chains)[0]!, () => this.#context.fresh("v")),
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
    return this.#context.tiling.across && name === this.#context.tiling.vector;
  }

  #steps(axis: Axis): number[] {
    return this.#isVector(axis) ? [this.#round(axis), this.#lanes] : [1];
  }

  #round(axis: Axis): number {
    return pointsOfRound(axis, this.#context.tiling, this.#context.dtype);
  }

  /** acc = acc + term for each partial result. */
  #accumulate(term: Expr, sums: Sums, step: number): Stmt[] {
    const { tiling, fresh, value } = this.#context;
    const { vector, across } = tiling;
    const block = new Block(() => fresh("v"));
    for (const [point, chains] of sums) {
      const count = across ? Math.ceil(step / this.#lanes) : 1;
      for (let part = 0; part < count; part++) {
        const lanes = across ? Math.min(this.#lanes, step - part * this.#lanes) : point.lanes;
        const shift = across ? new Map(point.shift).set(vector!, part * this.#lanes) : point.shift;
        const values = valuesOf(term).map((one) => value(one, { shift, lanes }, block));
        const counted = across && lanes < this.#lanes ? firstLanes(block, this.#monoid, values, lanes) : values;
        takePoint(block, chains[part]!, this.#accumulated(chains[part]!.map(local), counted), fresh);
      }
    }
    return block.statements();
  }

  #accumulated(before: readonly VExpr[], point: readonly VExpr[]): readonly VExpr[] {
    const { isAdditive, join, take = join, takesInOrder } = this.#monoid;
    const [term] = point as [VExpr];
    if (this.#context.tiling.madd && isAdditive && term.kind === "op" && term.op === "mul")
      return [op("madd", ...term.args, ...before)];
    return takesInOrder && this.#parts.length > 1 ? join(op, before, point) : take(op, before, point);
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

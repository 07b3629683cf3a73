/**
 * Cuts a kernel into boxes in which every `where` is decided, so that no guard is left: padding becomes border boxes,
 * the phases of a stride become loops of their own, and the interior runs as a matmul does.
 *
 *   y[i0] = sum[r0<3](where[q0 = i0 + r0 - 1, q0<8](mul(x[q0], w[r0])))     [i0<8]
 *     ==>
 *   y[0]      = sum[r0<2](mul(x[r0], w[r0 + 1]))
 *   y[i0 + 1] = sum[r0<3](mul(x[i0 + r0], w[r0]))     [i0<6]
 *   y[7]      = sum[r0<2](mul(x[r0 + 6], w[r0]))
 *
 * A `where` meets one parallel and one reduced axis. At each point of the first, the points of the second that count
 * are a run of equal steps; neighbouring points with the same run share a box. In a box, the reduction over the second
 * axis, and no other, falls apart into the points that count and the rest, where the guard stands for `otherwise`. The
 * rest is left out where its term is the identity of the reduction, as a product with the 0 outside is:
 *
 *   max[r0<3](where[q0 = r0 - 1, q0<2](x[q0]))     ==>     max[r0<1](0)[r0<2](x[r0])
 */
import { internalError } from "../diagnostics.ts";
import {
  type Affine,
  type Axis,
  affine,
  axisIndex,
  type Expr,
  type Kernel,
  linear,
  mapIndex,
  type Part,
  strideOf,
  tupleOf,
} from "./kernel.ts";
import { monoidOf, type Reduce } from "./monoids.ts";
import { indexRewriter, rewriter, subexpressions } from "./walk.ts";

type Where = Extract<Expr, { kind: "where" }>;

/** start, start + step, ... */
interface Run {
  readonly start: number;
  readonly step: number;
  readonly count: number;
}

/** A kernel without any `where`: itself. */
export function splitKernel(kernel: Kernel): Kernel[] {
  const boxes = boxesOf(kernel);
  return boxes.length === 1 ? boxes : boxes.map((box, index) => ({ ...box, name: `${kernel.name}.${index}` }));
}

function boxesOf(kernel: Kernel): Kernel[] {
  const all = kernel.stores.flatMap((store) => subexpressions(store.value));
  const where = all.find((e): e is Where => e.kind === "where");
  if (!where) return [kernel];
  const own = all
    .flatMap((e) => (e.kind === "reduce" ? [e, ...(e.more ?? [])] : []))
    .find((part) => holds(part, where));
  const outer = axisOf(where, kernel.axes);
  const inner = axisOf(where, own?.axes ?? []);
  if (where.index.terms.some(({ axis }) => axis !== outer?.name && axis !== inner?.name))
    throw internalError(`kernel ${kernel.name}: a where meets more than one parallel and one reduced axis`);
  return boxRuns(where, outer, inner).flatMap(([points, counted]) =>
    boxesOf(box(kernel, where, { axis: outer, run: points }, { axis: inner, run: counted })),
  );
}

const axisOf = (where: Where, axes: readonly Axis[]): Axis | undefined =>
  axes.find(({ name }) => strideOf(where.index, name) !== 0);

const pointsOf = (axis: Axis | undefined): number => {
  if (axis?.extent === "n") throw internalError("a where meets the rows of a call");
  return axis ? axis.extent * axis.scale : 1;
};

/** Runs of parallel points, each with the run of reduced points that count there. */
function boxRuns(where: Where, outer: Axis | undefined, inner: Axis | undefined): [Run, Run][] {
  const counts = (point: number, other: number): boolean => {
    const value =
      where.index.base +
      (outer ? strideOf(where.index, outer.name) * point : 0) +
      (inner ? strideOf(where.index, inner.name) * other : 0);
    return value % where.divisor === 0 && value >= 0 && value < where.extent * where.divisor;
  };
  const others = Array.from({ length: pointsOf(inner) }, (_, other) => other);
  const sharing = new Map<string, { points: number[]; counted: Run }>();
  for (let point = 0; point < pointsOf(outer); point++) {
    const counted = runsOf(others.filter((other) => counts(point, other)))[0] ?? { start: 0, step: 1, count: 0 };
    const key = `${counted.start}/${counted.step}/${counted.count}`;
    const known = sharing.get(key);
    if (known) known.points.push(point);
    else sharing.set(key, { points: [point], counted });
  }
  return [...sharing.values()].flatMap(({ points, counted }) =>
    runsOf(points).map((run): [Run, Run] => [run, counted]),
  );
}

/** Ascending numbers as runs, each as long as its first step allows. */
function runsOf(numbers: readonly number[]): Run[] {
  if (numbers.length === 0) return [];
  const start = numbers[0]!;
  const step = numbers.length > 1 ? numbers[1]! - start : 1;
  let count = 1;
  while (numbers[count] === start + count * step) count++;
  return [{ start, step, count }, ...runsOf(numbers.slice(count))];
}

interface Cut {
  readonly axis: Axis | undefined;
  readonly run: Run;
}

const holds = ({ body }: Part, where: Where): boolean => subexpressions(body).includes(where);

/** The kernel at the runs' points alone, where this `where` is decided: by identity, as its parts may share a name. */
function box(kernel: Kernel, where: Where, outer: Cut, inner: Cut): Kernel {
  const moved = indexRewriter((index) => replaced(index, placeOf(outer)));
  const target = moved(where) as Where;
  const cut = rewriter((rebuilt, e) => {
    if (e.kind !== "reduce") return rebuilt;
    const parts = [e, ...(e.more ?? [])];
    if (!parts.some((part) => holds(part, target))) return rebuilt;
    return reduction(
      e.reduce,
      parts.flatMap((part) => (holds(part, target) ? cutPart(part, target, inner) : [part])),
    );
  });
  const trimmed = rewriter((e) => (e.kind === "reduce" ? reduction(e.reduce, [e, ...(e.more ?? [])]) : e));
  const decide = decider(target, inner.run.count > 0);
  const decided = inner.axis === undefined ? (e: Expr) => trimmed(decide(e)) : cut;
  const stores = kernel.stores.map((s) => ({
    ...s,
    index: mapIndex(s.index, (index) => replaced(index, placeOf(outer))),
    value: decided(moved(s.value)),
  }));
  return { ...kernel, axes: cutAxes(kernel.axes, outer), stores };
}

/** Puts the body, or what stands outside, in the place of a guard. */
const decider = (where: Where, counts: boolean): ((e: Expr) => Expr) =>
  rewriter((e, before) => {
    if (before !== where || e.kind !== "where") return e;
    return counts ? bodyAt(e) : e.otherwise;
  });

function placeOf({ axis, run }: Cut): ReadonlyMap<string, Affine> {
  if (!axis) return new Map();
  return new Map([[axis.name, affine(run.start, run.count > 1 ? [{ axis: axis.name, stride: run.step }] : [])]]);
}

/** The body at the place that the index, a multiple of the divisor wherever the guard holds, stands for. */
function bodyAt({ axis, divisor, index, body }: Where): Expr {
  const place = affine(
    index.base / divisor,
    index.terms.map((t) => ({ axis: t.axis, stride: t.stride / divisor })),
  );
  return indexRewriter((at) => replaced(at, new Map([[axis, place]])))(body);
}

/** The points of a part that count, and the others, in runs; those without effect are left out. */
function cutPart(part: Part, where: Where, inner: Cut): Part[] {
  const all = Array.from({ length: pointsOf(inner.axis) }, (_, point) => point);
  const { start, step, count } = inner.run;
  const counted = new Set(Array.from({ length: count }, (_, i) => start + i * step));
  const runs = [
    ...(count > 0 ? [{ run: inner.run, counts: true }] : []),
    ...runsOf(all.filter((point) => !counted.has(point))).map((run) => ({ run, counts: false })),
  ].sort((a, b) => a.run.start - b.run.start);
  return runs.map(({ run, counts }) => {
    const cut = { axis: inner.axis, run };
    const moved = indexRewriter((index) => replaced(index, placeOf(cut)));
    const body = moved(part.body);
    return { axes: cutAxes(part.axes, cut), body: decider(moved(where) as Where, counts)(body) };
  });
}

/** The reduction over the parts whose body is more than its identity. */
function reduction(reduce: Reduce, all: readonly Part[]): Expr {
  const [first, ...more] = all
    .filter(({ body }) => !isIdentity(reduce, body))
    .map(({ axes, body }): Part => ({ axes, body }));
  if (first === undefined) return tupleOf(monoidOf(reduce).identity.map((value) => ({ kind: "const", value })));
  if (more.length > 0) return { kind: "reduce", reduce, ...first, more };
  return first.axes.length === 0 ? first.body : { kind: "reduce", reduce, ...first };
}

/** Whether a term surely changes no reduction. Of a product one zero factor is enough: the other is not looked at. */
function isIdentity(reduce: Reduce, e: Expr): boolean {
  if (e.kind === "tuple") return false;
  if (e.kind === "const") return e.value === monoidOf(reduce).identity[0];
  if (e.kind === "where") return isIdentity(reduce, e.body) && isIdentity(reduce, e.otherwise);
  if (!monoidOf(reduce).isAdditive || e.kind !== "op") return false;
  if (e.op === "mul") return e.args.some((arg) => isIdentity(reduce, arg));
  return ["neg", "add", "sub"].includes(e.op) && e.args.every((arg) => isIdentity(reduce, arg));
}

const cutAxes = (axes: readonly Axis[], { axis, run }: Cut): Axis[] =>
  axes.flatMap((a) => {
    if (a !== axis) return [a];
    return run.count > 1 ? [{ name: a.name, extent: run.count, scale: 1 }] : [];
  });

/** An index with some of its axes written as indices themselves. */
const replaced = (index: Affine, places: ReadonlyMap<string, Affine>): Affine =>
  linear(
    index.terms.map(({ axis }) => places.get(axis) ?? axisIndex(axis)),
    index.terms.map(({ stride }) => stride),
    index.base,
  );

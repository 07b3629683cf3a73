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
 * are a run of equal steps; neighbouring points with the same run share a box.
 */
import { internalError } from "../diagnostics.ts";
import { indexRewriter, rewriter, subexpressions } from "./collapse.ts";
import { type Affine, type Axis, affine, axisIndex, type Expr, type Kernel, linear, strideOf } from "./kernel.ts";

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
  const reduced = all.flatMap((e) => (e.kind === "reduce" ? e.axes : []));
  const outer = axisOf(where, kernel.axes);
  const inner = axisOf(where, reduced);
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

/** The kernel at the runs' points alone, where the `where` is its body, or 0 if no reduced point counts. */
function box(kernel: Kernel, where: Where, outer: Cut, inner: Cut): Kernel {
  const places = new Map([...placeOf(outer), ...placeOf(inner)]);
  const move = (index: Affine): Affine => replaced(index, places);
  const decide = rewriter((e) => {
    if (e.kind === "where" && e.axis === where.axis) return inner.run.count === 0 ? zero : bodyAt(e);
    if (e.kind === "reduce") return cutReduction(e, inner);
    return e;
  });
  const moveAll = indexRewriter(move);
  const value = (e: Expr): Expr => decide(moveAll(e));
  const stores = kernel.stores.map((s) => ({ ...s, index: move(s.index), value: value(s.value) }));
  return { ...kernel, axes: cutAxes(kernel.axes, outer), stores };
}

const zero: Expr = { kind: "const", value: 0 };

function placeOf({ axis, run }: Cut): [string, Affine][] {
  if (!axis) return [];
  return [[axis.name, affine(run.start, run.count > 1 ? [{ axis: axis.name, stride: run.step }] : [])]];
}

/** The body at the place that the index, now a multiple of the divisor everywhere, stands for. */
function bodyAt({ axis, divisor, index, body }: Where): Expr {
  const place = affine(
    index.base / divisor,
    index.terms.map((t) => ({ axis: t.axis, stride: t.stride / divisor })),
  );
  return indexRewriter((at) => replaced(at, new Map([[axis, place]])))(body);
}

function cutReduction(reduce: Extract<Expr, { kind: "reduce" }>, inner: Cut): Expr {
  if (inner.run.count === 0) return zero;
  const axes = cutAxes(reduce.axes, inner);
  return axes.length === 0 ? reduce.body : { ...reduce, axes };
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

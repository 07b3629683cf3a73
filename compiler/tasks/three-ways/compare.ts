/**
 * Three ways to the same derivatives, compared in error and cost: the adjoint, differences, and expressions made by rule.
 *
 *   await compareDerivatives(model, { rows: 1 })
 *   // -> { parameters: 131, widths: [{ width: 0.1, forward: 0.02, central: 0.002 }, ...], gradient: { operations: 517 }, ... }
 */
import type { Model } from "../../dsl/model.ts";
import { flopsOf, totalFlops } from "../../flops.ts";
import type { Graph } from "../../graph/graph.ts";
import { interpret } from "../../graph/interpret.ts";
import { type Expressions, swell, tooMuch } from "./expressions.ts";
import { type WidthErrors, widthErrors, widths } from "./numeric.ts";
import { gradientAt, lossAt, type Point, type PointOptions, pointOf } from "./point.ts";
import { spread } from "./spread.ts";

export interface Comparison {
  readonly rows: number;
  readonly loss: number;
  /** Elements of all trained parameters: how many derivatives there are. */
  readonly parameters: number;
  /** How many of them the differences were taken for. */
  readonly differences: number;
  readonly widths: readonly WidthErrors[];
  readonly evaluation: Cost;
  /** The loss and all its derivatives by the adjoint. */
  readonly gradient: Cost;
  /** Or why there are none. */
  readonly expressions: Expressions | string;
}

export interface Cost {
  readonly operations: number;
  /** Of the interpreter, the median of several runs. */
  readonly milliseconds: number;
}

/** Rejects with a CompileError or a DataError. */
export async function compareDerivatives(model: Model, options: PointOptions = {}): Promise<Comparison> {
  const point = await pointOf(model, options);
  const { environment, coordinates, lossGraph, gradientGraph } = point;
  const both: Graph = { ...lossGraph, outputs: [...lossGraph.outputs, ...gradientGraph.outputs] };
  const operations = (graph: Graph) => totalFlops(flopsOf(graph, environment.rows));
  const [lossTime, gradientTime] = medianTimes(point, [lossGraph, both]) as [number, number];
  const exact = gradientAt(point);
  const some = spread(coordinates.length, mostCoordinates(operations(lossGraph)));
  const why = tooMuch(point, operations(lossGraph));
  return {
    rows: environment.rows,
    loss: lossAt(point, environment),
    parameters: coordinates.length,
    differences: some.length,
    widths: widthErrors(
      point,
      some.map((i) => coordinates[i]!),
      Float64Array.from(some, (i) => exact[i]!),
    ),
    evaluation: { operations: operations(lossGraph), milliseconds: lossTime },
    gradient: { operations: operations(both), milliseconds: gradientTime },
    expressions: why ?? swell(point, exact),
  };
}

/** Operations that all differences together may take, and how many derivatives are enough. */
const mostWork = 2e8;
const enough = 200;

const mostCoordinates = (operations: number): number =>
  Math.min(enough, Math.max(3, Math.floor(mostWork / (2 * widths.length * operations))));

const warmUps = 5;
const rounds = 9;

/** Taken in turns, so that what slows the machine meets all alike; the first are left out, as they are not yet compiled. */
function medianTimes({ environment }: Point, graphs: readonly Graph[]): number[] {
  const times = Array.from({ length: warmUps + rounds }, () =>
    graphs.map((graph) => {
      const start = performance.now();
      interpret(graph, environment);
      return performance.now() - start;
    }),
  );
  const counted = times.slice(warmUps);
  return graphs.map((_, i) => counted.map((round) => round[i]!).sort((a, b) => a - b)[(rounds - 1) / 2]!);
}

/**
 * A loss at one point: the parameters and rows at which the three ways of differentiation are compared, in f64.
 *
 *   const at = await pointOf(model, { rows: 1 });
 *   lossAt(at, moved(at, { parameter: w, element: 3 }, 1e-5))      the loss with element 3 of w larger by 1e-5
 */
import type { ColumnMap } from "../../data/types.ts";
import type { Model } from "../../dsl/model.ts";
import { type Graph, leafName } from "../../graph/graph.ts";
import { type Environment, interpret } from "../../graph/interpret.ts";
import type { Node } from "../../graph/node.ts";
import { buildProgram } from "../../program/program.ts";
import { checkData } from "../check-data.ts";
import { Draws } from "../draws.ts";
import { leafValues } from "../leaf-values.ts";

export interface PointOptions {
  /** Files whose first rows are taken; random numbers unless said. */
  readonly data?: readonly string[] | undefined;
  readonly map?: ColumnMap | undefined;
  /** 1 unless said. */
  readonly rows?: number | undefined;
  readonly seed?: number | undefined;
}

/** One element of a parameter. */
export interface Coordinate {
  readonly parameter: Node;
  readonly element: number;
}

export interface Point {
  readonly environment: Environment;
  readonly lossNode: Node;
  readonly parameters: readonly Node[];
  /** The loss alone, and the derivatives by all parameters: as graphs. */
  readonly lossGraph: Graph;
  readonly gradientGraph: Graph;
  readonly coordinates: readonly Coordinate[];
}

/** Rejects with a CompileError or a DataError. */
export async function pointOf(model: Model, { data, map, rows = 1, seed: chosenSeed }: PointOptions): Promise<Point> {
  const program = buildProgram(model, { dtype: "f64" });
  const seed = chosenSeed ?? program.seed;
  const random = new Draws(seed);
  const given = await checkData(program, data, map, random, rows);
  const trained = program.states.filter(({ trainable }) => trainable);
  const { updates: states } = interpret(program.init, { rows: 1, leaves: new Map(), seed });
  for (const { name } of trained) states.set(name, offZero(states.get(name)!, random));
  const leaves = leafValues(program, given, Object.fromEntries(states));
  const lossGraph: Graph = { ...program.step, name: "loss", updates: [] };
  return {
    environment: { rows: given.rows, leaves, seed, step: 1 },
    lossNode: lossGraph.outputs.find(({ name }) => name === "loss")!.node,
    parameters: trained.map(({ node }) => node),
    lossGraph,
    gradientGraph: { ...lossGraph, outputs: [...program.gradients].map(([name, node]) => ({ name, node })) },
    coordinates: trained.flatMap(({ name, node }) =>
      Array.from(states.get(name)!, (_, element) => ({ parameter: node, element })),
    ),
  };
}

/** Initial values are often 0, where relu and its kin have no derivative. */
const offZero = (values: Float64Array, random: Draws): Float64Array =>
  values.map((value) => value + random.uniform(-0.02, 0.02));

export const lossAt = ({ lossGraph }: Point, environment: Environment): number =>
  interpret(lossGraph, environment).outputs.get("loss")![0]!;

/** The derivative by each coordinate, by the adjoint. */
export function gradientAt({ gradientGraph, environment, coordinates }: Point): Float64Array {
  const { outputs } = interpret(gradientGraph, environment);
  return Float64Array.from(coordinates, ({ parameter, element }) => outputs.get(leafName(parameter))![element]!);
}

/** The environment with one coordinate moved by `by`. */
export function moved({ environment }: Point, { parameter, element }: Coordinate, by: number): Environment {
  const values = Float64Array.from(environment.leaves.get(parameter)!);
  values[element]! += by;
  return { ...environment, leaves: new Map(environment.leaves).set(parameter, values) };
}

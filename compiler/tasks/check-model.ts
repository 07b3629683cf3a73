/**
 * Proves a model's gradients and its module, in f64: the derivative of the loss along random directions against central
 * differences, and every result of the Wasm against the interpreter.
 *
 *   await checkModel(model)
 *   // -> { loss: 1.1, parameters: [{ name: "hidden.weight", gradient: 3e-10, wasm: 2e-16 }, ...], ... }
 */
import { type Data, load, type Net } from "../../runtime/index.ts";
import { compile } from "../compile.ts";
import type { ColumnMap } from "../data/types.ts";
import type { Model } from "../dsl/model.ts";
import { leafName } from "../graph/graph.ts";
import { type Environment, interpret } from "../graph/interpret.ts";
import { elementCount } from "../graph/types.ts";
import type { Program } from "../program/program.ts";
import { type CheckData, checkData } from "./check-data.ts";
import { checkGradients } from "./check-gradients.ts";
import { Draws } from "./draws.ts";
import { leafValues } from "./leaf-values.ts";

/** The largest relative error that passes. */
export const tolerance = 1e-6;

export interface CheckOptions {
  /** Files whose first rows are taken; random numbers unless said. */
  readonly data?: readonly string[] | undefined;
  readonly map?: ColumnMap | undefined;
  readonly seed?: number | undefined;
}

export interface ModelCheck {
  readonly rows: number;
  readonly loss: number;
  readonly parameters: readonly ParameterCheck[];
  /** Worst relative error of the Wasm elsewhere: outputs with the loss, and the optimiser's state after a step. */
  readonly outputs: number;
  readonly optimizer: number;
  /** Whether nothing exceeds the tolerance. */
  readonly passed: boolean;
}

/** Worst relative errors. */
export interface ParameterCheck {
  readonly name: string;
  readonly dims: readonly number[];
  /** Of the gradient; undefined for a parameter that is not trained. */
  readonly gradient: number | undefined;
  /** Of its value after one step of the Wasm, against the interpreter's. */
  readonly wasm: number;
}

/** Rejects with a CompileError or a DataError. */
export async function checkModel(model: Model, options: CheckOptions = {}): Promise<ModelCheck> {
  const built = await compile(model, { mode: "train", dtype: "f64" });
  const { program } = built;
  const random = new Draws(options.seed ?? program.seed);
  const data = await checkData(program, options.data, options.map, random);
  const net = await load(built.wasm as Uint8Array<ArrayBuffer>);
  net.init(program.seed);
  unsettle(net, program, random);
  const environment = environmentOf(net, program, data);
  const gradient = checkGradients(program, environment, random);
  const evaluated = evaluateErrors(net, program, data, environment);
  const stepped = stepErrors(net, program, data, environment);
  const parameters = net.manifest.parameters.map(({ name, dims }) => ({
    name,
    dims,
    gradient: gradient.get(name),
    wasm: stepped.get(name)!,
  }));
  const optimizer = Math.max(0, ...net.manifest.optimizer.map(({ name }) => stepped.get(name)!));
  const worst = [...gradient.values(), ...stepped.values(), evaluated.worst];
  // A NaN is no small error.
  const passed = worst.every((error) => error <= tolerance);
  return { rows: data.rows, loss: evaluated.loss, parameters, outputs: evaluated.worst, optimizer, passed };
}

/** Initial values are often 0, where relu and its kin have no derivative. */
function unsettle(net: Net, { states }: Program, random: Draws): void {
  for (const { name, trainable } of states) {
    if (!trainable) continue;
    const values = net.parameters[name]!;
    for (let i = 0; i < values.length; i++) values[i] = values[i]! + random.uniform(-0.02, 0.02);
  }
}

function environmentOf(net: Net, program: Program, data: CheckData): Environment {
  const { tensors, step } = net.save();
  return { rows: data.rows, leaves: leafValues(program, data, tensors), seed: program.seed, step };
}

function evaluateErrors(net: Net, program: Program, { inputs, targets }: Data, environment: Environment) {
  const { rows } = environment;
  const { loss, ...outputs } = net.evaluate(inputs, targets, rows);
  const leaves = new Map(environment.leaves);
  // One call is all that is compared.
  for (const leaf of program.accumulated?.earlier ?? [])
    leaves.set(leafName(leaf), new Float64Array(elementCount(leaf.type.dims, 1)));
  const expected = interpret(program.evaluate, { ...environment, leaves }).outputs;
  const errors = Object.entries(outputs).map(([name, values]) =>
    arrayError(values as Float64Array, expected.get(name)!),
  );
  return { loss, worst: Math.max(arrayError([loss], expected.get("loss")!), ...errors) };
}

/** Takes one step; state -> the error of its new value. */
function stepErrors(net: Net, program: Program, { inputs, targets }: Data, environment: Environment) {
  net.step(inputs, targets, environment.rows);
  // A module counts a step as it begins: its random numbers are those of the new count.
  const { updates } = interpret(program.step, { ...environment, step: (environment.step ?? 0) + 1 });
  const expected = new Map(
    program.states.map(({ name, node }) => [
      name,
      updates.get(name) ?? Float64Array.from(environment.leaves.get(node)!),
    ]),
  );
  const floor = rounding * Math.max(...[...expected.values()].map(magnitude));
  const states = { ...net.parameters, ...net.optimizer };
  return new Map([...expected].map(([name, values]) => [name, arrayError(states[name]!, values, floor)]));
}

/**
 * Of the largest state; what is smaller may be rounding alone, such as the momentum of a bias before batchNorm, which takes
 * its mean out again.
 */
const rounding = 1e-9;

const magnitude = (values: Float64Array): number => values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);

/** The largest difference, relative to the largest magnitude of the array, or to `floor` where that is larger. */
function arrayError(values: ArrayLike<number>, expected: Float64Array, floor = 0): number {
  const scale = Math.max(magnitude(expected), floor, Number.MIN_VALUE);
  return expected.reduce((worst, value, i) => Math.max(worst, Math.abs(values[i]! - value) / scale), 0);
}

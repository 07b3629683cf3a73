/** Runs functions of the DSL on numbers, in float64 through the interpreter, and checks their gradients. */
import { expect } from "vitest";
import { gradients } from "../../compiler/adjoint/build.ts";
import { CompileError } from "../../compiler/diagnostics.ts";
import { createBuild, duringBuild } from "../../compiler/dsl/build.ts";
import { interpret } from "../../compiler/graph/interpret.ts";
import type { Node } from "../../compiler/graph/node.ts";
import { currentOrigin, withOrigin } from "../../compiler/graph/origin.ts";
import { type Dims, elementCount } from "../../compiler/graph/types.ts";
import { input, mul, sum } from "../../compiler/ops/index.ts";
import type { Program } from "../../compiler/program/program.ts";
import { Random } from "../support/random.ts";

/** One argument: its shape with "n" for the rows, and its elements. Labels are `i32`. */
export interface Argument {
  readonly dims: Dims;
  readonly data: ArrayLike<number>;
  readonly dtype?: "f64" | "i32";
}

/** A vector of K numbers a row. */
export const perRow = (width: number, data: ArrayLike<number>): Argument => ({ dims: ["n", width], data });
/** A value that all rows share. */
export const shared = (dims: readonly number[], data: ArrayLike<number>): Argument => ({ dims, data });
export const labels = (data: ArrayLike<number>): Argument => ({ dims: ["n"], data, dtype: "i32" });

/** A function of the DSL; each test names its own types. */
type Body = (...values: never[]) => unknown;

function apply(body: Body, given: readonly Argument[]) {
  const leaves = given.map(({ dims, dtype = "f64" }, i) => input(`x${i}`, { dtype, dims }));
  const output = duringBuild(createBuild("f64"), () => body(...(leaves as never[]))) as Node;
  return { leaves, output };
}

const graphOf = (leaves: readonly Node[], outputs: readonly Node[]) => ({
  name: "test",
  inputs: leaves,
  states: [],
  outputs: outputs.map((node, i) => ({ name: `y${i}`, node })),
  updates: [],
});

const rowsOf = ({ dims, data }: Argument): number => (dims[0] === "n" ? data.length / elementCount(dims, 1) : 1);

const environment = (given: readonly Argument[]) => ({
  rows: Math.max(1, ...given.map(rowsOf)),
  leaves: new Map(given.map(({ data }, i) => [`x${i}`, data])),
});

/** The value of `body` for arguments, row-major. */
export function run(body: Body, ...given: Argument[]): number[] {
  const { leaves, output } = apply(body, given);
  return [...interpret(graphOf(leaves, [output]), environment(given)).outputs.get("y0")!];
}

/** Equal to within `tolerance`, relative to the larger of 1 and the value expected. */
export function expectClose(values: ArrayLike<number>, expected: readonly number[], tolerance = 1e-13): void {
  expect(values.length).toBe(expected.length);
  expected.forEach((value, i) => {
    expect(Math.abs(values[i]! - value) / Math.max(1, Math.abs(value)), `element ${i}`).toBeLessThan(tolerance);
  });
}

/** The shape of `body`'s value. */
export const shapeOf = (body: Body, ...given: Argument[]): Dims => apply(body, given).output.type.dims;

/**
 * Compares the gradient of a random weighting of `body`'s value in every float argument with central differences, each
 * partial derivative to 1e-6 of the largest.
 */
export function expectGradient(body: Body, ...given: Argument[]): void {
  const { value, gradient } = weighted(body, given);
  for (const [position, slopes] of gradient(given)) {
    const differences = centralDifferences(given, position, value);
    const scale = Math.max(1e-3, ...differences.map(Math.abs));
    slopes.forEach((slope, element) => {
      const error = Math.abs(slope - differences[element]!) / scale;
      expect(error, `d / d x${position}[${element}]`).toBeLessThan(1e-6);
    });
  }
}

/** The gradient of the same weighting in the first argument. */
export const gradientOf = (body: Body, ...given: Argument[]): number[] => [
  ...weighted(body, given).gradient(given).get(0)!,
];

/** A random weighting of `body`'s value, and its gradients by position, as functions of the arguments. */
function weighted(body: Body, given: readonly Argument[]) {
  const { leaves, output } = apply(body, given);
  const weights = input("weights", { dtype: "f64", dims: output.type.dims });
  const total = sum(mul(output, weights));
  const positions = given.flatMap(({ dtype }, position) => (dtype === "i32" ? [] : [position]));
  const slopes = gradients(
    total,
    positions.map((position) => leaves[position]!),
  );
  const graph = graphOf(leaves, [total, ...slopes.map((slope) => slope!)]);
  const { rows } = environment(given);
  const weightData = new Random(7).array(elementCount(output.type.dims, rows), 0.5, 1.5);
  const outputs = (changed: readonly Argument[]) => {
    const values = new Map<string, ArrayLike<number>>(environment(changed).leaves).set("weights", weightData);
    return interpret(graph, { rows, leaves: values }).outputs;
  };
  return {
    value: (changed: readonly Argument[]) => outputs(changed).get("y0")![0]!,
    gradient: (changed: readonly Argument[]) => {
      const results = outputs(changed);
      return new Map(positions.map((position, i) => [position, results.get(`y${i + 1}`)!]));
    },
  };
}

function centralDifferences(given: readonly Argument[], position: number, value: (given: Argument[]) => number) {
  const { data } = given[position]!;
  return Array.from(data, (x, element) => {
    const step = 1e-5 * Math.max(1, Math.abs(x));
    const moved = (by: number) =>
      value(given.map((a, i) => (i === position ? { ...a, data: Array.from(data).with(element, x + by) } : a)));
    return (moved(step) - moved(-step)) / (2 * step);
  });
}

/** Runs `body` as the reader runs `const name = body()` on a line of the model file. */
export const bound = <T>(name: string | undefined, body: () => T, line = 1): T =>
  withOrigin(
    { span: { file: "model.ts", line, column: 3, start: 0, end: 1 }, binding: name, outer: currentOrigin() },
    body,
  );

/** The diagnostics of a model that must not build, as text. */
export function errorsOf(build: () => unknown): string {
  try {
    build();
  } catch (error) {
    if (error instanceof CompileError) return error.message;
    throw error;
  }
  throw new Error("no error was reported");
}

/** A program's states right after init. */
export const initialStates = (program: Program, seed = 0): Map<string, Float64Array> =>
  interpret(program.init, { rows: 1, leaves: new Map(), seed }).updates;

/**
 * Measures on the training rows what standardize and minMax want to know, before the first step.
 *
 *   measure({ kind: "standardize", input: "x", ... }, rows)   ->   { shift: means, scale: 1 / deviations }
 */
import type { Net } from "../../../runtime/index.ts";
import type { Measurement } from "../../dsl/preparation.ts";
import type { Program } from "../../dsl/program.ts";
import { elementCount } from "../../graph/types.ts";
import type { Rows } from "./training-data.ts";

/** Sets the states of every preparation in the model. */
export function measureInputs(net: Net, program: Program, train: Rows): void {
  for (const measurement of program.measurements) {
    const { dims } = program.inputs.find(({ name }) => name === measurement.input)!;
    const { shift, scale } = measure(measurement.kind, train.inputs[measurement.input]!, elementCount(dims, 1));
    net.parameters[measurement.shift] = shift;
    net.parameters[measurement.scale] = scale;
  }
}

/** One shift and one scale for each of the `size` elements of a row, in float64. */
export function measure(kind: Measurement["kind"], values: ArrayLike<number>, size: number) {
  const columns = Array.from({ length: size }, (_, k) => column(values, size, k));
  const found = columns.map(kind === "standardize" ? meanAndDeviation : leastAndRange);
  return {
    shift: Float64Array.from(found, ([start]) => start),
    // What never varies keeps its size.
    scale: Float64Array.from(found, ([, width]) => (width > 0 ? 1 / width : 1)),
  };
}

const column = (values: ArrayLike<number>, size: number, k: number): Float64Array =>
  Float64Array.from({ length: values.length / size }, (_, row) => values[row * size + k]!);

function meanAndDeviation(values: Float64Array): [number, number] {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  const variance = values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / values.length;
  return [mean, Math.sqrt(variance)];
}

function leastAndRange(values: Float64Array): [number, number] {
  const least = values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const largest = values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  return [least, largest - least];
}

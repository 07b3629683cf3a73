/**
 * Measures on the training rows what standardize and minMax want to know, before the first step.
 *
 *   measure({ kind: "standardize", input: "x", ... }, rows)   ->   { shift: means, scale: 1 / deviations }
 */
import type { Net } from "../../../runtime/index.ts";
import { spreadOf } from "../../../runtime/spread.ts";
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
  const columns = Array.from({ length: size }, (_, k) => spreadOf(values, size, k));
  const widths = columns.map(({ deviation, range }) => (kind === "standardize" ? deviation : range));
  return {
    shift: Float64Array.from(columns, ({ mean, least }) => (kind === "standardize" ? mean : least)),
    // What never varies keeps its size.
    scale: Float64Array.from(widths, (width) => (width > 0 ? 1 / width : 1)),
  };
}

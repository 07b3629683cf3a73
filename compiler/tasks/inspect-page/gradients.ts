/**
 * The gradient of the loss in every trainable parameter, over the first rows of some data: by the interpreter, in float64, so
 * that what the page shows does not depend on the code that it shows.
 *
 *   await gradientsOf(model, weights, { data: ["iris.csv"] })   // -> Map { "hidden.weight" => Float64Array(64), ... }
 */
import type { ColumnMap } from "../../data/types.ts";
import type { Model } from "../../dsl/model.ts";
import { interpret } from "../../graph/interpret.ts";
import { buildProgram } from "../../program/program.ts";
import type { TrainingCheckpoint } from "../checkpoint.ts";
import { shippedWeights } from "../checkpoint.ts";
import { leafValues } from "../leaf-values.ts";
import { type DataSource, readTrainingData, takeRows } from "../training-data.ts";

export interface Gradients {
  readonly rows: number;
  readonly values: ReadonlyMap<string, Float64Array>;
}

/** Rejects with a DataError for what is wrong with the data. */
export async function gradientsOf(
  model: Model,
  checkpoint: TrainingCheckpoint,
  data: DataSource,
  map: ColumnMap | undefined,
): Promise<Gradients> {
  const program = buildProgram(model, { dtype: "f64" });
  const { classNames, columns } = checkpoint.record ?? {};
  const read = await readTrainingData(program, { data, map, classNames, columns, seed: 0 });
  const rows = Math.min(program.batch, read.train.rows);
  const first = takeRows(
    program,
    read.train,
    Array.from({ length: rows }, (_, row) => row),
  );
  // The optimiser's states are leaves of the step, but no gradient reads them.
  const leaves = leafValues(program, first, Object.fromEntries(shippedWeights(checkpoint)));
  const outputs = [...program.gradients].map(([name, node]) => ({ name, node }));
  const { outputs: values } = interpret({ ...program.step, outputs, updates: [] }, { rows, leaves, step: 1 });
  return { rows, values };
}

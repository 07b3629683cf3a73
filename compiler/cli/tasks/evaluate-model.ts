/**
 * Judges a trained model by data files, silently.
 *
 *   const { evaluation, judgements } = await evaluateModel(model, { weights: "iris.safetensors", data: ["new.csv"] });
 *   evaluation.loss, judgements[0].scores.accuracy
 */
import { type Evaluation, evaluate, load } from "../../../runtime/index.ts";
import { compile } from "../../compile.ts";
import type { ColumnMap } from "../../data/types.ts";
import type { Model } from "../../dsl/model.ts";
import { openTraining, shippedWeights } from "./checkpoint.ts";
import { type Judgement, judge } from "./judge.ts";
import { type DataSource, readTrainingData } from "./training-data.ts";

export interface EvaluateOptions {
  /** A safetensors file. */
  readonly weights: string;
  readonly data: DataSource;
  readonly map?: ColumnMap | undefined;
}

export interface EvaluatedModel {
  readonly evaluation: Evaluation;
  readonly judgements: readonly Judgement[];
}

/** Rejects with a CompileError, a CheckpointError or a DataError for what is wrong with its files. */
export async function evaluateModel(model: Model, { weights, data, map }: EvaluateOptions): Promise<EvaluatedModel> {
  const checkpoint = openTraining(weights);
  const { dtype = "f32", classNames } = checkpoint.record ?? {};
  const built = await compile(model, { mode: "train", dtype, weights: shippedWeights(checkpoint) });
  const net = await load(built.wasm as Uint8Array<ArrayBuffer>);
  const { train: rows, classNames: names } = await readTrainingData(built.program, { data, map, classNames, seed: 0 });
  const evaluation = await evaluate(net, rows);
  return { evaluation, judgements: judge({ built, data: { classNames: names } }, evaluation, rows.targets) };
}

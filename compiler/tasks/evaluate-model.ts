/**
 * Judges a trained model by data files, silently.
 *
 *   const { evaluation, judgements } = await evaluateModel(model, { weights: "iris.safetensors", data: ["new.csv"] });
 *   evaluation.loss, judgements[0].scores.accuracy
 */
import { type Evaluation, evaluate, load } from "../../runtime/index.ts";
import { checkOptions, type Kinds, optional, text } from "../../runtime/kinds.ts";
import type { ColumnMap } from "../data/types.ts";
import { type Model, requireModel } from "../dsl/model.ts";
import { columnMap, dataSource } from "../option-kinds.ts";
import { openTraining } from "./checkpoint.ts";
import { type Judgement, judge } from "./judge.ts";
import { type DataSource, readTrainingData } from "./training-data.ts";
import { compileWith } from "./with-weights.ts";

export interface EvaluateOptions {
  /** A safetensors file. */
  readonly weights: string;
  readonly data: DataSource;
  readonly map?: ColumnMap | undefined;
}

const evaluateKinds: Kinds<EvaluateOptions> = { weights: text, data: dataSource, map: optional(columnMap) };

export interface EvaluatedModel {
  readonly evaluation: Evaluation;
  readonly judgements: readonly Judgement[];
}

/** Rejects with a CompileError, a CheckpointError or a DataError for what is wrong with its files. */
export async function evaluateModel(model: Model, options: EvaluateOptions): Promise<EvaluatedModel> {
  requireModel("evaluateModel", model);
  checkOptions<EvaluateOptions>("evaluateModel", options, evaluateKinds);
  const { weights, data, map } = options;
  const checkpoint = openTraining(weights);
  const { dtype = "f32", classNames, columns } = checkpoint.record ?? {};
  const built = await compileWith(model, { mode: "train", dtype }, checkpoint);
  const net = await load(built.wasm as Uint8Array<ArrayBuffer>);
  const request = { data, map, classNames, columns, seed: 0 };
  const { train: rows, classNames: names } = await readTrainingData(built.program, request);
  const evaluation = await evaluate(net, rows);
  return { evaluation, judgements: judge({ built, data: { classNames: names } }, evaluation, rows.targets) };
}

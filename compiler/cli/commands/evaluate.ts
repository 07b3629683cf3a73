/** `nabla evaluate`: how good a trained model is on data, as tables or JSON. */
import type { ColumnMap } from "../../data/types.ts";
import { type EvaluatedModel, evaluateModel } from "../../tasks/evaluate-model.ts";
import { readModelFile } from "../../tasks/model-file.ts";
import { count, loss } from "../../tasks/quantities.ts";
import { describeJudgements } from "../judgement.ts";
import { facts, print } from "../terminal.ts";
import { working } from "../working.ts";

export interface EvaluateFlags {
  readonly weights: string;
  readonly data: readonly string[];
  readonly map?: ColumnMap;
  readonly json?: boolean;
}

export async function evaluate(path: string, { weights, data, map, json }: EvaluateFlags): Promise<void> {
  working(`${path}: compiling`);
  const file = await readModelFile(path);
  const judged = await file.explaining(() => evaluateModel(file.model, { weights, data, map }));
  print(json ? toJson(judged) : toText(judged));
}

const toText = ({ evaluation, judgements }: EvaluatedModel): string =>
  [
    facts([
      ["rows", count(evaluation.rows)],
      ["loss", loss(evaluation.loss)],
    ]),
    ...describeJudgements(judgements),
  ].join("\n\n");

const toJson = ({ evaluation: { rows, loss: mean }, judgements }: EvaluatedModel): string =>
  JSON.stringify({ rows, loss: mean, judgements }, null, 2);

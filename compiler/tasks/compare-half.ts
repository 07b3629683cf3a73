/**
 * What half-precision weights change in a model's answers to data: the inference module with and without, silently.
 *
 *   await compareHalf(model, { weights: "digits.safetensors", data: ["test.csv"] })
 *   -> [{ what: "accuracy of species", full: 0.973, half: 0.973 }]
 */
import { load } from "../../runtime/index.ts";
import type { Model } from "../dsl/model.ts";
import { openTraining } from "./checkpoint.ts";
import type { EvaluateOptions } from "./evaluate-model.ts";
import { type Judgement, judge } from "./judge.ts";
import { readTrainingData } from "./training-data.ts";
import { compileWith } from "./with-weights.ts";

export interface Change {
  readonly what: string;
  readonly full: number;
  readonly half: number;
}

/** Rejects as evaluateModel does. */
export async function compareHalf(model: Model, { weights, data, map }: EvaluateOptions): Promise<Change[]> {
  const checkpoint = openTraining(weights);
  const build = (half: boolean) => compileWith(model, { mode: "infer", half }, checkpoint);
  const built = { full: await build(false), half: await build(true) };
  const { classNames: known, columns } = checkpoint.record ?? {};
  const request = { data, map, classNames: known, columns, seed: 0 };
  const { train: rows, classNames } = await readTrainingData(built.full.program, request);
  const judgements = async (kind: "full" | "half"): Promise<Judgement[]> => {
    const net = await load(built[kind].wasm as Uint8Array<ArrayBuffer>);
    const outputs = net.infer(rows.inputs, rows.rows);
    return judge({ built: built[kind], data: { classNames } }, { outputs }, rows.targets);
  };
  const half = await judgements("half");
  return (await judgements("full")).map((one, i) => ({
    what: nameOf(one),
    full: scoreOf(one),
    half: scoreOf(half[i]!),
  }));
}

const nameOf = ({ kind, target }: Judgement): string => `${kind === "values" ? "R squared" : "accuracy"} of ${target}`;

const scoreOf = (judgement: Judgement): number =>
  judgement.kind === "values" ? judgement.rSquared : judgement.scores.accuracy;

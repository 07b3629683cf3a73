/**
 * What can be said of a network's answers beside the loss, by what the model's losses compared.
 *
 *   softmaxCrossEntropy(logits, species)   ->   { kind: "classes", scores, confusion, topK: { k: 3, share: 1 } }
 *   sigmoidCrossEntropy(scores, notes)     ->   { kind: "labels", scores }
 *   meanSquaredError(price, paid)          ->   { kind: "values", meanAbsoluteError, rootMeanSquaredError, rSquared }
 */
import {
  confusion,
  type Evaluation,
  labelScores,
  type RegressionScores,
  regressionScores,
  type Scores,
  scoresOf,
  topK,
} from "../../runtime/index.ts";
import type { Values } from "../../runtime/port.ts";
import { elementCount } from "../graph/types.ts";
import type { Metric, Program } from "../program/program.ts";
import type { ClassNames } from "./fields.ts";

interface Subject {
  readonly output: string;
  readonly target: string;
}

export type Judgement = Subject &
  (
    | {
        readonly kind: "classes";
        readonly names: readonly string[];
        readonly scores: Scores;
        /** [truth, answer], row after row. */
        readonly confusion: readonly number[];
        /** Where there are classes enough for it to say something. */
        readonly topK?: { readonly k: number; readonly share: number };
      }
    | { readonly kind: "labels"; readonly scores: Scores }
    | ({ readonly kind: "values" } & RegressionScores)
  );

export interface Judged {
  readonly built: { readonly program: Program };
  readonly data: { readonly classNames: ClassNames };
}

/** One judgement for each output that a loss compared with a target as they are. */
export const judge = (
  { built, data }: Judged,
  { outputs }: Pick<Evaluation, "outputs">,
  targets: Values,
): Judgement[] =>
  built.program.metrics.map((metric) => {
    const answers = outputs[metric.output]!;
    // Strings have become labels when the file was read.
    const truth = targets[metric.target] as ArrayLike<number>;
    const subject = { output: metric.output, target: metric.target };
    const width = elementCount(built.program.outputs.find(({ name }) => name === metric.output)!.dims, 1);
    if (metric.kind === "classes") return { ...subject, ...classified(metric, answers, truth, width, data.classNames) };
    if (metric.kind === "labels") return { ...subject, kind: "labels", scores: labelScores(answers, truth, width) };
    return { ...subject, kind: "values", ...regressionScores(answers, truth, width) };
  });

/** Below that, the true class is among the first few by chance. */
const classesForTopK = 6;

function classified(
  { target }: Metric,
  answers: ArrayLike<number>,
  truth: ArrayLike<number>,
  classes: number,
  classNames: ClassNames,
) {
  const counts = confusion(answers, truth, classes);
  const k = 3;
  return {
    kind: "classes" as const,
    names: Array.from({ length: classes }, (_, label) => classNames[target]?.[label] ?? String(label)),
    scores: scoresOf(counts, classes),
    confusion: [...counts],
    ...(classes >= classesForTopK ? { topK: { k, share: topK(answers, truth, classes, k) } } : {}),
  };
}

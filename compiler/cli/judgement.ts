/**
 * Judgements as tables.
 *
 *   species          precision  recall     F1  rows
 *   setosa              100.0%  100.0%  100.0%    10
 */
import type { ClassScores, Scores } from "../../runtime/index.ts";
import type { Judgement } from "../tasks/judge.ts";
import { count, percent } from "../tasks/quantities.ts";
import { facts, table } from "./terminal.ts";

/** Each a block of lines. */
export const describeJudgements = (judgements: readonly Judgement[]): string[] => judgements.flatMap(describe);

/** A wider matrix would break into lines that nobody can read. */
const mostClassesShown = 16;

function describe(judgement: Judgement): string[] {
  const { output, target } = judgement;
  switch (judgement.kind) {
    case "classes": {
      const { names, scores, topK } = judgement;
      const top = topK
        ? [`\n${target} is among the ${topK.k} highest of ${output} in ${percent(topK.share)} of the rows`]
        : [];
      return [scoresTable(target, names, scores) + top.join(""), confusionTable(judgement)];
    }
    case "labels": {
      const { scores } = judgement;
      return [
        scoresTable(
          target,
          scores.classes.map((_, label) => String(label)),
          scores,
        ),
      ];
    }
    case "values":
      return [
        facts([
          [`${output}, R squared`, judgement.rSquared.toFixed(4)],
          [`${output}, mean absolute error`, judgement.meanAbsoluteError.toPrecision(4)],
          [`${output}, root mean squared error`, judgement.rootMeanSquaredError.toPrecision(4)],
        ]),
      ];
  }
}

function scoresTable(target: string, names: readonly string[], { accuracy, classes, macro }: Scores): string {
  const cells = ({ precision, recall, f1 }: Omit<ClassScores, "rows">) => [precision, recall, f1].map(percent);
  const rows = classes.map((one, i) => [names[i]!, ...cells(one), count(one.rows)]);
  const mean = ["mean of these", ...cells(macro), ""];
  return `${table([[target, "precision", "recall", "F1", "rows"], ...rows, mean])}\naccuracy ${percent(accuracy)}`;
}

function confusionTable({ target, names, confusion }: Extract<Judgement, { kind: "classes" }>): string {
  const { length } = names;
  if (length > mostClassesShown) return `confusion matrix: ${length} classes are too many to show; --json has it`;
  const rows = names.map((name, truth) => [
    name,
    ...names.map((_, answer) => count(confusion[truth * length + answer]!)),
  ]);
  return table([[`${target}, answered:`, ...names], ...rows]);
}

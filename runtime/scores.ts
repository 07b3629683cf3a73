/**
 * Precision, recall and F1 of a classifier, from its confusion matrix, and of labels that do not exclude each other.
 *
 *   scoresOf(confusion(logits, labels, 3), 3).classes[0]    // { precision: 0.9, recall: 1, f1: 0.947, rows: 10 }
 *
 * A quotient of 0 by 0 (a class that is never answered, or never there) is 0, as scikit-learn has it by default.
 */
import { checkNumbers } from "./kinds.ts";
import { checkInteger, wrong } from "./wrong.ts";

export interface ClassScores {
  /** Of the rows answered so, the share that is so: tp / (tp + fp). */
  readonly precision: number;
  /** Of the rows that are so, the share answered so: tp / (tp + fn). */
  readonly recall: number;
  /** 2 precision recall / (precision + recall). */
  readonly f1: number;
  /** How many rows are so. */
  readonly rows: number;
}

export interface Scores {
  /** The share of rows answered right. */
  readonly accuracy: number;
  readonly classes: readonly ClassScores[];
  /** The plain mean over the classes. */
  readonly macro: Omit<ClassScores, "rows">;
}

/** `counts` as `confusion` gives them: [truth, answer]. Throws a RangeError where there are not classes * classes of them. */
export function scoresOf(counts: ArrayLike<number>, classes: number): Scores {
  checkInteger("classes", classes, 1);
  checkNumbers("counts", counts);
  if (counts.length !== classes * classes) wrong("counts", `${classes} x ${classes} numbers`, counts.length);
  const at = (truth: number, answer: number) => counts[truth * classes + answer]!;
  const sum = (term: (other: number) => number) => indices(classes).reduce((total, other) => total + term(other), 0);
  const each = indices(classes).map((k) =>
    classScores(
      at(k, k),
      sum((truth) => at(truth, k)),
      sum((answer) => at(k, answer)),
    ),
  );
  const rows = each.reduce((total, one) => total + one.rows, 0);
  return {
    accuracy: ratio(
      sum((k) => at(k, k)),
      rows,
    ),
    classes: each,
    macro: meanOf(each),
  };
}

/**
 * Of K labels a row that do not exclude each other: a label is answered where its score is above `threshold`, which is 0 for
 * logits. accuracy is the share of single answers that are right. Throws a RangeError where the lengths do not fit.
 */
export function labelScores(
  scores: ArrayLike<number>,
  truth: ArrayLike<number>,
  labels: number,
  threshold = 0,
): Scores {
  checkInteger("labels", labels, 1);
  checkNumbers("scores", scores);
  checkNumbers("truth", truth);
  if (scores.length !== truth.length || scores.length % labels !== 0)
    wrong("scores", `rows x ${labels} numbers, as many as of the truth (${truth.length})`, scores.length);
  const counted = indices(labels).map(() => ({ right: 0, both: 0, answered: 0, there: 0 }));
  for (let i = 0; i < scores.length; i++) {
    const label = counted[i % labels]!;
    const answer = scores[i]! > threshold;
    const isThere = truth[i]! > 0.5;
    label.right += Number(answer === isThere);
    label.both += Number(answer && isThere);
    label.answered += Number(answer);
    label.there += Number(isThere);
  }
  const each = counted.map(({ both, answered, there }) => classScores(both, answered, there));
  const right = counted.reduce((total, label) => total + label.right, 0);
  return { accuracy: ratio(right, scores.length), classes: each, macro: meanOf(each) };
}

function classScores(both: number, answered: number, rows: number): ClassScores {
  const precision = ratio(both, answered);
  const recall = ratio(both, rows);
  return { precision, recall, f1: ratio(2 * precision * recall, precision + recall), rows };
}

function meanOf(each: readonly ClassScores[]): Scores["macro"] {
  const mean = (key: "precision" | "recall" | "f1") => each.reduce((sum, one) => sum + one[key], 0) / each.length;
  return { precision: mean("precision"), recall: mean("recall"), f1: mean("f1") };
}

const ratio = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);

const indices = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

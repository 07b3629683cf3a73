/**
 * How good the scores of a classifier are. Scores are row after row, one number a class; logits and probabilities do alike.
 *
 *   accuracy([0.2, 0.8,  0.9, 0.1], [1, 1], 2)    // -> 0.5
 *   confusion([0.2, 0.8,  0.9, 0.1], [1, 1], 2)   // -> [0, 0,  1, 1]: of the rows of class 1, one was taken for class 0
 */
import { checkNumbers } from "./kinds.ts";
import { checkInteger, wrong } from "./wrong.ts";

/** The class with the highest score of row `row`; the first of equals; NaN never wins, and 0 is the answer where all are. */
export function argmax(scores: ArrayLike<number>, row: number, classes: number): number {
  const start = row * classes;
  let best = 0;
  let highest = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < classes; i++)
    if (scores[start + i]! > highest) {
      best = i;
      highest = scores[start + i]!;
    }
  return best;
}

/** The share of rows whose highest score is that of their label. Throws a RangeError where the lengths do not fit. */
export function accuracy(scores: ArrayLike<number>, labels: ArrayLike<number>, classes: number): number {
  const counts = confusion(scores, labels, classes);
  let right = 0;
  for (let i = 0; i < classes; i++) right += counts[i * classes + i]!;
  return right / labels.length;
}

/**
 * Counts [classes, classes]: entry [truth, answer] is how many rows of class `truth` scored `answer` highest.
 * Throws a RangeError where the lengths do not fit, or for a label that is not one of 0 to classes - 1.
 */
export function confusion(scores: ArrayLike<number>, labels: ArrayLike<number>, classes: number): Uint32Array {
  checkLengths(scores, labels, classes);
  const counts = new Uint32Array(classes * classes);
  for (let row = 0; row < labels.length; row++) {
    checkInteger("labels", labels[row]!, 0, classes - 1, row);
    const at = labels[row]! * classes + argmax(scores, row, classes);
    counts[at] = counts[at]! + 1;
  }
  return counts;
}

/**
 * The share of rows whose label is among the `k` highest scores; of equal scores the first ones count as higher.
 * Throws a RangeError where the lengths do not fit, or for a k that is not one of 1 to classes.
 */
export function topK(scores: ArrayLike<number>, labels: ArrayLike<number>, classes: number, k: number): number {
  checkLengths(scores, labels, classes);
  checkInteger("k", k, 1, classes);
  let right = 0;
  for (let row = 0; row < labels.length; row++) {
    const label = labels[row]!;
    checkInteger("labels", label, 0, classes - 1, row);
    const own = scores[row * classes + label]!;
    let higher = 0;
    for (let i = 0; i < classes; i++) {
      const score = scores[row * classes + i]!;
      if (score > own || (score === own && i < label)) higher++;
    }
    if (higher < k && !Number.isNaN(own)) right++;
  }
  return right / labels.length;
}

function checkLengths(scores: ArrayLike<number>, labels: ArrayLike<number>, classes: number): void {
  checkInteger("classes", classes, 1);
  checkNumbers("scores", scores);
  if (scores.length !== labels.length * classes)
    wrong("scores", `${labels.length} x ${classes} numbers`, scores.length);
}

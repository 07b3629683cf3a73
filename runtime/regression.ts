/**
 * How far answers are from the truth, over all rows and elements.
 *
 *   regressionScores([1, 2, 4], [1, 2, 3])    // { meanAbsoluteError: 1/3, rootMeanSquaredError: 0.577, rSquared: 0.5 }
 */

import { checkNumbers } from "./kinds.ts";
import { roundoff, spreadOf } from "./spread.ts";
import { checkInteger, wrong } from "./wrong.ts";

export interface RegressionScores {
  readonly meanAbsoluteError: number;
  readonly rootMeanSquaredError: number;
  /**
   * 1 - sum (truth - answer)^2 / sum (truth - mean of the truth)^2, the mean taken for each of `width` elements: 1 is perfect,
   * 0 as good as the mean, below 0 worse. Where the truth does not vary, or by roundings only: 1 for no error but roundings,
   * else 0, as scikit-learn has it.
   */
  readonly rSquared: number;
}

/** Throws a RangeError where the lengths differ or there are no answers. */
export function regressionScores(answers: ArrayLike<number>, truth: ArrayLike<number>, width = 1): RegressionScores {
  checkNumbers("answers", answers);
  checkNumbers("truth", truth);
  checkInteger("width", width, 1);
  if (answers.length !== truth.length || answers.length === 0)
    wrong("answers", `as many numbers as of the truth (${truth.length}), and at least one`, answers.length);
  let absolute = 0;
  let squared = 0;
  let spread = 0;
  let noise = 0;
  const rows = answers.length / width;
  // Half a rounding of an answer is no error: 14.62 in f32 is as near as f32 can come.
  const unit = Math.max(roundoff(answers), roundoff(truth));
  for (let k = 0; k < width; k++) spread += spreadOf(truth, width, k).deviation ** 2 * rows;
  for (let i = 0; i < truth.length; i++) {
    const error = truth[i]! - answers[i]!;
    absolute += Math.abs(error);
    squared += error * error;
    noise += (unit * truth[i]!) ** 2;
  }
  return {
    meanAbsoluteError: absolute / answers.length,
    rootMeanSquaredError: Math.sqrt(squared / answers.length),
    rSquared: spread > 0 ? 1 - squared / spread : Number(squared <= noise),
  };
}

/**
 * The accuracy that a model file or an import states, and what is done where training misses it.
 *
 *   accuracy: 0.95   ->   iris.model.ts: accuracy after 10 epochs ... expected at least 95.0%, got 91.3% of 30 rows held out
 */
import type { Evaluation } from "../../runtime/index.ts";
import { UserError } from "./errors.ts";
import { percent } from "./quantities.ts";

export type Tested = Pick<Evaluation, "loss" | "accuracy" | "rows">;

/** Throws a UserError where an accuracy is stated and the rows held out were judged worse, or not at all. */
export function requireAccuracy(
  model: string,
  stated: number | undefined,
  epochs: number,
  test: Tested | undefined,
): void {
  if (stated === undefined || (test?.accuracy ?? -1) >= stated) return;
  const of = test?.accuracy === undefined ? "" : ` of ${test.rows} rows held out`;
  const got =
    test?.accuracy === undefined
      ? "none: expected one output that softmaxCrossEntropy compares with labels"
      : percent(test.accuracy) + of;
  throw new UserError(
    `${model}: accuracy after ${epochs} epochs\n    expected  at least ${percent(stated)}\n    got       ${got}\n` +
      "  Train for more epochs, change the model, or state what it can reach.",
  );
}

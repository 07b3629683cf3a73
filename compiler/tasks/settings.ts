/**
 * The settings of a training run: those given, else those of the run that it resumes, else those of the model.
 *
 *   mergeSettings({ seed: 2 }, { seed: 1, batch: 8, ... })   refused: no run with another seed has the same bits
 */
import type { Program } from "../program/program.ts";
import type { RunSettings } from "./checkpoint.ts";
import { UserError } from "./errors.ts";

const keys = ["seed", "batch", "dtype", "testSplit", "validationSplit"] as const satisfies (keyof RunSettings)[];

/** Throws a UserError where a setting differs from that of the run that is resumed. */
export function mergeSettings(given: Partial<RunSettings>, earlier: RunSettings | undefined): Partial<RunSettings> {
  if (!earlier) return Object.fromEntries(keys.map((key) => [key, given[key]]));
  for (const key of keys) {
    const wanted = given[key];
    if (wanted === undefined || wanted === earlier[key]) continue;
    throw new UserError(
      `${key}: expected ${earlier[key]}, as in the run to resume, got ${wanted}; leave it out, or train anew without resuming`,
    );
  }
  return Object.fromEntries(keys.map((key) => [key, earlier[key]]));
}

export const completeSettings = (chosen: Partial<RunSettings>, { seed, batch, dtype }: Program): RunSettings => ({
  seed: chosen.seed ?? seed,
  batch: chosen.batch ?? batch,
  dtype,
  testSplit: chosen.testSplit ?? 0,
  validationSplit: chosen.validationSplit ?? 0,
});

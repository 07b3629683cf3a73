/**
 * What a run's curves are drawn from: many samples of the first steps, ever fewer later, as a curve over all steps shows them.
 *
 *   steps 1, 2, 3, ... 150, 152, 154, ... 300, 303, ...     each loss the mean since the one before
 */
import type { Sample } from "./protocol.ts";

/** A curve of n steps has about DENSITY * (1 + ln(n / DENSITY)) losses. */
const DENSITY = 150;
/** Measuring takes as long as several steps. */
const MEASURE_GROWTH = 1.12;

export interface Samples {
  /** After a step, the `steps`-th. */
  add(steps: number, loss: number): void;
  /** Those since the last call. */
  take(): { readonly losses: Sample[]; readonly accuracies: Sample[] };
}

export function openSamples(measure: () => number): Samples {
  let losses: Sample[] = [];
  let accuracies: Sample[] = [[0, measure()]];
  let [sum, count, nextMeasure] = [0, 0, 1];
  return {
    add(steps, loss) {
      sum += loss;
      count++;
      if (count >= steps / DENSITY) {
        losses.push([steps, sum / count]);
        [sum, count] = [0, 0];
      }
      if (steps >= nextMeasure) {
        accuracies.push([steps, measure()]);
        nextMeasure = Math.ceil(steps * MEASURE_GROWTH) + 1;
      }
    },
    take() {
      const taken = { losses, accuracies };
      [losses, accuracies] = [[], []];
      return taken;
    },
  };
}

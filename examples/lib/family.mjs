/**
 * Trains several variants of a model on the same data, each from the same seed, and keeps what a chart needs.
 *
 *   const runs = await trainFamily({ narrow: withWidth(2), wide: withWidth(64) }, { data, test, epochs: 100, seed: 1 });
 *   runs.wide.losses        // the loss of each epoch
 *   runs.wide.test.loss     // of the test rows, after the last
 */
import { trainModel } from "nabla/compiler";

/** `variants`: models by name; `options`: those of trainModel without `model`. Gives the runs by name. */
export async function trainFamily(variants, options) {
  /** @type {Record<string, any>} */
  const runs = {};
  for (const [name, model] of Object.entries(variants)) runs[name] = await trainOne(model, options);
  return runs;
}

/**
 * What trainModel gives, with `losses`: the loss of the training rows after each epoch, as in inference (no dropout, no
 * penalty).
 */
export async function trainOne(model, options) {
  const run = await trainModel({ model, ...options });
  return { ...run, losses: run.history.map((epoch) => epoch.validation.loss) };
}

/** The middle one, or the mean of the two in the middle. */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length / 2;
  return (sorted[Math.floor(half)] + sorted[Math.ceil(half) - 1]) / 2;
}

/**
 * Lowers the rate of a model whose optimiser has the schedule `plateau`, from a loss an epoch.
 *
 *   onEpoch: ({ loss, validation }) => reduceOnPlateau(net, validation?.loss ?? loss, { factor: 0.5, patience: 3 })
 *
 * What it remembers are states of the net, saved and restored with the others: plateau.factor, plateau.best (the lowest
 * loss) and plateau.waited (epochs since; -1 before the first).
 */
import { checkOptions, integer, type Kinds, numberFrom, optional } from "./kinds.ts";
import type { Tensor } from "./port.ts";

export interface PlateauSettings {
  /** What a plateau multiplies the rate by. */
  readonly factor: number;
  /** Epochs in a row without a better loss that make a plateau. */
  readonly patience: number;
  /** A loss is better below best - threshold * |best|; 1e-4 unless said. */
  readonly threshold?: number;
}

const plateauKinds: Kinds<PlateauSettings> = {
  factor: numberFrom(0),
  patience: integer(1),
  threshold: optional(numberFrom(0)),
};

/** Whether the rate has been lowered. Throws a TypeError for a net without the schedule. */
export function reduceOnPlateau(
  { optimizer }: { readonly optimizer: Readonly<Record<string, Tensor>> },
  loss: number,
  settings: PlateauSettings,
): boolean {
  checkOptions<PlateauSettings>("reduceOnPlateau", settings, plateauKinds);
  const { factor, patience, threshold = 1e-4 } = settings;
  const { "plateau.factor": scale, "plateau.best": best, "plateau.waited": waited } = optimizer;
  if (!scale || !best || !waited) throw new TypeError("reduceOnPlateau: the optimiser's rate is not plateau({ ... })");
  // A first loss that is NaN would stay the best for ever.
  if (waited[0] === -1 && Number.isNaN(loss)) return false;
  const isBetter = waited[0] === -1 || loss < best[0]! - threshold * Math.abs(best[0]!);
  if (isBetter) best[0] = loss;
  waited[0] = isBetter ? 0 : waited[0]! + 1;
  if (waited[0] < patience) return false;
  waited[0] = 0;
  scale[0]! *= factor;
  return true;
}

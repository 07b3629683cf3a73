/** A schedule that the driver moves: the rate falls where the loss does not. */
import { maximum, mul } from "../../ops/index.ts";
import { count, type Declared, inRange, notNegative, numberWhere, positive, settle } from "../options.ts";
import { callOf } from "../settings.ts";
import type { Rate, Schedule } from "./schedule.ts";

export interface PlateauOptions {
  /** The first rate. */
  readonly from: number;
  /** What a plateau multiplies the rate by: above 0, below 1; 0.1 unless said. */
  readonly factor?: number;
  /** Epochs in a row without a better loss that make a plateau; 10 unless said. */
  readonly patience?: number;
  /** A loss is better below best - threshold * |best|; 1e-4 unless said. */
  readonly threshold?: number;
  /** The lowest rate; 0 unless said. */
  readonly least?: number;
}

/** The driver compares in float64, so that the element type does not matter. */
const ofDriver = inRange("a finite number, 0 or above", (value) => Number.isFinite(value) && value >= 0);

const plateauOptions = {
  from: positive,
  factor: numberWhere("above 0, below 1", (factor) => factor > 0 && factor < 1).or(0.1),
  patience: count.or(10),
  threshold: ofDriver.or(1e-4),
  least: notNegative.or(0),
} satisfies Declared<PlateauOptions>;

export interface Plateau extends Schedule {
  /** What the driver wants to know. */
  readonly plateau: { readonly factor: number; readonly patience: number; readonly threshold: number };
}

export const isPlateau = (rate: Rate): rate is Plateau => typeof rate === "object" && "plateau" in rate;

/**
 * max(from * plateau.factor, least). The state plateau.factor is 1 at first; `nabla train` multiplies it by `factor` where
 * the loss of the validation rows (of training rows without any) has not become better for `patience` epochs, and
 * reduceOnPlateau of "nabla/runtime" does in a loop of one's own. What it counts lies in plateau.best and plateau.waited, so
 * that a run that resumes goes on to the same bits. As PyTorch's ReduceLROnPlateau, which waits one epoch more.
 */
export function plateau(options: PlateauOptions): Plateau {
  const call = callOf("plateau");
  const { from, factor, patience, threshold, least } = settle(call, plateauOptions, options);
  return {
    name: "plateau",
    settings: call.settings,
    highest: Math.max(from, least),
    states: { factor: 1, best: 0, waited: -1 },
    at: (_done, states) => maximum(mul(from, states.factor!), least),
    plateau: { factor, patience, threshold },
  };
}

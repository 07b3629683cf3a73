/** Schedules that fall for ever: stepwise, exponentially, as 1 / t. */
import { add, div, floor, mul, pow } from "../../ops/index.ts";
import { requirePositive, requirePositiveInteger, requireThat } from "../settings.ts";
import { openSchedule, type Schedule, scheduled } from "./schedule.ts";

export interface DecayOptions {
  /** The first rate. */
  readonly from: number;
  /** What `every` steps multiply the rate by: above 0, at most 1. */
  readonly factor: number;
  /** In steps. */
  readonly every: number;
}

function openDecay(name: string, options: DecayOptions): DecayOptions {
  const call = openSchedule(name, options, ["from", "factor", "every"], ["from"]);
  const { factor, every } = options;
  requireThat(typeof factor === "number" && factor > 0 && factor <= 1, call, "factor", "above 0, at most 1", factor);
  requirePositiveInteger(call, "every", every);
  return options;
}

/** from * factor^floor(t / every), after t steps: the same for `every` steps, then a `factor` of it. PyTorch's StepLR. */
export function stepDecay(options: DecayOptions): Schedule {
  const { from, factor, every } = openDecay("stepDecay", options);
  return scheduled("stepDecay", (done) => mul(from, pow(factor, floor(div(done, every)))));
}

/** from * factor^(t / every), after t steps. Keras' ExponentialDecay; PyTorch's ExponentialLR has every = 1. */
export function exponential(options: DecayOptions): Schedule {
  const { from, factor, every } = openDecay("exponential", options);
  return scheduled("exponential", (done) => mul(from, pow(factor, div(done, every))));
}

export interface InverseTimeOptions {
  /** The first rate. */
  readonly from: number;
  /** In steps: half of the rate is left after as many, a third after twice as many. */
  readonly every: number;
}

/**
 * from / (1 + t / every), after t steps: the 1 / t for which gradients of random rows converge (Robbins and Monro 1951). Keras'
 * InverseTimeDecay with decay_rate 1.
 */
export function inverseTime(options: InverseTimeOptions): Schedule {
  const call = openSchedule("inverseTime", options, ["from", "every"], ["from"]);
  const { from, every } = options;
  requirePositive(call, "every", every);
  return scheduled("inverseTime", (done) => div(from, add(1, div(done, every))));
}

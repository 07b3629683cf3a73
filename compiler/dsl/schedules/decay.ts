/** Schedules that fall for ever: stepwise, exponentially, as 1 / t. */
import { add, div, floor, mul, pow } from "../../ops/index.ts";
import { type Call, requireKept, requirePositive, requirePositiveInteger, requireThat } from "../settings.ts";
import { openSchedule, type Schedule, scheduled } from "./schedule.ts";

export interface DecayOptions {
  /** The first rate. */
  readonly from: number;
  /** What `every` steps multiply the rate by: above 0, at most 1. */
  readonly factor: number;
  /** In steps. */
  readonly every: number;
}

function openDecay(name: string, options: DecayOptions): Call {
  const call = openSchedule(name, options, ["from", "factor", "every"], ["from"]);
  const { factor, every } = options;
  requireThat(typeof factor === "number" && factor > 0 && factor <= 1, call, "factor", "above 0, at most 1", factor) &&
    requireKept(call, "factor", factor, true);
  requirePositiveInteger(call, "every", every);
  return call;
}

/** from * factor^floor(t / every), after t steps: the same for `every` steps, then a `factor` of it. PyTorch's StepLR. */
export function stepDecay(options: DecayOptions): Schedule {
  const call = openDecay("stepDecay", options);
  const { from, factor, every } = options;
  return scheduled(call, from, (done) => mul(from, pow(factor, floor(div(done, every)))));
}

/** from * factor^(t / every), after t steps. Keras' ExponentialDecay; PyTorch's ExponentialLR has every = 1. */
export function exponential(options: DecayOptions): Schedule {
  const call = openDecay("exponential", options);
  const { from, factor, every } = options;
  return scheduled(call, from, (done) => mul(from, pow(factor, div(done, every))));
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
  return scheduled(call, from, (done) => div(from, add(1, div(done, every))));
}

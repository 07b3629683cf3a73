/** Schedules that fall for ever: stepwise, exponentially, as 1 / t. */
import { add, div, floor, mul, pow } from "../../ops/index.ts";
import { count, type Declared, numberWhere, positive, settle } from "../options.ts";
import { callOf } from "../settings.ts";
import { type Schedule, scheduled } from "./schedule.ts";

export interface DecayOptions {
  /** The first rate. */
  readonly from: number;
  /** What `every` steps multiply the rate by: above 0, at most 1. */
  readonly factor: number;
  /** In steps. */
  readonly every: number;
}

const decayOptions = {
  from: positive,
  factor: numberWhere("above 0, at most 1", (factor) => factor > 0 && factor <= 1, true),
  every: count,
} satisfies Declared<DecayOptions>;

/** from * factor^floor(t / every), after t steps: the same for `every` steps, then a `factor` of it. PyTorch's StepLR. */
export function stepDecay(options: DecayOptions): Schedule {
  const call = callOf("stepDecay");
  const { from, factor, every } = settle(call, decayOptions, options);
  return scheduled(call, from, (done) => mul(from, pow(factor, floor(div(done, every)))));
}

/** from * factor^(t / every), after t steps. Keras' ExponentialDecay; PyTorch's ExponentialLR has every = 1. */
export function exponential(options: DecayOptions): Schedule {
  const call = callOf("exponential");
  const { from, factor, every } = settle(call, decayOptions, options);
  return scheduled(call, from, (done) => mul(from, pow(factor, div(done, every))));
}

export interface InverseTimeOptions {
  /** The first rate. */
  readonly from: number;
  /** In steps: half of the rate is left after as many, a third after twice as many. */
  readonly every: number;
}

const inverseTimeOptions = { from: positive, every: positive } satisfies Declared<InverseTimeOptions>;

/**
 * from / (1 + t / every), after t steps: the 1 / t for which gradients of random rows converge (Robbins and Monro 1951). Keras'
 * InverseTimeDecay with decay_rate 1.
 */
export function inverseTime(options: InverseTimeOptions): Schedule {
  const call = callOf("inverseTime");
  const { from, every } = settle(call, inverseTimeOptions, options);
  return scheduled(call, from, (done) => div(from, add(1, div(done, every))));
}

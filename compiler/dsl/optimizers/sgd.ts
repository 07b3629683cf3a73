/** Gradient descent, plain and with momentum. The rows of a step decide whether it is stochastic, mini-batch or whole. */
import { add, mul, sub } from "../../ops/index.ts";
import { type Declared, flag, settle, share } from "../options.ts";
import type { Rate } from "../schedules/schedule.ts";
import { callOf } from "../settings.ts";
import { common, commonOf, type Optimizer, type OptimizerOptions, rateOption } from "./optimizer.ts";

export interface SgdOptions extends OptimizerOptions {
  /** How far a step goes: a number, or a schedule such as cosine({ from: 0.1, steps: 1000 }). */
  readonly rate: Rate;
}

const sgdOptions = { rate: rateOption, ...common } satisfies Declared<SgdOptions>;

/** Gradient descent: w' = w - rate * g. Robbins and Monro 1951 for gradients of random rows. */
export function sgd(options: SgdOptions): Optimizer<never, never> {
  const call = callOf("sgd");
  const given = commonOf(call, settle(call, sgdOptions, options));
  return { name: "sgd", ...given, slots: {}, shared: {}, update: ({ w, g, rate }) => ({ w: sub(w, mul(rate, g)) }) };
}

export interface MomentumOptions extends SgdOptions {
  /** What the velocity keeps of itself in one step; 0.9 unless said. */
  readonly momentum?: number;
  /** Whether the step looks ahead along the new velocity; false unless said. */
  readonly nesterov?: boolean;
}

const momentumOptions = {
  rate: rateOption,
  momentum: share.or(0.9),
  nesterov: flag.or(false),
  ...common,
} satisfies Declared<MomentumOptions>;

/**
 * Gradient descent with momentum, without dampening:
 *   v' = momentum * v + g
 *   w' = w - rate * v'                        Polyak 1964
 *   w' = w - rate * (g + momentum * v')       with nesterov: Nesterov 1983 in the variable of Sutskever et al. 2013
 * The rate stands outside of the velocity, as in PyTorch. Keras keeps it inside (v' = momentum * v - rate * g): the same for a
 * constant rate; under a schedule there the steps taken before keep the rate that they were taken with.
 */
export function momentum(options: MomentumOptions): Optimizer<"v", never> {
  const call = callOf("momentum");
  const settings = settle(call, momentumOptions, options);
  const { momentum: kept, nesterov } = settings;
  return {
    name: "momentum",
    ...commonOf(call, settings),
    slots: { v: 0 },
    shared: {},
    update({ w, g, rate, v }) {
      const velocity = add(mul(kept, v), g);
      const direction = nesterov ? add(g, mul(kept, velocity)) : velocity;
      return { w: sub(w, mul(rate, direction)), v: velocity };
    },
  };
}

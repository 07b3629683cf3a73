/**
 * Optimisers: how a step moves a parameter w along its gradient g, as expressions of the same graph. A formula gives new
 * values from old ones; where a state occurs on the right of `update`, shared ones are already new, slots still old.
 *
 *   adam({ rate: 1e-3 })      states adam.m.hidden.weight, adam.v.hidden.weight, ..., adam.c1, adam.c2
 */
import type { Node } from "../graph/node.ts";
import { add, div, mul, sqrt, sub } from "../ops/index.ts";
import { callOf, requireDecay, requireKnownKeys, requirePositive } from "./settings.ts";

/** A number that all parameters share, such as a bias correction. */
export interface SharedState {
  readonly initial: number;
  next(value: Node): Node;
}

export interface Optimizer<Slot extends string = string, Shared extends string = string> {
  readonly name: string;
  /** States of each parameter's own shape, with the value that every element starts from. */
  readonly slots: Readonly<Record<Slot, number>>;
  readonly shared: Readonly<Record<Shared, SharedState>>;
  /** The new parameter and slots. */
  update(values: Record<"w" | "g" | Slot | Shared, Node>): Record<"w" | Slot, Node>;
}

/** Gradient descent: w' = w - rate * g. */
export function sgd(options: { readonly rate: number }): Optimizer<never, never> {
  const call = callOf("sgd");
  requireKnownKeys(call, options, ["rate"]);
  requirePositive(call, "rate", options.rate);
  return {
    name: "sgd",
    slots: {},
    shared: {},
    update: ({ w, g }) => ({ w: sub(w, mul(options.rate, g)) }),
  };
}

/** Gradient descent with momentum: v' = momentum * v + g; w' = w - rate * v'. Polyak 1964, v starts at 0, no dampening. */
export function momentum(options: { readonly rate: number; readonly momentum?: number }): Optimizer<"v", never> {
  const call = callOf("momentum");
  const { rate, momentum: decay = 0.9 } = options;
  requireKnownKeys(call, options, ["rate", "momentum"]);
  requirePositive(call, "rate", rate);
  requireDecay(call, "momentum", decay);
  return {
    name: "momentum",
    slots: { v: 0 },
    shared: {},
    update({ w, g, v }) {
      const velocity = add(mul(decay, v), g);
      return { w: sub(w, mul(rate, velocity)), v: velocity };
    },
  };
}

export interface AdamOptions {
  readonly rate?: number;
  readonly beta1?: number;
  readonly beta2?: number;
  readonly epsilon?: number;
}

/**
 * Adam, Kingma and Ba 2015, algorithm 1:
 *   m' = beta1 * m + (1 - beta1) * g             c1' = beta1 * c1 + (1 - beta1)  = 1 - beta1^t
 *   v' = beta2 * v + (1 - beta2) * g^2           c2' = beta2 * c2 + (1 - beta2)  = 1 - beta2^t
 *   w' = w - rate * (m' / c1') / (sqrt(v' / c2') + epsilon)
 * c1 and c2 go through the same recurrence as m and v, so that they share its rounding: for a constant gradient m / c1 is
 * that gradient however 1 - beta rounds. Numerator and denominator of w' are both multiplied by sqrt(c2'), which leaves
 * one division an element.
 */
export function adam(options: AdamOptions = {}): Optimizer<"m" | "v", "c1" | "c2"> {
  const call = callOf("adam");
  const { rate = 1e-3, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 } = options;
  requireKnownKeys(call, options, ["rate", "beta1", "beta2", "epsilon"]);
  requirePositive(call, "rate", rate);
  requireDecay(call, "beta1", beta1);
  requireDecay(call, "beta2", beta2);
  // Without it an element whose gradient has been 0 so far would give 0 / 0.
  requirePositive(call, "epsilon", epsilon);
  return {
    name: "adam",
    slots: { m: 0, v: 0 },
    shared: { c1: averageOfOnes(beta1), c2: averageOfOnes(beta2) },
    update({ w, g, m, v, c1, c2 }) {
      const mean = add(mul(beta1, m), mul(1 - beta1, g));
      const power = add(mul(beta2, v), mul(1 - beta2, mul(g, g)));
      const scale = sqrt(c2);
      const stride = div(mul(rate, scale), c1);
      return { w: sub(w, div(mul(stride, mean), add(sqrt(power), mul(epsilon, scale)))), m: mean, v: power };
    },
  };
}

const averageOfOnes = (beta: number): SharedState => ({
  initial: 0,
  next: (average) => add(mul(beta, average), 1 - beta),
});

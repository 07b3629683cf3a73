/**
 * What an optimiser is: how a step moves a parameter w along its gradient g, as expressions of the same graph.
 *
 *   sgd      update: ({ w, g, rate }) => ({ w: sub(w, mul(rate, g)) })
 *
 * Clipping, weight decay and the learning rate are settled before `update` is asked (training.ts), so that each optimiser is
 * its formula and no more.
 */
import type { Node } from "../../graph/node.ts";
import { add, mul } from "../../ops/index.ts";
import { type Clip, requireClip } from "../clipping.ts";
import type { Setting } from "../held.ts";
import { type Declared, notNegative, optionKind, type Settled } from "../options.ts";
import { type Rate, requireRate } from "../schedules/schedule.ts";
import type { Call } from "../settings.ts";

/** A number that all parameters share, such as a bias correction. */
export interface SharedState {
  readonly initial: number;
  next(value: Node): Node;
}

export interface Optimizer<Slot extends string = string, Shared extends string = string> {
  readonly name: string;
  readonly rate: Rate;
  readonly clip?: Clip | undefined;
  readonly weightDecay?: number | undefined;
  /** Its numbers, to be checked against the element type of the model. */
  readonly settings?: readonly Setting[];
  /** States of each parameter's own shape, with the value that every element starts from. */
  readonly slots: Readonly<Record<Slot, number>>;
  readonly shared: Readonly<Record<Shared, SharedState>>;
  /**
   * The new parameter and slots from the old ones. `rate` is the parameter's own in this step, `g` is clipped, `w` has
   * decayed; shared states are already new.
   */
  update(values: Record<"w" | "g" | "rate" | Slot | Shared, Node>): Record<"w" | Slot, Node>;
}

/** What every optimiser takes. */
export interface OptimizerOptions {
  /** How far a step goes: a number, or a schedule such as cosine({ from: 1e-3, steps: 1000 }). */
  readonly rate?: Rate;
  /** A limit on the gradients, before anything else: { value: 1 } for each element, { norm: 1 } for all together. */
  readonly clip?: Clip;
  /**
   * Decoupled weight decay: a step first takes rate * weightDecay * w off each weight, past the optimiser's averages; biases
   * are exempt. 0 unless said.
   */
  readonly weightDecay?: number;
}

export const rateOption = optionKind<Rate>((call, _name, value) => requireRate(call, value));
const clip = optionKind<Clip>((call, _name, value) => requireClip(call, value));

/** What every optimiser takes beside its rate. */
export const common = { clip: clip.optional, weightDecay: notNegative.or(0) } satisfies Declared<
  Omit<OptimizerOptions, "rate">
>;

/** What an optimiser hands on as it was given. */
export const commonOf = (
  { settings }: Call,
  { rate, clip: limit, weightDecay }: Settled<typeof common> & { readonly rate: Rate },
): Pick<Optimizer, "rate" | "clip" | "weightDecay" | "settings"> => ({ rate, clip: limit, weightDecay, settings });

/** A moving average: beta * old + (1 - beta) * now. */
export const averaged = (beta: number, old: Node, now: Node): Node => add(mul(beta, old), mul(1 - beta, now));

/**
 * The share of a moving average that its start at 0 does not hold: 1 - beta^t after t steps, by the recurrence of the average
 * itself, so that both share their rounding: for a constant gradient m / share is that gradient however 1 - beta rounds.
 */
export const averageShare = (beta: number): SharedState => ({
  initial: 0,
  next: (share) => add(mul(beta, share), 1 - beta),
});

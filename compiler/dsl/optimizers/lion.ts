/** Lion: steps of one size, in the direction of a sign. */
import type { Node } from "../../graph/node.ts";
import { gt, lt, neg, select, sub } from "../../ops/index.ts";
import { type Declared, settle, share } from "../options.ts";
import { callOf } from "../settings.ts";
import { averaged, common, commonOf, type Optimizer, type OptimizerOptions, rateOption } from "./optimizer.ts";

export interface LionOptions extends OptimizerOptions {
  /** How much of the direction is the mean, the rest being the gradient; 0.9 unless said. */
  readonly beta1?: number;
  /** What the mean keeps of itself in one step; 0.99 unless said. */
  readonly beta2?: number;
}

const lionOptions = {
  rate: rateOption.or(1e-4),
  beta1: share.or(0.9),
  beta2: share.or(0.99),
  ...common,
} satisfies Declared<LionOptions>;

/**
 * Lion, Chen et al. 2023, "Symbolic discovery of optimization algorithms", algorithm 2:
 *   w' = w - rate * sign(beta1 * m + (1 - beta1) * g)
 *   m' = beta2 * m + (1 - beta2) * g
 * rate 1e-4 unless said; the paper takes a third to a tenth of AdamW's, with a weightDecay three to ten times as large. The sign
 * of 0 is 0. As Keras.
 */
export function lion(options: LionOptions = {}): Optimizer<"m", never> {
  const call = callOf("lion");
  const settings = settle(call, lionOptions, options);
  const { beta1, beta2 } = settings;
  return {
    name: "lion",
    ...commonOf(call, settings),
    slots: { m: 0 },
    shared: {},
    update: ({ w, g, rate, m }) => ({
      w: sub(w, signed(rate, averaged(beta1, m, g))),
      m: averaged(beta2, m, g),
    }),
  };
}

/** size * sign(x). */
const signed = (size: Node, x: Node): Node => select(gt(x, 0), size, select(lt(x, 0), neg(size), 0));

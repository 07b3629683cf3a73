/** Lion: steps of one size, in the direction of a sign. */
import type { Node } from "../../graph/node.ts";
import { gt, lt, neg, select, sub } from "../../ops/index.ts";
import { callOf, requireDecay } from "../settings.ts";
import { averaged, commonOptions, type Optimizer, type OptimizerOptions } from "./optimizer.ts";

export interface LionOptions extends OptimizerOptions {
  /** How much of the direction is the mean, the rest being the gradient; 0.9 unless said. */
  readonly beta1?: number;
  /** What the mean keeps of itself in one step; 0.99 unless said. */
  readonly beta2?: number;
}

/**
 * Lion, Chen et al. 2023, "Symbolic discovery of optimization algorithms", algorithm 2:
 *   w' = w - rate * sign(beta1 * m + (1 - beta1) * g)
 *   m' = beta2 * m + (1 - beta2) * g
 * rate 1e-4 unless said; the paper takes a third to a tenth of AdamW's, with a weightDecay three to ten times as large. The sign
 * of 0 is 0. As Keras.
 */
export function lion(options: LionOptions = {}): Optimizer<"m", never> {
  const call = callOf("lion");
  const common = commonOptions(call, options, ["beta1", "beta2"], { rate: 1e-4 });
  const { beta1 = 0.9, beta2 = 0.99 } = options;
  requireDecay(call, "beta1", beta1);
  requireDecay(call, "beta2", beta2);
  return {
    name: "lion",
    ...common,
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

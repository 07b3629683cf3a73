/** RMSProp: each element's gradient divided by its recent size. */
import type { Node } from "../../graph/node.ts";
import { add, div, maximum, mul, sqrt, sub } from "../../ops/index.ts";
import { type Declared, flag, positive, settle, share } from "../options.ts";
import { callOf } from "../settings.ts";
import { averaged, common, commonOf, type Optimizer, type OptimizerOptions, rateOption } from "./optimizer.ts";

export interface RmspropOptions extends OptimizerOptions {
  /** What the averages keep of themselves in one step; 0.9 unless said. */
  readonly rho?: number;
  /** Of a velocity of the scaled gradients; 0 unless said, which keeps none. */
  readonly momentum?: number;
  /** Whether the size is the deviation from the mean gradient; false unless said. */
  readonly centered?: boolean;
  /** Keeps the quotient finite; 1e-8 unless said. */
  readonly epsilon?: number;
}

const rmspropOptions = {
  rate: rateOption.or(1e-3),
  rho: share.or(0.9),
  momentum: share.or(0),
  centered: flag.or(false),
  epsilon: positive.or(1e-8),
  ...common,
} satisfies Declared<RmspropOptions>;

/**
 * RMSProp, Tieleman and Hinton 2012 (lecture 6.5); centred, Graves 2013, "Generating sequences with recurrent neural networks":
 *   v' = rho * v + (1 - rho) * g^2
 *   m' = rho * m + (1 - rho) * g                             where centered; else m' = 0
 *   d  = g / (sqrt(v' - m'^2) + epsilon)
 *   b' = momentum * b + d                                    where there is momentum; else b' = d
 *   w' = w - rate * b'
 * rate 1e-3 unless said. As PyTorch, whose rho is 0.99 and rate 0.01; Keras has epsilon (1e-7) inside the root and the rate
 * inside b. v' - m'^2, a variance, is kept from falling below 0 by rounding, where PyTorch's root may be NaN.
 */
export function rmsprop(options: RmspropOptions = {}): Optimizer {
  const call = callOf("rmsprop");
  const settings = settle(call, rmspropOptions, options);
  const { rho, momentum, centered, epsilon } = settings;
  return {
    name: "rmsprop",
    ...commonOf(call, settings),
    slots: { v: 0, ...(centered ? { m: 0 } : {}), ...(momentum > 0 ? { b: 0 } : {}) },
    shared: {},
    update(values) {
      // `m` and `b` are there where the slots above are.
      const { w, g, rate, v, m, b } = values as Record<"w" | "g" | "rate" | "v", Node> & { m?: Node; b?: Node };
      const power = averaged(rho, v, mul(g, g));
      const mean = m && averaged(rho, m, g);
      const spread = mean ? maximum(sub(power, mul(mean, mean)), 0) : power;
      const scaled = div(g, add(sqrt(spread), epsilon));
      const direction = b ? add(mul(momentum, b), scaled) : scaled;
      const next = { w: sub(w, mul(rate, direction)), v: power };
      return { ...next, ...(mean && { m: mean }), ...(b && { b: direction }) };
    },
  };
}

/** NAdam: Adam that looks ahead along its mean, as Nesterov's momentum does along its velocity. */
import type { Node } from "../../graph/node.ts";
import type { FloatType } from "../../graph/types.ts";
import { add, div, mul, pow, sqrt, step, sub } from "../../ops/index.ts";
import { settle } from "../options.ts";
import { callOf } from "../settings.ts";
import { type AdamOptions, adamOptions } from "./adam.ts";
import { averaged, averageShare, commonOf, type Optimizer } from "./optimizer.ts";

/**
 * NAdam, Dozat 2016, "Incorporating Nesterov momentum into Adam", algorithm 2:
 *   mu(t) = beta1 * (1 - 0.96^(t / 250) / 2)
 *   m' = mu(t) * m + (1 - mu(t)) * g             c1' = 1 - mu(1) * ... * mu(t)
 *   v' = beta2 * v + (1 - beta2) * g^2           c2' = 1 - beta2^t
 *   a  = mu(t+1) * m' / (1 - mu(1) * ... * mu(t+1)) + (1 - mu(t)) * g / c1'
 *   w' = w - rate * a / (sqrt(v' / c2') + epsilon)
 * rate 1e-3 unless said, 2e-3 in PyTorch; beta1 and beta2 are the paper's mu and nu.
 * The paper's listing has nu * v' / c2'; without nu, as here, in PyTorch and in Keras, it is the unbiased average that Adam
 * takes. With it each step would be 1 / sqrt(nu) times as long: 1.0005 at 0.999.
 * PyTorch has the same mu(t) (momentum_decay 0.004 = 1 / 250); Keras takes 0.96^t, so that mu is within a hundredth of beta1
 * after a hundred steps. Both average m with beta1 in place of mu(t), which c1' then does not quite correct.
 */
export function nadam(options: AdamOptions = {}): Optimizer<"m" | "v", "c1" | "c2"> {
  const call = callOf("nadam");
  const settings = settle(call, adamOptions, options);
  const { beta1, beta2, epsilon } = settings;
  /** mu of this step, or of the one after it. */
  const mu = (like: Node, ahead: 0 | 1): Node => {
    const t = add(step(like.type.dtype as FloatType), ahead);
    return mul(beta1, sub(1, mul(0.5, pow(0.96, div(t, 250)))));
  };
  const shareAfter = (share: Node, kept: Node): Node => add(mul(kept, share), sub(1, kept));
  return {
    name: "nadam",
    ...commonOf(call, settings),
    slots: { m: 0, v: 0 },
    shared: { c1: { initial: 0, next: (c1) => shareAfter(c1, mu(c1, 0)) }, c2: averageShare(beta2) },
    update({ w, g, rate, m, v, c1, c2 }) {
      const [now, next] = [mu(g, 0), mu(g, 1)];
      const fresh = sub(1, now);
      const mean = add(mul(now, m), mul(fresh, g));
      const power = averaged(beta2, v, mul(g, g));
      const ahead = add(mul(div(next, shareAfter(c1, next)), mean), mul(div(fresh, c1), g));
      // As in adam: both sides of the quotient times sqrt(c2).
      const scale = sqrt(c2);
      const stride = mul(mul(rate, scale), ahead);
      return { w: sub(w, div(stride, add(sqrt(power), mul(epsilon, scale)))), m: mean, v: power };
    },
  };
}

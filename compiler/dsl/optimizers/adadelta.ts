/** AdaDelta: the size of the steps taken stands in for the rate. */
import { add, div, mul, sqrt, sub } from "../../ops/index.ts";
import { type Declared, positive, settle, share } from "../options.ts";
import { callOf } from "../settings.ts";
import { averaged, common, commonOf, type Optimizer, type OptimizerOptions, rateOption } from "./optimizer.ts";

export interface AdadeltaOptions extends OptimizerOptions {
  /** What both averages keep of themselves in one step; 0.95 unless said. */
  readonly rho?: number;
  /** Inside both roots; the size of the first steps is its root. 1e-6 unless said. */
  readonly epsilon?: number;
}

const adadeltaOptions = {
  rate: rateOption.or(1),
  rho: share.or(0.95),
  epsilon: positive.or(1e-6),
  ...common,
} satisfies Declared<AdadeltaOptions>;

/**
 * AdaDelta, Zeiler 2012, algorithm 1:
 *   v' = rho * v + (1 - rho) * g^2
 *   d  = sqrt(u + epsilon) / sqrt(v' + epsilon) * g
 *   u' = rho * u + (1 - rho) * d^2
 *   w' = w - rate * d
 * rate 1 unless said, as in the paper and PyTorch (whose rho is 0.9); 0.001 in Keras (epsilon 1e-7), which is slow.
 */
export function adadelta(options: AdadeltaOptions = {}): Optimizer<"v" | "u", never> {
  const call = callOf("adadelta");
  const settings = settle(call, adadeltaOptions, options);
  const { rho, epsilon } = settings;
  return {
    name: "adadelta",
    ...commonOf(call, settings),
    slots: { v: 0, u: 0 },
    shared: {},
    update({ w, g, rate, v, u }) {
      const power = averaged(rho, v, mul(g, g));
      const change = mul(sqrt(div(add(u, epsilon), add(power, epsilon))), g);
      return { w: sub(w, mul(rate, change)), v: power, u: averaged(rho, u, mul(change, change)) };
    },
  };
}

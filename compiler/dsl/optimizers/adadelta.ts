/** AdaDelta: the size of the steps taken stands in for the rate. */
import { add, div, mul, sqrt, sub } from "../../ops/index.ts";
import { callOf, requireDecay, requirePositive } from "../settings.ts";
import { averaged, commonOptions, type Optimizer, type OptimizerOptions } from "./optimizer.ts";

export interface AdadeltaOptions extends OptimizerOptions {
  /** What both averages keep of themselves in one step; 0.95 unless said. */
  readonly rho?: number;
  /** Inside both roots; the size of the first steps is its root. 1e-6 unless said. */
  readonly epsilon?: number;
}

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
  const common = commonOptions(call, options, ["rho", "epsilon"], { rate: 1 });
  const { rho = 0.95, epsilon = 1e-6 } = options;
  requireDecay(call, "rho", rho);
  requirePositive(call, "epsilon", epsilon);
  return {
    name: "adadelta",
    ...common,
    slots: { v: 0, u: 0 },
    shared: {},
    update({ w, g, rate, v, u }) {
      const power = averaged(rho, v, mul(g, g));
      const change = mul(sqrt(div(add(u, epsilon), add(power, epsilon))), g);
      return { w: sub(w, mul(rate, change)), v: power, u: averaged(rho, u, mul(change, change)) };
    },
  };
}

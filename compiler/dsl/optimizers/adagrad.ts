/** AdaGrad: each element's rate falls with the gradients that it has seen. */
import { add, div, mul, sqrt, sub } from "../../ops/index.ts";
import { callOf, requireNotNegative, requirePositive } from "../settings.ts";
import { commonOptions, type Optimizer, type OptimizerOptions } from "./optimizer.ts";

export interface AdagradOptions extends OptimizerOptions {
  /** Keeps the quotient finite; 1e-10 unless said. */
  readonly epsilon?: number;
  /** What the sum of squares starts from; 0 unless said. */
  readonly start?: number;
}

/**
 * AdaGrad, Duchi, Hazan and Singer 2011, with a diagonal matrix:
 *   s' = s + g^2
 *   w' = w - rate * g / (sqrt(s') + epsilon)
 * rate 0.01 unless said. As PyTorch; Keras has epsilon inside the root, 1e-7, and starts the sum from 0.1.
 */
export function adagrad(options: AdagradOptions = {}): Optimizer<"s", never> {
  const call = callOf("adagrad");
  const common = commonOptions(call, options, ["epsilon", "start"], { rate: 0.01 });
  const { epsilon = 1e-10, start = 0 } = options;
  requirePositive(call, "epsilon", epsilon);
  requireNotNegative(call, "start", start);
  return {
    name: "adagrad",
    ...common,
    slots: { s: start },
    shared: {},
    update({ w, g, rate, s }) {
      const squares = add(s, mul(g, g));
      return { w: sub(w, div(mul(rate, g), add(sqrt(squares), epsilon))), s: squares };
    },
  };
}

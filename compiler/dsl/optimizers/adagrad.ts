/** AdaGrad: each element's rate falls with the gradients that it has seen. */
import { add, div, mul, sqrt, sub } from "../../ops/index.ts";
import { type Declared, notNegative, positive, settle } from "../options.ts";
import { callOf } from "../settings.ts";
import { common, commonOf, type Optimizer, type OptimizerOptions, rateOption } from "./optimizer.ts";

export interface AdagradOptions extends OptimizerOptions {
  /** Keeps the quotient finite; 1e-10 unless said. */
  readonly epsilon?: number;
  /** What the sum of squares starts from; 0 unless said. */
  readonly start?: number;
}

const adagradOptions = {
  rate: rateOption.or(0.01),
  epsilon: positive.or(1e-10),
  start: notNegative.or(0),
  ...common,
} satisfies Declared<AdagradOptions>;

/**
 * AdaGrad, Duchi, Hazan and Singer 2011, with a diagonal matrix:
 *   s' = s + g^2
 *   w' = w - rate * g / (sqrt(s') + epsilon)
 * rate 0.01 unless said. As PyTorch; Keras has epsilon inside the root, 1e-7, and starts the sum from 0.1.
 */
export function adagrad(options: AdagradOptions = {}): Optimizer<"s", never> {
  const call = callOf("adagrad");
  const settings = settle(call, adagradOptions, options);
  const { epsilon, start } = settings;
  return {
    name: "adagrad",
    ...commonOf(call, settings),
    slots: { s: start },
    shared: {},
    update({ w, g, rate, s }) {
      const squares = add(s, mul(g, g));
      return { w: sub(w, div(mul(rate, g), add(sqrt(squares), epsilon))), s: squares };
    },
  };
}

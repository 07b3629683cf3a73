/** Adam, and AdamW, which differ in their default weight decay alone. */
import { add, div, mul, sqrt, sub } from "../../ops/index.ts";
import { type Declared, notNegative, positive, settle, share } from "../options.ts";
import { callOf } from "../settings.ts";
import {
  averaged,
  averageShare,
  common,
  commonOf,
  type Optimizer,
  type OptimizerOptions,
  rateOption,
} from "./optimizer.ts";

export interface AdamOptions extends OptimizerOptions {
  /** What the mean of the gradients keeps of itself in one step; 0.9 unless said. */
  readonly beta1?: number;
  /** The same for the mean of their squares; 0.999 unless said. */
  readonly beta2?: number;
  /** Keeps the quotient finite; 1e-8 unless said. */
  readonly epsilon?: number;
}

export const adamOptions = {
  rate: rateOption.or(1e-3),
  beta1: share.or(0.9),
  beta2: share.or(0.999),
  // Without it an element whose gradient has been 0 so far would give 0 / 0.
  epsilon: positive.or(1e-8),
  ...common,
} satisfies Declared<AdamOptions>;
const adamWOptions = { ...adamOptions, weightDecay: notNegative.or(0.01) } satisfies Declared<AdamOptions>;

/**
 * Adam, Kingma and Ba 2015, algorithm 1:
 *   m' = beta1 * m + (1 - beta1) * g             c1' = 1 - beta1^t
 *   v' = beta2 * v + (1 - beta2) * g^2           c2' = 1 - beta2^t
 *   w' = w - rate * (m' / c1') / (sqrt(v' / c2') + epsilon)
 * rate 1e-3 unless said. As PyTorch; Keras adds epsilon (1e-7) to sqrt(v') before the correction, the paper's "epsilon hat".
 */
export const adam = (options: AdamOptions = {}): Optimizer<"m" | "v", "c1" | "c2"> =>
  adamNamed("adam", options, adamOptions);

/**
 * AdamW, Loshchilov and Hutter 2019, "Decoupled weight decay regularization": adam with weightDecay 0.01 unless said.
 *   w' = w - rate * weightDecay * w - adam's step
 * The rate scales the decay, as in PyTorch (0.01) and Keras (0.004); in the paper only its schedule does. Biases do not decay;
 * in PyTorch and Keras they do unless told otherwise.
 */
export const adamW = (options: AdamOptions = {}): Optimizer<"m" | "v", "c1" | "c2"> =>
  adamNamed("adamW", options, adamWOptions);

function adamNamed(
  name: string,
  options: AdamOptions,
  declared: typeof adamOptions,
): Optimizer<"m" | "v", "c1" | "c2"> {
  const call = callOf(name);
  const settings = settle(call, declared, options);
  const { beta1, beta2, epsilon } = settings;
  return {
    name,
    ...commonOf(call, settings),
    slots: { m: 0, v: 0 },
    shared: { c1: averageShare(beta1), c2: averageShare(beta2) },
    update({ w, g, rate, m, v, c1, c2 }) {
      const mean = averaged(beta1, m, g);
      const power = averaged(beta2, v, mul(g, g));
      // Numerator and denominator are both multiplied by sqrt(c2), which leaves one division an element.
      const scale = sqrt(c2);
      const stride = div(mul(rate, scale), c1);
      return { w: sub(w, div(mul(stride, mean), add(sqrt(power), mul(epsilon, scale)))), m: mean, v: power };
    },
  };
}

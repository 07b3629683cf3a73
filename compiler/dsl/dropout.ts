/** Dropout: noise in training, nothing in inference. */
import { wrongDType } from "../diagnostics.ts";
import { isFloat } from "../graph/types.ts";
import * as ops from "../ops/index.ts";
import { operateInForward } from "./operate.ts";
import { callOf, requireDecay } from "./settings.ts";
import type { Shape } from "./shapes.ts";
import { refuse, type Tensor } from "./tensor.ts";

/**
 * In training each element is 0 with probability p and x / (1 - p) otherwise, so that its mean stays x; in inference and
 * in evaluate it is x. The mask is drawn anew in each step from (seed, step, this call, element) and computed again in
 * the adjoint, never stored.
 * Throws attribute/range unless p is from 0 to 1, 1 excluded.
 * Source: Srivastava et al. 2014, "Dropout: a simple way to prevent neural networks from overfitting"; scaled in training.
 */
export function dropout<D extends Shape>(x: Tensor<D>, p: number): Tensor<D> {
  const call = callOf("dropout");
  return operateInForward(call, x, (node, build) => {
    const { dims, dtype } = node.type;
    if (!isFloat(dtype)) return refuse(wrongDType({ ...call, inputs: [node] }, 0, "floats", node.type));
    if (!requireDecay(call, "p", p) || p === 0) return node;
    const drawn = ops.uniform(dims, build.draws.next(), dtype);
    // The draws have 24 bits: kept with probability 1 - p to within 2^-24.
    const kept = ops.select(ops.ge(drawn, p), ops.mul(node, 1 / (1 - p)), 0);
    return ops.phase(kept, node);
  });
}

/**
 * Regularisers: a penalty on a parameter, added to the loss that step minimises and returns. The loss of evaluate is
 * without it, so that it compares across settings.
 *
 *   model({ regularize: l2(1e-4), ... })              every weight; biases are exempt
 *   dense(x, 10, { regularize: l1(1e-5) })            this layer's weight, in place of the model's
 */
import * as ops from "../ops/index.ts";
import type { Regularizer } from "./build.ts";
import { callOf, requireNotNegative } from "./settings.ts";

/** lambda * sum of |w|; the derivative at 0 is 0. */
export function l1(lambda: number): Regularizer {
  const call = callOf("l1");
  requireNotNegative(call, "lambda", lambda);
  return { name: "l1", settings: call.settings, penalty: (w) => ops.mul(lambda, ops.sum(ops.abs(w))) };
}

/** lambda * sum of w^2, without the factor 1/2 that some texts have: the gradient is 2 * lambda * w. */
export function l2(lambda: number): Regularizer {
  const call = callOf("l2");
  requireNotNegative(call, "lambda", lambda);
  return { name: "l2", settings: call.settings, penalty: (w) => ops.mul(lambda, ops.sum(ops.mul(w, w))) };
}

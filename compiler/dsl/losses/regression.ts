/** Losses of real-valued predictions. The shapes of prediction and target are the same, else shape/differ is thrown. */
import * as ops from "../../ops/index.ts";
import { callOf, requirePositive } from "../settings.ts";
import type { SameShape, Shape } from "../shapes.ts";
import type { Scalar, Tensor } from "../tensor.ts";
import { meanOverPairs } from "./pairs.ts";

/** The mean of (prediction - target)^2 over rows and elements, without the factor 1/2 that some texts have. */
export function meanSquaredError<A extends Shape, B extends Shape>(
  prediction: Tensor<A>,
  target: Tensor<B> & SameShape<A, B>,
): Scalar {
  return meanOverPairs("meanSquaredError", prediction, target, (x, y) => {
    const error = ops.sub(x, y);
    return ops.mul(error, error);
  });
}

/** The mean of |prediction - target| over rows and elements; the derivative at equality is 0. */
export function meanAbsoluteError<A extends Shape, B extends Shape>(
  prediction: Tensor<A>,
  target: Tensor<B> & SameShape<A, B>,
): Scalar {
  return meanOverPairs("meanAbsoluteError", prediction, target, (x, y) => ops.abs(ops.sub(x, y)));
}

/**
 * Huber's loss of the error e = prediction - target: e^2 / 2 where |e| <= delta, else delta (|e| - delta / 2); the mean
 * over rows and elements. Its derivative is e held between -delta and delta, so that no outlier pulls harder than that.
 * (As in PyTorch and Keras; PyTorch's SmoothL1Loss is this divided by delta.) Throws attribute/range unless delta is
 * above 0. Huber 1964, "Robust estimation of a location parameter".
 */
export function huber<A extends Shape, B extends Shape>(
  prediction: Tensor<A>,
  target: Tensor<B> & SameShape<A, B>,
  delta = 1,
): Scalar {
  requirePositive(callOf("huber"), "delta", delta);
  return meanOverPairs("huber", prediction, target, (x, y) => {
    const error = ops.sub(x, y);
    // With c = error held between -delta and delta both branches are c (error - c / 2), which cannot overflow.
    const held = ops.minimum(ops.maximum(error, -delta), delta);
    return ops.mul(held, ops.sub(error, ops.mul(held, 0.5)));
  });
}

/** The loss of labels that do not exclude each other: an image may show both a cat and a dog. */
import * as ops from "../../ops/index.ts";
import type { SameShape, Shape } from "../shapes.ts";
import { asValue, nodeOf, type Scalar, type Tensor } from "../tensor.ts";
import { refuseProbabilities } from "./errors.ts";
import { meanOverPairs } from "./pairs.ts";

/**
 * Cross-entropy of independent sigmoids: the mean of softplus(x) - x y over rows and elements, with logits x and targets
 * y from 0 to 1. Equal to -(y ln p + (1 - y) ln(1 - p)) for p = sigmoid(x), without its overflow; the derivative is
 * (p - y) / count. A logit of -Infinity is a label ruled out, with the loss 0 where the target is 0. Throws shape/differ, and loss/probabilities for logits that went through sigmoid or softmax.
 */
export function sigmoidCrossEntropy<A extends Shape, B extends Shape>(
  logits: Tensor<A>,
  targets: Tensor<B> & SameShape<A, B>,
): Scalar {
  const call = "sigmoidCrossEntropy";
  const x = nodeOf(logits, call);
  const refused = refuseProbabilities(call, x);
  if (refused) return asValue(refused);
  return meanOverPairs(call, x, targets, (x, y) => ops.sub(ops.softplus(x), ops.mulNoNan(y, x)), "labels");
}

/**
 * Losses: one number for the rows of a step, the mean over exactly those given (1 to the batch).
 *
 *   loss: ({ logits }, { digit }) => softmaxCrossEntropy(logits, digit)
 */
import { classCount, labelsExpected, shapesDiffer } from "../diagnostics.ts";
import type { Node } from "../graph/node.ts";
import { currentOrigin } from "../graph/origin.ts";
import { type FloatType, sameDims } from "../graph/types.ts";
import * as ops from "../ops/index.ts";
import { belowMaximum } from "./activations.ts";
import { meanOfAll } from "./axes.ts";
import { currentBuild } from "./build.ts";
import { refuseUnlessVector } from "./operate.ts";
import type { IsVector, Last, SameExtent, SameShape, Shape } from "./shapes.ts";
import { asValue, type Labels, nodeOf, refuse, type Scalar, type Tensor } from "./tensor.ts";

/**
 * Cross-entropy of softmax(logits) with integer labels: the mean over rows of ln(sum over j of e^logits[j]) - logits[label].
 * Shapes: logits [K], labels of classes(K). Both terms are taken below the row's maximum, so no finite logits overflow and
 * no digits cancel; the derivative simplifies to (softmax(logits) - onehot(label)) / rows.
 * Throws type/labels for a target that is not classes(K), shape/classes where K differs.
 */
export function softmaxCrossEntropy<D extends Shape, C extends number>(
  logits: Tensor<D> & IsVector<D>,
  labels: Labels<C> & SameExtent<Last<D>, C>,
): Scalar {
  const call = "softmaxCrossEntropy";
  const [x, label] = [nodeOf(logits, call), nodeOf(labels, call)];
  const refused = [x, label].find((node) => node.poisoned) ?? refuseLabels(call, x, label);
  if (refused) return asValue(refused);
  currentBuild()?.classified.push({ logits: x, labels: label });
  const shifted = belowMaximum(x);
  const logTotal = ops.log(ops.sum(ops.exp(shifted), [1]));
  const chosen = ops.sum(ops.mul(ops.oneHot(label, x.type.dims[1] as number, x.type.dtype as FloatType), shifted), [1]);
  return asValue(meanOfAll(ops.sub(logTotal, chosen)));
}

/** Refuses what cannot be scored: no labels, no vector of logits, another count of classes. */
function refuseLabels(call: string, logits: Node, labels: Node): Node | undefined {
  const at = { op: call, inputs: [logits, labels], origin: currentOrigin() };
  if (labels.type.dtype !== "i32") return refuse(labelsExpected(at, labels));
  const refused = refuseUnlessVector(call, logits);
  if (refused) return refused;
  const classes = currentBuild()?.classes.get(labels);
  const fits = classes === undefined || classes === logits.type.dims[1];
  return fits ? undefined : refuse(classCount(at, logits, labels, classes));
}

/**
 * Cross-entropy of independent sigmoids: the mean of softplus(x) - x * y over rows and elements, with logits x and targets
 * y from 0 to 1. Equal to -(y ln p + (1 - y) ln(1 - p)) for p = sigmoid(x), without its overflow; the derivative is
 * (p - y) / count. Throws shape/differ.
 */
export function sigmoidCrossEntropy<A extends Shape, B extends Shape>(
  logits: Tensor<A>,
  targets: Tensor<B> & SameShape<A, B>,
): Scalar {
  return meanOverPairs("sigmoidCrossEntropy", logits, targets, (x, y) => ops.sub(ops.softplus(x), ops.mul(x, y)));
}

/** The mean of (prediction - target)^2 over rows and elements. Throws shape/differ. */
export function meanSquaredError<A extends Shape, B extends Shape>(
  prediction: Tensor<A>,
  target: Tensor<B> & SameShape<A, B>,
): Scalar {
  return meanOverPairs("meanSquaredError", prediction, target, (x, y) => {
    const error = ops.sub(x, y);
    return ops.mul(error, error);
  });
}

/** The mean of |prediction - target| over rows and elements; the derivative at equality is 0. Throws shape/differ. */
export function meanAbsoluteError<A extends Shape, B extends Shape>(
  prediction: Tensor<A>,
  target: Tensor<B> & SameShape<A, B>,
): Scalar {
  return meanOverPairs("meanAbsoluteError", prediction, target, (x, y) => ops.abs(ops.sub(x, y)));
}

/** The shapes must be the same: [n,1] beside [n,10] would broadcast, and mean something else than was meant. */
function meanOverPairs(call: string, a: unknown, b: unknown, each: (x: Node, y: Node) => Node): Scalar {
  const [x, y] = [nodeOf(a, call), nodeOf(b, call)];
  const refused = [x, y].find((node) => node.poisoned);
  if (refused) return asValue(refused);
  const same = sameDims(x.type.dims, y.type.dims);
  const at = { op: call, inputs: [x, y], origin: currentOrigin() };
  return asValue(same ? meanOfAll(each(x, y)) : refuse(shapesDiffer(at, x, y)));
}

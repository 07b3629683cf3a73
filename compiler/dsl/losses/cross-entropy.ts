/** The loss of classes that exclude each other: softmax and cross-entropy in one. */
import { badAttribute, classCount } from "../../diagnostics.ts";
import { apply, type Node } from "../../graph/node.ts";
import { type FloatType, sameDims } from "../../graph/types.ts";
import * as ops from "../../ops/index.ts";
import { belowMaximum } from "../activations/below-maximum.ts";
import { meanOfAll } from "../axes.ts";
import { currentBuild } from "../build.ts";
import { refuseUnlessVector } from "../operate.ts";
import { checkedByCall, type Declared, type Settled, settle, share } from "../options.ts";
import { callOf, print, requireKept } from "../settings.ts";
import type { IsVector, Last, SameExtent, SameShape, Shape } from "../shapes.ts";
import { asValue, type Labels, nodeOf, refuse, type Scalar, type Tensor } from "../tensor.ts";
import { refuseProbabilities, wrongTarget } from "./errors.ts";

export interface CrossEntropyOptions {
  /** What each class counts for: K numbers, 0 or above and not all 0; 1 each unless said. */
  readonly classWeights?: readonly number[];
  /** e from 0 to 1, 1 excluded: the target t becomes (1 - e) t + e / K; 0 unless said. Szegedy et al. 2016. */
  readonly labelSmoothing?: number;
}

const crossEntropyOptions = {
  classWeights: checkedByCall<readonly number[]>().optional,
  labelSmoothing: share.or(0),
} satisfies Declared<CrossEntropyOptions>;
type Settings = Settled<typeof crossEntropyOptions>;

/** Asks nothing where the target fits logits of shape D: labels of as many classes, or a probability for each. */
type Scores<D extends Shape, T> =
  T extends Labels<infer C> ? SameExtent<Last<D>, C> : T extends Tensor<infer S> ? SameShape<D, S> : never;

/**
 * Cross-entropy of softmax(logits) with a target t, the mean over rows of - sum over classes k of t[k] ln softmax(logits)[k].
 * Shapes: logits [K]; target labels of classes(K), where t is 1 at the label and 0 elsewhere, or probabilities t [K].
 *
 * Class weights w multiply the terms: - sum of w[k] t[k] ln softmax(logits)[k]. For labels the mean is then the weighted
 * one, divided by the sum of w[label] over the rows (a batch whose labels all weigh 0 has the loss 0); for probabilities
 * it is divided by the rows. Both as PyTorch has it; Keras divides by the rows always.
 *
 * All terms are taken below the row's maximum and none is negative, so that no digits cancel, and no finite logits overflow. A
 * logit of -Infinity rules its class out: the loss is that of the classes left, Infinity where the target has a share in one that
 * is out. Without options the derivative is (softmax(logits) - t) / rows.
 * Throws loss/probabilities for logits that went through softmax or sigmoid, loss/target, shape/classes where K differs,
 * attribute/range.
 */
export function softmaxCrossEntropy<D extends Shape, T extends Labels | Tensor>(
  logits: Tensor<D> & IsVector<D>,
  target: T & Scores<D, T>,
  options: CrossEntropyOptions = {},
): Scalar {
  const call = "softmaxCrossEntropy";
  const settings = settle(callOf(call), crossEntropyOptions, options);
  const [x, t] = [nodeOf(logits, call), nodeOf(target, call)];
  const refused = [x, t].find((node) => node.poisoned) ?? refuseLogits(call, x) ?? refuseTarget(call, x, t);
  if (refused) return asValue(refused);
  if (isLabels(t)) currentBuild()?.judged.push({ kind: "classes", output: x, target: t });
  return asValue(refuseOptions(call, x, settings) ?? meanCrossEntropy(x, t, settings));
}

const isLabels = (target: Node): boolean => target.type.dtype === "i32";

const refuseLogits = (call: string, logits: Node): Node | undefined =>
  refuseUnlessVector(call, logits) ?? refuseProbabilities(call, logits);

function refuseTarget(call: string, logits: Node, target: Node): Node | undefined {
  const wanted = isLabels(target) ? logits.type.dims.slice(0, 1) : logits.type.dims;
  if (!sameDims(wanted, target.type.dims)) return refuse(wrongTarget(call, logits, target));
  if (!isLabels(target)) return undefined;
  const classes = currentBuild()?.classes.get(target);
  const fits = classes === undefined || classes === logits.type.dims[1];
  return fits ? undefined : refuse(classCount({ ...callOf(call), inputs: [logits, target] }, logits, target, classes));
}

function refuseOptions(call: string, logits: Node, settings: Settings): Node | undefined {
  const at = callOf(call);
  const { classWeights: weights, labelSmoothing } = settings;
  const count = logits.type.dims[1] as number;
  requireKept(at, `labelSmoothing / ${count}`, labelSmoothing / count);
  if (weights === undefined) return undefined;
  if (areWeights(weights, count)) {
    for (const [k, weight] of weights.entries()) requireKept(at, `classWeights[${k}]`, weight);
    return undefined;
  }
  return refuse(badAttribute(at, "classWeights", `${count} finite numbers, 0 or above and not all 0`, print(weights)));
}

const areWeights = (weights: readonly number[], count: number): boolean =>
  Array.isArray(weights) &&
  weights.length === count &&
  weights.every((weight) => Number.isFinite(weight) && weight >= 0) &&
  weights.some((weight) => weight > 0);

/** Mean of (sum of u) ln(sum of e^z) - sum of u z, with z the logits below their maximum and u the weighted target. */
function meanCrossEntropy(logits: Node, target: Node, { classWeights, labelSmoothing }: Settings): Node {
  const classes = logits.type.dims[1] as number;
  const dtype = logits.type.dtype as FloatType;
  const hard = isLabels(target);
  const weights = classWeights && apply(ops.constOp, [], { dtype, dims: [classes], values: classWeights });
  const weighted = (t: Node): Node => (weights ? ops.mul(t, weights) : t);

  const z = belowMaximum(logits);
  const logTotal = ops.log(ops.sum(ops.exp(z), [1]));
  const t = hard ? ops.oneHot(target, classes, dtype) : target;
  const u = weighted(smoothed(t, labelSmoothing, classes));
  // Labels without weights: u sums to 1.
  const ofTotal = hard && !weights ? logTotal : ops.mul(logTotal, ops.sum(u, [1]));
  const each = ops.sub(ofTotal, ops.sum(ops.mulNoNan(u, z), [1]));
  return hard && weights ? ops.div(ops.sum(each), aboveZero(ops.sum(weighted(t)))) : meanOfAll(each);
}

const smoothed = (t: Node, e: number, classes: number): Node => (e === 0 ? t : ops.add(ops.mul(t, 1 - e), e / classes));

/** Where no row counts, what is to be divided is 0 too. */
const aboveZero = (total: Node): Node => ops.select(ops.gt(total, 0), total, 1);

/** Normalisation: batch statistics with moving averages, and layer statistics. */
import { badAttribute } from "../diagnostics.ts";
import type { Node } from "../graph/node.ts";
import { inRegion } from "../graph/region.ts";
import * as ops from "../ops/index.ts";
import type { Build } from "./build.ts";
import { type Initializer, ones, zeros } from "./initializers.ts";
import { type LearningOptions, learning, name } from "./learning.ts";
import { operateInForward, refuseUnlessVector } from "./operate.ts";
import { type Declared, positive, type Settled, settle, share } from "./options.ts";
import { declareParameter, partNames } from "./parameters.ts";
import { callOf } from "./settings.ts";
import type { IsVector, Shape } from "./shapes.ts";
import { refuse, type Tensor } from "./tensor.ts";

type PartNames = ReturnType<typeof partNames>;

export interface NormOptions extends LearningOptions {
  /** Added to the variance; 1e-5 unless said. */
  readonly epsilon?: number;
  /** The layer's name, in place of the one from the binding. */
  readonly name?: string;
}

export interface BatchNormOptions extends NormOptions {
  /** What a moving average keeps of its old value in one step; 0.9 unless said. (PyTorch calls 1 - this momentum.) */
  readonly momentum?: number;
}

const normOptions = { epsilon: positive.or(1e-5), ...learning, name } satisfies Declared<NormOptions>;
const batchNormOptions = { momentum: share.or(0.9), ...normOptions } satisfies Declared<BatchNormOptions>;
type NormSettings = Settled<typeof normOptions>;

/**
 * Batch normalisation of each of K values over the n rows:
 *   training   y = gamma (x - mean) / sqrt(variance + epsilon) + beta, with mean and variance of the rows given
 *   inference  the same with moving averages, folded into the dense layer before it
 * The variance divides by n, in the moving average too (as Keras; PyTorch's moving one divides by n - 1).
 * Parameters: <binding>.gamma, .beta; states .mean, .variance, moved by each step: momentum * old + (1 - momentum) * new.
 * `trainable` and `rate` are those of gamma and beta: the moving averages follow the batches of a frozen one, too. (Keras
 * normalises by them then.)
 * One row has no variance: with n = 1, y = beta, no gradient flows to x, and the moving averages stay as they are.
 * Shapes: x [K] -> y [K]. Source: Ioffe and Szegedy 2015, "Batch normalization".
 */
export function batchNorm<D extends Shape>(x: Tensor<D> & IsVector<D>, options: BatchNormOptions = {}): Tensor<D> {
  const call = callOf("batchNorm");
  const settings = settle(call, batchNormOptions, options);
  return operateInForward(call, x, (node, build) => {
    const refused = refuseUnlessVector("batchNorm", node);
    return refused ?? normalizeBatch(build, node, partNames(build, "batchNorm", settings.name), settings);
  });
}

function normalizeBatch(build: Build, x: Node, nameOf: PartNames, settings: Settled<typeof batchNormOptions>): Node {
  const { momentum, epsilon } = settings;
  const { gamma, beta, moving } = declareNorm(build, x, nameOf, settings);
  const count = ops.rows(build.dtype);
  const mean = ops.div(ops.sum(x, [0]), count);
  const centred = ops.sub(x, mean);
  const variance = ops.div(ops.sum(ops.mul(centred, centred), [0]), count);
  const inTraining = affine(centred, gamma, ops.sqrt(ops.add(variance, epsilon)), beta);
  const [oldMean, oldVariance] = [moving("mean", zeros()), moving("variance", ones())];
  const inInference = affine(ops.sub(x, oldMean), gamma, ops.sqrt(ops.add(oldVariance, epsilon)), beta);
  inRegion("update", () => {
    const several = ops.gt(count, 1);
    const follow = (old: Node, current: Node): void => {
      const next = ops.add(ops.mul(old, momentum), ops.mul(ops.stopGradient(current), 1 - momentum));
      build.updates.push({ state: old, value: ops.select(several, next, old) });
    };
    follow(oldMean, mean);
    follow(oldVariance, variance);
  });
  return ops.phase(inTraining, inInference);
}

/** gamma * centred / deviation + beta: one division per column, not per element. */
const affine = (centred: Node, gamma: Node, deviation: Node, beta: Node): Node =>
  ops.add(ops.mul(centred, ops.div(gamma, deviation)), beta);

/** Gamma and beta, declared, and how to declare a moving average, which no gradient moves. */
function declareNorm(build: Build, x: Node, nameOf: PartNames, { trainable, rate }: NormSettings) {
  const dims = [x.type.dims.at(-1) as number];
  const declare = (name: string, initial: Initializer, own: LearningOptions): Node =>
    declareParameter(build, nameOf(name), dims, initial, { role: "bias", ...own });
  return {
    gamma: declare("gamma", ones(), { trainable, rate }),
    beta: declare("beta", zeros(), { trainable, rate }),
    moving: (name: string, initial: Initializer) => declare(name, initial, { trainable: false }),
  };
}

/**
 * Layer normalisation of each row by itself: y = gamma (x - mean) / sqrt(variance + epsilon) + beta, with mean and
 * variance over its K values; the same in training and in inference. Parameters: <binding>.gamma, .beta.
 * Shapes: x [K] -> y [K]. Throws shape/rank where x is not one vector a row, attribute/range for K = 1.
 * Source: Ba, Kiros and Hinton 2016, "Layer normalization".
 */
export function layerNorm<D extends Shape>(x: Tensor<D> & IsVector<D>, options: NormOptions = {}): Tensor<D> {
  const call = callOf("layerNorm");
  const settings = settle(call, normOptions, options);
  return operateInForward(call, x, (node, build) => {
    const refused = refuseUnlessVector("layerNorm", node);
    if (refused) return refused;
    const width = node.type.dims[1] as number;
    if (width === 1) return refuse(badAttribute(call, "the width of x", "at least 2", width));
    return normalizeRow(build, node, partNames(build, "layerNorm", settings.name), settings);
  });
}

function normalizeRow(build: Build, x: Node, nameOf: PartNames, settings: NormSettings): Node {
  const { gamma, beta } = declareNorm(build, x, nameOf, settings);
  const width = x.type.dims[1] as number;
  const mean = ops.div(ops.sum(x, [1], true), width);
  const centred = ops.sub(x, mean);
  const variance = ops.div(ops.sum(ops.mul(centred, centred), [1], true), width);
  const scaled = ops.div(centred, ops.sqrt(ops.add(variance, settings.epsilon)));
  return ops.add(ops.mul(scaled, gamma), beta);
}

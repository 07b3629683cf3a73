/** Normalisation: batch statistics with moving averages, and layer statistics. */
import { badAttribute, outsideForward } from "../diagnostics.ts";
import type { Node } from "../graph/node.ts";
import { inRegion } from "../graph/region.ts";
import * as ops from "../ops/index.ts";
import { type Build, currentBuild } from "./build.ts";
import { type Initializer, ones, zeros } from "./initializers.ts";
import { operate, refuseUnlessVector } from "./operate.ts";
import { declareParameter, type LearningOptions, learningKeys, partNames, requireLearning } from "./parameters.ts";
import { type Call, callOf, requireDecay, requireKnownKeys, requirePositive } from "./settings.ts";
import type { IsVector, Shape } from "./shapes.ts";
import { refuse, type Tensor } from "./tensor.ts";

const defaultEpsilon = 1e-5;

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
  requireKnownKeys(call, options, ["epsilon", "momentum", ...learningKeys, "name"]);
  const { momentum = 0.9 } = options;
  return operate("batchNorm", x, (node) => {
    const build = currentBuild();
    if (build === undefined) return refuse(outsideForward(call));
    const known = requireNorm(call, options) && requireDecay(call, "momentum", momentum);
    const refused = refuseUnlessVector("batchNorm", node);
    if (refused || !known) return refused ?? node;
    return normalizeBatch(build, node, partNames(build, "batchNorm", options.name), options, momentum);
  });
}

function normalizeBatch(build: Build, x: Node, nameOf: PartNames, options: NormOptions, momentum: number): Node {
  const { gamma, beta, epsilon, moving } = declareNorm(build, x, nameOf, options);
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

function requireNorm(call: Call, options: NormOptions): boolean {
  const known = requireLearning(call, options);
  return requirePositive(call, "epsilon", options.epsilon ?? defaultEpsilon) && known;
}

/** Gamma and beta, declared; epsilon; and how to declare a moving average, which no gradient moves. */
function declareNorm(build: Build, x: Node, nameOf: PartNames, options: NormOptions) {
  const { epsilon = defaultEpsilon, trainable, rate } = options;
  const dims = [x.type.dims.at(-1) as number];
  const declare = (name: string, initial: Initializer, learning: LearningOptions): Node =>
    declareParameter(build, nameOf(name), dims, initial, { role: "bias", ...learning });
  return {
    gamma: declare("gamma", ones(), { trainable, rate }),
    beta: declare("beta", zeros(), { trainable, rate }),
    epsilon,
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
  requireKnownKeys(call, options, ["epsilon", ...learningKeys, "name"]);
  return operate("layerNorm", x, (node) => {
    const build = currentBuild();
    if (build === undefined) return refuse(outsideForward(call));
    const refused = refuseUnlessVector("layerNorm", node);
    if (refused || !requireNorm(call, options)) return refused ?? node;
    const width = node.type.dims[1] as number;
    if (width === 1) return refuse(badAttribute(call, "the width of x", "at least 2", width));
    return normalizeRow(build, node, partNames(build, "layerNorm", options.name), options);
  });
}

function normalizeRow(build: Build, x: Node, nameOf: PartNames, options: NormOptions): Node {
  const { gamma, beta, epsilon } = declareNorm(build, x, nameOf, options);
  const width = x.type.dims[1] as number;
  const mean = ops.div(ops.sum(x, [1], true), width);
  const centred = ops.sub(x, mean);
  const variance = ops.div(ops.sum(ops.mul(centred, centred), [1], true), width);
  const scaled = ops.div(centred, ops.sqrt(ops.add(variance, epsilon)));
  return ops.add(ops.mul(scaled, gamma), beta);
}

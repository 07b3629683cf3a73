/** Activations that learn their own shape: each call has a parameter, shared by the layer or one for each unit. */
import { outsideForward } from "../../diagnostics.ts";
import type { Node } from "../../graph/node.ts";
import * as ops from "../../ops/index.ts";
import type { Regularizer } from "../build.ts";
import { currentBuild } from "../build.ts";
import { constant } from "../initializers.ts";
import { operate } from "../operate.ts";
import { declareParameter, type LearningOptions, learningKeys, partNames, requireLearning } from "../parameters.ts";
import { type Call, callOf, requireFinite, requireKnownKeys, requireThat } from "../settings.ts";
import type { Shape } from "../shapes.ts";
import { exampleDims, refuse, type Tensor } from "../tensor.ts";

export interface LearnableOptions extends LearningOptions {
  /** One parameter for the whole layer, or one for each element of an example; "layer" unless said. */
  readonly per?: "layer" | "unit";
  /** The parameter's regulariser. It has none unless said: the model's leaves it out, as it does a bias. */
  readonly regularize?: Regularizer | false;
  /** The layer's name, in place of the one from the binding. */
  readonly name?: string;
}

export interface PreluOptions extends LearnableOptions {
  /** What the slope starts from; 0.25 unless said. */
  readonly slope?: number;
}

export interface SwishOptions extends LearnableOptions {
  /** What beta starts from; 1 unless said. */
  readonly beta?: number;
}

/**
 * x where x > 0, else slope x, with a slope that is learned: d y / d slope = min(x, 0). Parameter: <binding>.slope, of
 * shape [] per layer, of x's own per unit. (Keras has one per unit; PyTorch one per layer, or per channel.)
 * Throws attribute/range unless the initial slope is finite.
 * Source: He et al. 2015, "Delving deep into rectifiers", which advises against a penalty on the slope.
 */
export function prelu<D extends Shape, R extends boolean>(x: Tensor<D, R>, options: PreluOptions = {}): Tensor<D, R> {
  return withParameter("prelu", x, "slope", 0.25, options, (node, slope) =>
    ops.select(ops.gt(node, 0), node, ops.mul(slope, node)),
  );
}

/**
 * x sigmoid(beta x) = x / (1 + e^(-beta x)), with a beta that is learned: x / 2 at beta = 0, silu at 1, relu as beta grows.
 * d y / d beta = x^2 s (1 - s) for s = sigmoid(beta x). Parameter: <binding>.beta, of shape [] per layer, of x's own per
 * unit. (PyTorch and Keras call silu swish.) Throws attribute/range unless the initial beta is finite.
 * Source: Ramachandran et al. 2017, "Searching for activation functions".
 */
export function swish<D extends Shape, R extends boolean>(x: Tensor<D, R>, options: SwishOptions = {}): Tensor<D, R> {
  return withParameter("swish", x, "beta", 1, options, (node, beta) => ops.mul(node, ops.sigmoid(ops.mul(beta, node))));
}

type Options<Key extends string> = LearnableOptions & { readonly [K in Key]?: number };

/** Declares the parameter called `key` and applies `body` to x and it. */
function withParameter<V, Key extends string>(
  call: string,
  x: unknown,
  key: Key,
  start: number,
  options: Options<Key>,
  body: (x: Node, parameter: Node) => Node,
): V {
  const at = callOf(call);
  requireKnownKeys(at, options, ["per", key, "regularize", ...learningKeys, "name"]);
  return operate(call, x, (node) => {
    const build = currentBuild();
    if (build === undefined) return refuse(outsideForward(at));
    const { per = "layer", regularize, trainable, rate } = options;
    const initial: number = options[key] ?? start;
    if (!requireLearning(at, options) || !requirePer(at, per) || !requireFinite(at, key, initial)) return node;
    const name = partNames(build, call, options.name)(key);
    const dims = per === "unit" ? exampleDims(node) : [];
    const declared = { role: "bias", regularize, trainable, rate } as const;
    return body(node, declareParameter(build, name, dims, constant(initial), declared));
  });
}

const requirePer = (at: Call, per: unknown): boolean =>
  requireThat(per === "layer" || per === "unit", at, "per", '"layer" or "unit"', per);

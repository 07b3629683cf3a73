/** Activations that learn their own shape: each call has a parameter, shared by the layer or one for each unit. */

import type { Node } from "../../graph/node.ts";
import * as ops from "../../ops/index.ts";
import type { Regularizer } from "../build.ts";
import { constant } from "../initializers.ts";
import { type LearningOptions, learning, name, regularizer } from "../learning.ts";
import { operateInForward } from "../operate.ts";
import { choice, type Declared, finite, type Settled, settle } from "../options.ts";
import { declareParameter, partNames } from "../parameters.ts";
import { type Call, callOf } from "../settings.ts";
import type { Shape } from "../shapes.ts";
import { exampleDims, type Tensor } from "../tensor.ts";

export interface LearnableOptions extends LearningOptions {
  /** One parameter for the whole layer, or one for each element of an example; "layer" unless said. */
  readonly per?: "layer" | "unit";
  /** The parameter's regulariser. It has none unless said: the model's leaves it out, as it does a bias. */
  readonly regularize?: Regularizer | false;
  /** The layer's name, in place of the one from the binding. */
  readonly name?: string;
}

const learnable = {
  per: choice("layer", "unit").or("layer"),
  regularize: regularizer,
  ...learning,
  name,
} satisfies Declared<LearnableOptions>;

export interface PreluOptions extends LearnableOptions {
  /** What the slope starts from; 0.25 unless said. */
  readonly slope?: number;
}
const preluOptions = { slope: finite.or(0.25), ...learnable } satisfies Declared<PreluOptions>;

export interface SwishOptions extends LearnableOptions {
  /** What beta starts from; 1 unless said. */
  readonly beta?: number;
}
const swishOptions = { beta: finite.or(1), ...learnable } satisfies Declared<SwishOptions>;

/**
 * x where x > 0, else slope x, with a slope that is learned: d y / d slope = min(x, 0). Parameter: <binding>.slope, of
 * shape [] per layer, of x's own per unit. (Keras has one per unit; PyTorch one per layer, or per channel.)
 * Throws attribute/range unless the initial slope is finite.
 * Source: He et al. 2015, "Delving deep into rectifiers", which advises against a penalty on the slope.
 */
export function prelu<D extends Shape, R extends boolean>(x: Tensor<D, R>, options: PreluOptions = {}): Tensor<D, R> {
  const call = callOf("prelu");
  const { slope: start, ...settings } = settle(call, preluOptions, options);
  return withParameter(call, x, { part: "slope", start, ...settings }, (node, slope) =>
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
  const call = callOf("swish");
  const { beta: start, ...settings } = settle(call, swishOptions, options);
  return withParameter(call, x, { part: "beta", start, ...settings }, (node, beta) =>
    ops.mul(node, ops.sigmoid(ops.mul(beta, node))),
  );
}

/** The one parameter: what it is called, and what it starts from. */
type Learned = Settled<typeof learnable> & { readonly part: string; readonly start: number };

/** Declares the parameter and applies `body` to x and it. */
const withParameter = <V>(
  call: Call,
  x: unknown,
  { part, start, per, name: given, ...declared }: Learned,
  body: (x: Node, parameter: Node) => Node,
): V =>
  operateInForward(call, x, (node, build) => {
    const own = partNames(build, call.op, given)(part);
    const dims = per === "unit" ? exampleDims(node) : [];
    return body(node, declareParameter(build, own, dims, constant(start), { role: "bias", ...declared }));
  });

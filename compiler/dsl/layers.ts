/** Layers: parameters and what they do to a value. */
import { badAttribute } from "../diagnostics.ts";
import type { Node } from "../graph/node.ts";
import { add, matmul } from "../ops/index.ts";
import type { Build, Regularizer } from "./build.ts";
import { glorotUniform, type Initializer, zeros } from "./initializers.ts";
import { initializer, type LearningOptions, learning, name, regularizer } from "./learning.ts";
import { operateInForward, refuseUnlessVector } from "./operate.ts";
import { type Declared as DeclaredOptions, flag, type Settled, settle } from "./options.ts";
import { type Declared, declareParameter, layerNames } from "./parameters.ts";
import { callOf, isPositiveInteger } from "./settings.ts";
import type { IsVector, Shape } from "./shapes.ts";
import { refuse, type Tensor } from "./tensor.ts";

export interface DenseOptions extends LearningOptions {
  /** Whether a bias is added; true unless said. */
  readonly bias?: boolean;
  /** How the weight starts; glorotUniform unless said. heNormal suits relu. */
  readonly weight?: Initializer;
  /** How the bias starts; zeros unless said. */
  readonly biasInit?: Initializer;
  /** The weight's regulariser, in place of the model's; false for none. The bias has none. */
  readonly regularize?: Regularizer | false;
  /** The layer's name, in place of the one from the binding. */
  readonly name?: string;
}

/** Of a layer with a weight and a bias. */
export const weightAndBias = {
  bias: flag.or(true),
  weight: initializer.or(glorotUniform()),
  biasInit: initializer.or(zeros()),
  regularize: regularizer,
  ...learning,
  name,
} satisfies DeclaredOptions<DenseOptions>;

/**
 * A fully connected layer: y = x W + b. Shapes: x [K] -> y [units], W [K, units], b [units].
 * Parameters: <binding>.weight, <binding>.bias; dense1, dense2... without a binding.
 * Throws shape/rank where x is not one vector a row, attribute/range where units is not an integer above 0.
 */
export function dense<D extends Shape, U extends number>(
  x: Tensor<D> & IsVector<D>,
  units: U,
  options: DenseOptions = {},
): Tensor<[U]> {
  const call = callOf("dense");
  const settings = settle(call, weightAndBias, options);
  return operateInForward(call, x, (node, build) => {
    if (!isPositiveInteger(units)) return refuse(badAttribute(call, "units", "an integer above 0", units));
    return refuseUnlessVector("dense", node) ?? affineRows(build, node, units, settings);
  });
}

function affineRows(build: Build, x: Node, units: number, settings: Settled<typeof weightAndBias>): Node {
  const declare = partsOf(build, "dense", settings);
  const product = matmul(x, declare.weight([x.type.dims[1] as number, units]));
  return settings.bias ? add(product, declare.bias([units])) : product;
}

/** How the weight and the bias of a layer are declared. */
export function partsOf(build: Build, kind: string, settings: Settled<typeof weightAndBias>) {
  const { weight, biasInit, regularize, trainable, rate } = settings;
  const nameOf = layerNames(build, kind, settings.name);
  const declare = (part: string, dims: readonly number[], initial: Initializer, declared: Declared): Node =>
    declareParameter(build, nameOf(part), dims, initial, { trainable, rate, ...declared });
  return {
    weight: (dims: readonly number[]) => declare("weight", dims, weight, { role: "weight", regularize }),
    bias: (dims: readonly number[]) => declare("bias", dims, biasInit, { role: "bias" }),
  };
}

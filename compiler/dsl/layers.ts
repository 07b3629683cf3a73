/** Layers: parameters and what they do to a value. */
import { badAttribute, outsideForward } from "../diagnostics.ts";
import type { Node } from "../graph/node.ts";
import { add, matmul } from "../ops/index.ts";
import type { Regularizer } from "./build.ts";
import { type Build, currentBuild } from "./build.ts";
import { glorotUniform, type Initializer, zeros } from "./initializers.ts";
import { operate, refuseUnlessVector } from "./operate.ts";
import {
  type Declared,
  declareParameter,
  type LearningOptions,
  layerNames,
  learningKeys,
  requireLearning,
} from "./parameters.ts";
import { callOf, isPositiveInteger, requireKnownKeys } from "./settings.ts";
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

const denseOptions: readonly (keyof DenseOptions)[] = [
  ...(["bias", "weight", "biasInit", "regularize", ...learningKeys, "name"] as const),
];

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
  requireKnownKeys(call, options, denseOptions);
  requireLearning(call, options);
  return operate("dense", x, (node) => {
    const build = currentBuild();
    if (build === undefined) return refuse(outsideForward(call));
    if (!isPositiveInteger(units)) return refuse(badAttribute(call, "units", "an integer above 0", units));
    return refuseUnlessVector("dense", node) ?? affineRows(build, node, units, options);
  });
}

function affineRows(build: Build, x: Node, units: number, options: DenseOptions): Node {
  const { bias = true, weight = glorotUniform(), biasInit = zeros(), regularize, trainable, rate } = options;
  const nameOf = layerNames(build, "dense", options.name);
  const declare = (name: string, dims: number[], initializer: Initializer, declared: Declared) =>
    declareParameter(build, nameOf(name), dims, initializer, { trainable, rate, ...declared });
  const inputs = x.type.dims[1] as number;
  const product = matmul(x, declare("weight", [inputs, units], weight, { role: "weight", regularize }));
  return bias ? add(product, declare("bias", [units], biasInit, { role: "bias" })) : product;
}

/** The public functions of a model file: `import { model, dense, relu, ... } from "nabla"`. */
export * from "./activations.ts";
export { batchMean, batchSum, max, mean, reshape, sum, transpose } from "./axes.ts";
export { and, equal, greater, greaterEqual, less, lessEqual, not, notEqual, or, where } from "./choose.ts";
export { dropout } from "./dropout.ts";
export { elementwise } from "./elementwise.ts";
export {
  constant,
  glorotNormal,
  glorotUniform,
  heNormal,
  heUniform,
  type Initializer,
  normal,
  ones,
  uniformInit,
  zeros,
} from "./initializers.ts";
export { type DenseOptions, dense } from "./layers.ts";
export { matmul } from "./linear.ts";
export * from "./losses.ts";
export * from "./math.ts";
export { type ClassTarget, classes, type Model, type ModelSpec, model } from "./model.ts";
export { type BatchNormOptions, batchNorm, layerNorm, type NormOptions } from "./normalization.ts";
export { type AdamOptions, adam, momentum, type Optimizer, type SharedState, sgd } from "./optimizers.ts";
export { type ParameterOptions, parameter } from "./parameters.ts";
export { minMax, standardize } from "./preparation.ts";
export { l1, l2, type Regularizer } from "./regularizers.ts";
export type { Shape } from "./shapes.ts";
export type { Labels, Mask, Parameter, Scalar, Tensor } from "./tensor.ts";

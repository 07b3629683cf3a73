/** The public functions of a model file: `import { model, dense, relu, ... } from "nabla"`. */
export * from "./activations.ts";
export { batchMean, batchSum, max, mean, min, prod, reshape, sum, transpose } from "./axes.ts";
export type { Regularizer } from "./build.ts";
export { cast, type EmbeddingOptions, embedding, gather, oneHot } from "./categories.ts";
export { and, equal, greater, greaterEqual, less, lessEqual, not, notEqual, or, where } from "./choose.ts";
export { type Conv2dOptions, conv2d } from "./convolution.ts";
export { dropout } from "./dropout.ts";
export { elementwise } from "./elementwise.ts";
export { grad } from "./grad.ts";
export * from "./initializers.ts";
export { concat, pad, slice } from "./joining.ts";
export { labelled } from "./labelled.ts";
export { type DenseOptions, dense } from "./layers.ts";
export { matmul } from "./linear.ts";
export * from "./losses.ts";
export * from "./math.ts";
export { type ClassField, classes, type Model, type ModelSpec, model } from "./model.ts";
export { type BatchNormOptions, batchNorm, layerNorm, type NormOptions } from "./normalization.ts";
export * from "./optimizers.ts";
export { type ParameterOptions, parameter } from "./parameters.ts";
export { argmax, argmin, discretize, type PlaceAlong } from "./places.ts";
export {
  averagePool1d,
  averagePool2d,
  maxPool1d,
  maxPool2d,
  type Pool1d,
  type Pool2d,
  type PoolOptions,
} from "./pooling.ts";
export { minMax, standardize } from "./preparation.ts";
export { l1, l2 } from "./regularizers.ts";
export { type Carried, type Elements, type Scanned, type ScanOptions, scan } from "./scan.ts";
export * from "./schedules.ts";
export type { Shape } from "./shapes.ts";
export type { Labels, Mask, Parameter, Scalar, Tensor } from "./tensor.ts";
export type { Pair, WindowOptions } from "./window.ts";

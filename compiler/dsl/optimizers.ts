/**
 * Optimisers: how a step moves each parameter along its gradient. All take a rate or a schedule, a clip and a weight decay.
 *
 *   optimizer: adam({ rate: 1e-3 })       states adam.m.hidden.weight, adam.v.hidden.weight, ..., adam.c1, adam.c2
 *   optimizer: momentum({ rate: cosine({ from: 0.1, steps: 5000 }), nesterov: true, clip: { norm: 1 } })
 */
export type { Clip } from "./clipping.ts";
export * from "./optimizers/adadelta.ts";
export * from "./optimizers/adagrad.ts";
export { type AdamOptions, adam, adamW } from "./optimizers/adam.ts";
export * from "./optimizers/lion.ts";
export * from "./optimizers/nadam.ts";
export type { Optimizer, OptimizerOptions, SharedState } from "./optimizers/optimizer.ts";
export * from "./optimizers/rmsprop.ts";
export * from "./optimizers/sgd.ts";

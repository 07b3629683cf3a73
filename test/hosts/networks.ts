/**
 * Networks that between them use every kind of op, so that their trained bits say something about a host: each activation
 * with a helper of its own, random numbers (dropout), batch statistics, every family of optimiser and schedule.
 */
import * as nabla from "../../compiler/dsl/index.ts";
import {
  adadelta,
  adagrad,
  adam,
  adamW,
  classes,
  dense,
  lion,
  model,
  momentum,
  nadam,
  rmsprop,
  sgd,
} from "../../compiler/dsl/index.ts";

const shape = { inputs: { x: [6] }, batch: 16, seed: 3 } as const;
const label = { targets: { t: classes(3) } } as const;

export const networks = {
  "tanh, sgd": model({
    ...shape,
    ...label,
    forward: ({ x }) => ({ y: dense(nabla.tanh(dense(x, 16)), 3) }),
    loss: ({ y }, { t }) => nabla.softmaxCrossEntropy(y, t),
    optimizer: sgd({ rate: 0.1 }),
  }),
  "relu, dropout, adam": model({
    ...shape,
    ...label,
    forward: ({ x }) => ({ y: dense(nabla.dropout(nabla.relu(dense(x, 33)), 0.4), 3) }),
    loss: ({ y }, { t }) => nabla.softmaxCrossEntropy(y, t),
    regularize: nabla.l2(1e-3),
    optimizer: adam({ rate: 0.01 }),
  }),
  "batch norm, rmsprop": model({
    ...shape,
    ...label,
    forward: ({ x }) => ({ y: dense(nabla.relu(nabla.batchNorm(dense(x, 12))), 3) }),
    loss: ({ y }, { t }) => nabla.softmaxCrossEntropy(y, t),
    optimizer: rmsprop({ rate: 0.01 }),
  }),
  "layer norm, gelu, adamw, cosine": model({
    ...shape,
    ...label,
    forward: ({ x }) => ({ y: dense(nabla.gelu(nabla.layerNorm(dense(x, 20))), 3) }),
    loss: ({ y }, { t }) => nabla.softmaxCrossEntropy(y, t),
    optimizer: adamW({ rate: nabla.cosine({ from: 0.01, steps: 200, warmup: 10 }) }),
  }),
  "prelu, swish, nadam": model({
    ...shape,
    targets: { t: [2] },
    forward: ({ x }) => ({ y: dense(nabla.swish(dense(nabla.prelu(dense(x, 10)), 9)), 2) }),
    loss: ({ y }, { t }) => nabla.meanSquaredError(y, t),
    optimizer: nadam({ rate: 0.01 }),
  }),
  "mish, softplus, adagrad, clipping": model({
    ...shape,
    targets: { t: [4] },
    forward: ({ x }) => ({ y: dense(nabla.softplus(dense(nabla.mish(dense(x, 8)), 8)), 4) }),
    loss: ({ y }, { t }) => nabla.huber(y, t),
    optimizer: adagrad({ rate: 0.05, clip: { norm: 1 } }),
  }),
  "selu, l1, lion": model({
    ...shape,
    targets: { t: [5] },
    forward: ({ x }) => ({ y: dense(nabla.selu(dense(x, 16)), 5) }),
    loss: ({ y }, { t }) => nabla.sigmoidCrossEntropy(y, t),
    regularize: nabla.l1(1e-3),
    optimizer: lion({ rate: 0.001 }),
  }),
  "sin, exp, adadelta": model({
    ...shape,
    targets: { t: [1] },
    forward: ({ x }) => ({ y: dense(nabla.sin(dense(nabla.sigmoid(dense(x, 7)), 7)), 1) }),
    loss: ({ y }, { t }) => nabla.meanAbsoluteError(y, t),
    optimizer: adadelta({ rate: 1 }),
  }),
  "elu, momentum, one-cycle": model({
    ...shape,
    ...label,
    forward: ({ x }) => ({ y: dense(nabla.elu(dense(x, 17)), 3) }),
    loss: ({ y }, { t }) => nabla.softmaxCrossEntropy(y, t, { labelSmoothing: 0.1 }),
    optimizer: momentum({ momentum: 0.9, rate: nabla.oneCycle({ peak: 0.1, steps: 200 }) }),
  }),
};

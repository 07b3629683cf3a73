/** Every export of "nabla", used as a strict project uses it; test/package checks that none is missing. */
import * as n from "nabla";

declare const x: n.Tensor<[8]>;
declare const image: n.Tensor<[6, 6, 2]>;
declare const w: n.Parameter<[8, 3]>;
declare const labels: n.Labels<3>;
declare const words: n.Labels<5, [2]>;
declare const query: n.Tensor<[5, 4]>;
declare const keys: n.Tensor<[5, 4]>;
declare const values: n.Tensor<[5, 6]>;
declare const unknownShape: n.Tensor<number[]>;

export const products = {
  shared: n.matmul(x, w) satisfies n.Tensor<[3]>,
  parameters: n.matmul(n.transpose(w), w) satisfies n.Tensor<[3, 3], false>,
  attention: n.matmul(n.softmax(n.matmul(query, n.transpose(keys))), values) satisfies n.Tensor<[5, 6]>,
  heads: n.matmul(n.reshape(query, [2, 5, 2]), n.reshape(keys, [2, 2, 5])) satisfies n.Tensor<[2, 5, 5]>,
  unknown: n.matmul(unknownShape, unknownShape) satisfies n.Tensor,
};
// @ts-expect-error inner extents differ
n.matmul(query, values);
// @ts-expect-error leading extents differ
n.matmul(n.reshape(query, [2, 5, 2]), n.reshape(keys, [5, 2, 2]));
// @ts-expect-error a row with a matrix of its own
n.matmul(x, query);

const kernel: n.Pair = [3, 3];
const convolution: n.Conv2dOptions = { kernel, stride: 2 };
const window: n.WindowOptions<n.Pair> = { kernel, padding: [1, 1] };
const pooled: n.PoolOptions<n.Pair> = { ...window, stride: kernel };
const regularizer: n.Regularizer = n.l2(1e-4);
const clipped: n.Clip = { norm: 1 };
const backwards: n.ScanOptions = { backwards: true };
const scanned: n.Scanned<[4]> = n.scan([4], query, (h, letter) => n.tanh(n.add(h, letter)), backwards);
const carried: n.Carried = { h: [4], c: [4] };
export const layers = {
  dense: n.dense(x, 16, { bias: false, regularize: n.l1(1e-4) } satisfies n.DenseOptions) satisfies n.Tensor<[16]>,
  conv2d: n.conv2d(image, 4, convolution),
  dropout: n.dropout(x, 0.5),
  parameter: n.parameter([8], n.zeros(), { regularize: regularizer } satisfies n.ParameterOptions),
  batchNorm: n.batchNorm(x, { momentum: 0.9 } satisfies n.BatchNormOptions),
  layerNorm: n.layerNorm(x, { epsilon: 1e-5 } satisfies n.NormOptions),
  maxPool: [n.maxPool1d satisfies n.Pool1d, n.averagePool1d].map((pool) => pool(query, { kernel: 2 })),
  averagePool: [n.averagePool2d satisfies n.Pool2d, n.maxPool2d].map((pool) => pool(image, pooled)),
  prepared: [n.standardize(x), n.minMax(x)],
  oneHot: n.oneHot(labels) satisfies n.Tensor<[3]>,
  last: scanned.last satisfies n.Tensor<[4]>,
  several: n.scan({ h: [4], c: [4] }, query, ({ h, c }) => ({ h: c, c: h })).h.each satisfies n.Tensor<[number, 4]>,
  read: n.scan([4], words satisfies n.Elements, (h, word) => n.add(h, n.embedding(word, 4))),
  any: n.scan(carried, query, (values) => values as never),
  embedding: n.embedding(words, 4, { name: "words" } satisfies n.EmbeddingOptions) satisfies n.Tensor<[2, 4]>,
  labelled: n.labelled("MatMul of net.onnx", () => n.matmul(x, w), "scores") satisfies n.Tensor<[3]>,
  gather: n.gather(w, words) satisfies n.Tensor<[2, 3]>,
};

const small: n.Mask<[8]> = n.less(x, 1);
export const chosen: n.Tensor<[8]> = n.where(n.and(small, n.not(n.greater(x, 0))), x, 0);
export const masks: n.Mask<[8]>[] = [
  n.equal(x, 0),
  n.notEqual(x, 0),
  n.lessEqual(x, 1),
  n.greaterEqual(x, 1),
  n.or(small, small),
];

const soft: n.AlongLast[] = [n.softmax, n.logSoftmax];
const unary: n.Unary[] = [
  n.neg,
  n.abs,
  n.square,
  n.exp,
  n.log,
  n.expm1,
  n.log1p,
  n.sqrt,
  n.sin,
  n.cos,
  n.erf,
  n.stopGradient,
];
const activations: n.Unary[] = [
  n.identity,
  n.relu,
  n.selu,
  n.sigmoid,
  n.tanh,
  n.softplus,
  n.logSigmoid,
  n.silu,
  n.mish,
  n.hardSigmoid,
  n.hardSwish,
];
export const applied = [...soft, ...unary, ...activations].map((fn) => fn(x));
const binary: n.Binary[] = [n.add, n.sub, n.mul, n.div, n.pow, n.minimum, n.maximum];
export const combined: n.Tensor<[8]>[] = binary.map((fn) => fn(fn(x, 2), x));
const learnable: n.LearnableOptions = { rate: 0.1 };
export const learnt = [
  n.leakyRelu(x, 0.1),
  n.elu(x),
  n.gelu(x, { approximate: "tanh" } as n.GeluOptions),
  n.prelu(x, { ...learnable } satisfies n.PreluOptions),
  n.swish(x, { ...learnable } satisfies n.SwishOptions),
];
const scaled = n.elementwise((a: number, b: number) => a * b);
export const elementwise: n.Tensor<[8]> = scaled(x, 2);

const shape: n.Shape = [2, 4];
export const shaped = {
  sum: n.sum(image, [0, 1]) satisfies n.Tensor<[2]>,
  max: n.max(image, -1, { keep: true }) satisfies n.Tensor<[6, 6, 1]>,
  min: n.min(image, [0]) satisfies n.Tensor<[6, 2]>,
  prod: n.prod(image, -1) satisfies n.Tensor<[6, 6]>,
  argmax: n.argmax(image, -1) satisfies n.Labels<2, [6, 6]>,
  cast: n.cast(n.argmax(image, -1)) satisfies n.Tensor<[6, 6]>,
  discretize: n.discretize(image, 12) satisfies n.Labels<12, [6, 6, 2]>,
  argmin: n.argmin(image, 0) satisfies n.Labels<6, [6, 2]>,
  place: (n.argmax satisfies n.PlaceAlong)(x) satisfies n.Labels<8>,
  mean: n.mean(x) satisfies n.Tensor<[]>,
  reshape: n.reshape(x, shape),
  concat: n.concat([x, x]) satisfies n.Tensor<[number]>,
  slice: n.slice(image, -1, 0, 1) satisfies n.Tensor<[number, number, number]>,
  pad: n.pad(x, 0, 1, 2, -1) satisfies n.Tensor<[number]>,
  transpose: n.transpose(image, [2, 0, 1]) satisfies n.Tensor<[2, 6, 6]>,
  batch: [n.batchMean(x), n.batchSum(x)] satisfies n.Scalar[],
  grad: n.grad(n.mean(n.square(x)), x) satisfies n.Tensor<[8]>,
};

const initializers: n.Initializer[] = [
  n.zeros(),
  n.ones(),
  n.constant(1),
  n.normal(1),
  n.truncatedNormal(1),
  n.uniformInit(-1, 1),
  n.orthogonal(),
  n.glorotUniform(),
  n.glorotNormal(),
  n.heUniform(),
  n.heNormal(),
  n.lecunUniform(),
  n.lecunNormal(),
];
export const parameters = initializers.map((initializer) => n.parameter([2, 2], initializer));

const plateauOptions: n.PlateauOptions = { from: 0.1, patience: 3 };
const falling: n.Plateau = n.plateau(plateauOptions);
const decay: n.DecayOptions = { from: 0.1, factor: 0.5, every: 100 };
const schedules: n.Schedule[] = [
  falling,
  n.stepDecay(decay),
  n.exponential(decay),
  n.inverseTime({ from: 0.1, every: 10 } satisfies n.InverseTimeOptions),
  n.cosine({ from: 0.1, steps: 100 } satisfies n.CosineOptions),
  n.oneCycle({ peak: 0.1, steps: 100 } satisfies n.OneCycleOptions),
];
const rates: n.Rate[] = [0.1, ...schedules];
const common: n.OptimizerOptions = { rate: 0.1, clip: clipped };
export const shared: readonly n.SharedState[] = Object.values(n.adam().shared);
export const optimizers: n.Optimizer[] = rates.flatMap((rate) => [
  n.sgd({ rate } satisfies n.SgdOptions),
  n.momentum({ rate, nesterov: true } satisfies n.MomentumOptions),
  n.adam({ rate } satisfies n.AdamOptions),
  n.adamW({ ...common, weightDecay: 0.1 }),
  n.nadam({ rate }),
  n.lion({ rate } satisfies n.LionOptions),
  n.rmsprop({ rate } satisfies n.RmspropOptions),
  n.adagrad({ rate } satisfies n.AdagradOptions),
  n.adadelta({ rho: 0.9 } satisfies n.AdadeltaOptions),
]);

const kinds: n.ClassField<3> = n.classes(3);
export const several: n.ClassField<5, [2]> = n.classes(5, [2]);
export const net = n.model({
  inputs: { x: [8], colour: n.classes(4) },
  targets: { kind: kinds, size: [1], marks: [3] },
  batch: 4,
  forward(inputs) {
    const hidden = n.add(n.dense(inputs.x, 3), n.dense(n.oneHot(inputs.colour), 3));
    return { logits: hidden, size: n.dense(hidden, 1) };
  },
  loss({ logits, size }, targets) {
    const smoothed: n.CrossEntropyOptions = { labelSmoothing: 0.1 };
    const terms = [
      n.softmaxCrossEntropy(logits, targets.kind, smoothed),
      n.sigmoidCrossEntropy(logits, targets.marks),
      n.meanAbsoluteError(size, targets.size),
      n.huber(size, targets.size),
    ];
    return terms.reduce((a, b) => n.add(a, b), n.meanSquaredError(size, targets.size));
  },
  optimizer: n.adam({ rate: 0.01 }),
});
export const same: n.Model = net;
export const spec: Partial<n.ModelSpec<{ x: [8] }, { kind: n.ClassField<3> }, { y: n.Tensor<[3]> }>> = { batch: 4 };

/** Numbers that f32 cannot hold are refused where the model is built, by name and place; f64 holds them all. */
import * as nabla from "nabla";
import { describe, expect, test } from "vitest";
import { buildProgram } from "../../compiler/program/program.ts";
import { bound, errorsOf } from "./support.ts";

type Hidden = nabla.Tensor<[3]>;
interface Parts {
  readonly optimizer?: () => nabla.Optimizer;
  readonly regularize?: () => nabla.Regularizer;
  readonly hidden?: (x: Hidden) => Hidden;
  readonly loss?: (y: Hidden, t: Hidden, label: nabla.Labels<3>) => nabla.Scalar;
}

const { adam, sgd } = nabla;

/** A model whose parts stand on lines of their own: the optimiser on 3, the regulariser on 4, forward on 5, the loss on 6. */
const modelOf = ({ optimizer = () => sgd({ rate: 0.1 }), regularize, hidden = (x) => x, loss }: Parts) =>
  nabla.model({
    inputs: { x: [3] },
    targets: { t: [3], label: nabla.classes(3) },
    batch: 2,
    optimizer: bound(undefined, optimizer, 3),
    ...(regularize && { regularize: bound(undefined, regularize, 4) }),
    forward: ({ x }) => ({
      y: nabla.dense(
        bound(undefined, () => hidden(x), 5),
        3,
      ),
    }),
    loss: ({ y }, { t, label }) =>
      bound(
        undefined,
        () =>
          nabla.add(
            loss ? loss(y, t, label) : nabla.meanSquaredError(y, t),
            nabla.mul(0, nabla.add(nabla.meanSquaredError(y, t), nabla.softmaxCrossEntropy(y, label))),
          ),
        6,
      ),
  });

const refused = (parts: Parts): string => errorsOf(() => buildProgram(modelOf(parts), { dtype: "f32" }));

test("a rate of 1e-46: place, name, what f32 holds, what it would make of it", () => {
  expect(refused({ optimizer: () => adam({ rate: 1e-46 }) })).toMatchInlineSnapshot(`
    "model.ts:3:3 attribute/range
      adam: rate is out of range
        expected  rate: 0, or a size from 1.4e-45 to 3.4e38, as f32 holds it
        got       1e-46, which f32 rounds to 0"
  `);
});

const tooSmall = 1e-46;
const tooLarge = 1e39;
const optimizers: [string, () => nabla.Optimizer][] = [
  ["sgd: rate", () => sgd({ rate: tooLarge })],
  ["sgd: weightDecay", () => sgd({ rate: 1, weightDecay: tooSmall })],
  ["sgd: rate * weightDecay", () => sgd({ rate: 1e-30, weightDecay: 1e-20 })],
  ["sgd: rate * weightDecay", () => sgd({ rate: nabla.cosine({ from: 1e-30, steps: 10 }), weightDecay: 1e-20 })],
  ["adam: rate * weightDecay", () => adam({ rate: nabla.plateau({ from: 1e30 }), weightDecay: 1e20 })],
  ["sgd.clip: norm", () => sgd({ rate: 1, clip: { norm: tooLarge } })],
  ["sgd.clip: value", () => sgd({ rate: 1, clip: { value: tooSmall } })],
  ["momentum: momentum", () => nabla.momentum({ rate: 1, momentum: 1 - 1e-9 })],
  ["adam: beta1", () => adam({ beta1: tooSmall })],
  ["adam: beta2", () => adam({ beta2: 1 - 1e-9 })],
  ["adamW: epsilon", () => nabla.adamW({ epsilon: tooSmall })],
  ["nadam: beta2", () => nabla.nadam({ beta2: 1 - 1e-8 })],
  ["lion: beta1", () => nabla.lion({ beta1: 1 - 1e-8 })],
  ["rmsprop: rho", () => nabla.rmsprop({ rho: 1 - 1e-8 })],
  ["adadelta: rho", () => nabla.adadelta({ rho: 1 - 1e-8 })],
  ["adagrad: start", () => nabla.adagrad({ start: tooLarge })],
  ["cosine: from", () => sgd({ rate: nabla.cosine({ from: tooSmall, steps: 10 }) })],
  ["cosine: to", () => sgd({ rate: nabla.cosine({ from: 1, to: tooSmall, steps: 10 }) })],
  ["cosine: from / (warmup + 1)", () => sgd({ rate: nabla.cosine({ from: 1e-44, steps: 900, warmup: 100 }) })],
  ["oneCycle: from", () => sgd({ rate: nabla.oneCycle({ peak: 1e-44, to: 0, steps: 10 }) })],
  ["stepDecay: factor", () => sgd({ rate: nabla.stepDecay({ from: 1, factor: 1 - 1e-9, every: 1 }) })],
  ["exponential: factor", () => sgd({ rate: nabla.exponential({ from: 1, factor: tooSmall, every: 1 }) })],
  ["inverseTime: every", () => sgd({ rate: nabla.inverseTime({ from: 1, every: tooLarge }) })],
  ["plateau: least", () => sgd({ rate: nabla.plateau({ from: 1, least: tooSmall }) })],
];

const layers: [string, (x: Hidden) => Hidden][] = [
  ["dropout: p", (x) => nabla.dropout(x, 1 - 1e-9)],
  ["leakyRelu: alpha", (x) => nabla.leakyRelu(x, tooSmall)],
  ["elu: alpha", (x) => nabla.elu(x, tooLarge)],
  ["prelu: slope", (x) => nabla.prelu(x, { slope: tooSmall })],
  ["swish: beta", (x) => nabla.swish(x, { beta: tooLarge })],
  ["batchNorm: epsilon", (x) => nabla.batchNorm(x, { epsilon: tooSmall })],
  ["batchNorm: momentum", (x) => nabla.batchNorm(x, { momentum: 1 - 1e-9 })],
  ["layerNorm: epsilon", (x) => nabla.layerNorm(x, { epsilon: tooSmall })],
  ["dense: rate", (x) => nabla.dense(x, 3, { rate: tooSmall })],
  ["l2: lambda", (x) => nabla.dense(x, 3, { regularize: nabla.l2(tooSmall) })],
  ["constant: value", (x) => nabla.mul(x, nabla.parameter([3], nabla.constant(tooLarge)))],
  ["normal: std", (x) => nabla.mul(x, nabla.parameter([3], nabla.normal(tooSmall)))],
  ["uniformInit: high - low", (x) => nabla.mul(x, nabla.parameter([3], nabla.uniformInit(-3e38, 3e38)))],
  ["mul: a number", (x) => nabla.mul(x, tooSmall)],
  ["where: a number", (x) => nabla.where(nabla.greater(x, 0), x, -tooLarge)],
  ["elementwise: a number", (x) => guarded(x)],
];

const guarded = nabla.elementwise((x: number) => Math.log(Math.abs(x) + 1e-300));

const losses: [string, NonNullable<Parts["loss"]>][] = [
  ["huber: delta", (y, t) => nabla.huber(y, t, tooSmall)],
  [
    "softmaxCrossEntropy: labelSmoothing",
    (y, _t, label) => nabla.softmaxCrossEntropy(y, label, { labelSmoothing: 1e-46 }),
  ],
  [
    "softmaxCrossEntropy: labelSmoothing / 3",
    (y, _t, label) => nabla.softmaxCrossEntropy(y, label, { labelSmoothing: 1.5e-45 }),
  ],
  [
    "softmaxCrossEntropy: classWeights[1]",
    (y, _t, label) => nabla.softmaxCrossEntropy(y, label, { classWeights: [1, tooSmall, 1] }),
  ],
];

const all: [string, number, Parts][] = [
  ...optimizers.map(([name, optimizer]): [string, number, Parts] => [name, 3, { optimizer }]),
  [
    "sgd: the rate of h.weight",
    3,
    {
      optimizer: () => sgd({ rate: nabla.oneCycle({ peak: 1e-20, from: 1e-21, to: 0, steps: 10 }) }),
      hidden: (x) => nabla.dense(x, 3, { name: "h", bias: false, rate: 1e-30 }),
    },
  ],
  ["l1: lambda", 4, { regularize: () => nabla.l1(tooSmall) }],
  ...layers.map(([name, hidden]): [string, number, Parts] => [name, 5, { hidden }]),
  ...losses.map(([name, loss]): [string, number, Parts] => [name, 6, { loss }]),
];

describe("each setting", () => {
  test.each(all)("%s", (name, line, parts) => {
    const message = refused(parts);
    expect(message).toContain(`model.ts:${line}:3 attribute/range`);
    expect(message).toContain(`${name} is out of range`);
    expect(message.match(/is out of range/g)).toHaveLength(1);
    expect(() => buildProgram(modelOf(parts), { dtype: "f64" })).not.toThrow();
  });
});

test("what keeps its meaning is taken: subnormal numbers, infinities beside tensors, plateau's threshold, which the driver reads", () => {
  const rate = nabla.plateau({ from: 1e-40, threshold: 1e-60 });
  const hidden = (x: Hidden) => nabla.where(nabla.greater(x, 1e-44), x, Number.NEGATIVE_INFINITY);
  expect(() => buildProgram(modelOf({ optimizer: () => sgd({ rate }), hidden }), { dtype: "f32" })).not.toThrow();
});

/** The activations, each on a grid of points, and each inside the same small network. */
import {
  adam,
  add,
  batchSum,
  dense,
  elu,
  gelu,
  hardSigmoid,
  hardSwish,
  identity,
  leakyRelu,
  logSigmoid,
  meanSquaredError,
  mish,
  model,
  parameter,
  prelu,
  relu,
  type Scalar,
  selu,
  sgd,
  sigmoid,
  silu,
  softplus,
  swish,
  type Tensor,
  tanh,
  zeros,
} from "nabla";

type Activation = (x: Tensor<[number]>) => Tensor<[number]>;

/** prelu as it starts, with slope 0.25; swish from beta 2, as with 1 it starts as silu. */
export const activations: Record<string, Activation> = {
  identity,
  relu,
  leakyRelu: (x) => leakyRelu(x, 0.1),
  prelu: (x) => prelu(x),
  elu: (x) => elu(x),
  selu,
  softplus,
  sigmoid,
  hardSigmoid,
  logSigmoid,
  tanh,
  silu,
  swish: (x) => swish(x, { beta: 2 }),
  hardSwish,
  gelu: (x) => gelu(x),
  mish,
};

/**
 * Every activation at `count` points, each with points of its own. The points are parameters and the loss is the sum
 * of all values, so that its gradient is the derivative at each point: one step of rate 1 takes it off the points.
 */
export const profile = (count: number) =>
  model({
    inputs: { shift: [1] },
    targets: {},
    batch: 1,
    forward({ shift }) {
      const outputs: Record<string, Tensor<[number]>> = {};
      for (const [name, activation] of Object.entries(activations)) {
        const at = parameter([count], zeros(), { name });
        outputs[name] = activation(add(at, shift));
      }
      return outputs;
    },
    loss: (outputs) =>
      Object.values(outputs)
        .map((y) => batchSum(y))
        .reduce((a, b) => add(a, b) as Scalar),
    optimizer: sgd({ rate: 1 }),
  });

/** 2-16-16-1 with the activation of that name in both hidden layers. */
export const withActivation = (name: string) =>
  model({
    inputs: { point: [2] },
    targets: { height: [1] },
    batch: 32,
    budget: { wasm: 4_500, memory: 65_536, flops: 800 },
    forward({ point }) {
      const first = activations[name]!(dense(point, 16));
      const second = activations[name]!(dense(first, 16));
      return { y: dense(second, 1) };
    },
    loss: ({ y }, { height }) => meanSquaredError(y, height),
    optimizer: adam({ rate: 0.01 }),
  });

export default withActivation("tanh");

/**
 * The networks of the page: each choice of its menus becomes a model.
 *
 *   modelOf({ task: "plane", network: "one", activation: "tanh", optimizer: "sgd" })   ->   2-8-1 with tanh
 *
 * The rate is the schedule `plateau` from 1: its state plateau.factor is then the rate itself, which the page sets between steps.
 */
import {
  adam,
  classes,
  conv2d,
  dense,
  heNormal,
  type Model,
  model,
  momentum,
  type Optimizer,
  plateau,
  type Rate,
  relu,
  reshape,
  sgd,
  sigmoid,
  sigmoidCrossEntropy,
  softmaxCrossEntropy,
  type Tensor,
  tanh,
} from "nabla";
import type { Choice } from "./choices.ts";

type Activation = <D extends readonly number[]>(x: Tensor<D>) => Tensor<D>;

const activations: Record<Choice["activation"], Activation> = { relu, tanh, sigmoid };

const optimizers: Record<Choice["optimizer"], (options: { rate: Rate }) => Optimizer> = { adam, momentum, sgd };

/** Units of the hidden layers. */
const widths: Record<Choice["task"], Record<string, readonly number[]>> = {
  digits: { none: [], one: [32], two: [32, 32] },
  plane: { one: [8], two: [16, 16] },
};

export function modelOf({ task, network, activation, optimizer }: Choice): Model {
  const bend = activations[activation];
  const spec = { batch: 32, seed: 1, optimizer: optimizers[optimizer]({ rate: plateau({ from: 1 }) }) };
  const layers = (x: Tensor<[number]>): Tensor<[number]> =>
    (widths[task][network] ?? []).reduce((below, width) => bend(dense(below, width, { weight: heNormal() })), x);

  if (task === "plane")
    return model({
      ...spec,
      inputs: { point: [2] },
      targets: { side: [1] },
      forward: ({ point }) => ({ score: dense(layers(point), 1) }),
      loss: ({ score }, { side }) => sigmoidCrossEntropy(score, side),
    });

  return model({
    ...spec,
    inputs: { pixels: [784] },
    targets: { digit: classes(10) },
    forward: ({ pixels }) => ({ logits: dense(network === "convolution" ? filtered(pixels) : layers(pixels), 10) }),
    loss: ({ logits }, { digit }) => softmaxCrossEntropy(logits, digit),
  });

  /** Twelve by twelve places, eight filters. */
  function filtered(pixels: Tensor<[784]>): Tensor<[number]> {
    const image = reshape(pixels, [28, 28, 1]);
    return reshape(bend(conv2d(image, 8, { kernel: 5, stride: 2, weight: heNormal() })), [12 * 12 * 8]);
  }
}

/** The layers of a workload in a rival's own operations. */

/** Added to the variance of batch norm, and to Adam's root; Nabla's defaults, as are those below. */
export const EPSILON = 1e-5;
export const MOMENTUM = 0.9;
export const ADAM = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };

/**
 * The output for the rows `x`.
 * @param layers of the workload
 * @param weights a record of the rival's tensors for each layer
 * @param ops dense(x, weight, bias), normalize(x, weights of the layer, i), relu(x), tanh(x)
 */
export function forward(layers, weights, x, ops) {
  return layers.reduce((value, { activation, batchNorm }, i) => {
    const product = ops.dense(value, weights[i].weight, weights[i].bias);
    const normalized = batchNorm ? ops.normalize(product, weights[i], i) : product;
    return activation ? ops[activation](normalized) : normalized;
  }, x);
}

/**
 * Batch norm with its moving statistics folded into weight and bias: x W s + (b - mean) s + beta, s = gamma / deviation.
 * Every rival gets its inference like this, whether it would fold by itself or not.
 */
export function foldNorm(workload, weights) {
  const layers = workload.layers.map(({ batchNorm, ...layer }) => layer);
  return { layers, weights: weights.map((layer) => (layer.gamma ? foldLayer(layer) : layer)) };
}

function foldLayer({ weight, bias, gamma, beta, mean, variance }) {
  const scale = gamma.map((value, j) => value / Math.sqrt(variance[j] + EPSILON));
  return {
    weight: weight.map((value, k) => value * scale[k % scale.length]),
    bias: bias.map((value, j) => (value - mean[j]) * scale[j] + beta[j]),
  };
}

/** Whether a gradient moves it; the moving statistics of batch norm move by themselves. */
export const isTrained = (name) => name !== "mean" && name !== "variance";

/** Shape of a layer's tensor. */
export const dimsOf = (name, values, units) => (name === "weight" ? [values.length / units, units] : [units]);

/** Each tensor of each layer through `fn(values, dims, name)`. */
export const mapWeights = (layers, weights, fn) =>
  weights.map((layer, i) =>
    Object.fromEntries(
      Object.entries(layer).map(([name, values]) => [name, fn(values, dimsOf(name, values, layers[i].units), name)]),
    ),
  );

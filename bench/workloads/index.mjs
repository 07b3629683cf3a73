/**
 * What is measured: networks as plain data, the same for every peer, and in which modes and batches.
 *
 *   { name: "gemm-64", inputs: 512, layers: [{ units: 512, bias: false }], cases: [{ mode: "infer", batch: 64 }] }
 */

/**
 * @typedef {{ units: number, activation?: "relu" | "tanh", batchNorm?: boolean, bias?: boolean }} Layer
 * @typedef {{ mode: "infer" | "train", batch: number }} Case
 * @typedef {{ name: string, inputs: number, layers: Layer[], loss: "crossEntropy" | "meanSquares", cases: Case[] }} Workload
 */

/** @type {Case[]} */
const inferAndTrain = [
  { mode: "infer", batch: 1 },
  { mode: "infer", batch: 32 },
  { mode: "train", batch: 32 },
];

const hidden = { units: 128, activation: "relu", batchNorm: true };
const narrow = { ...hidden, units: 8 };

/** @type {Workload[]} */
export const workloads = [
  {
    name: "mlp-tiny",
    inputs: 4,
    layers: [{ units: 16, activation: "tanh" }, { units: 16, activation: "tanh" }, { units: 3 }],
    loss: "crossEntropy",
    cases: inferAndTrain,
  },
  {
    name: "mlp-mnist",
    inputs: 784,
    layers: [{ units: 128, activation: "relu" }, { units: 64, activation: "relu" }, { units: 10 }],
    loss: "crossEntropy",
    cases: inferAndTrain,
  },
  {
    // The anomaly detector of MLPerf Tiny.
    name: "autoencoder",
    inputs: 640,
    layers: [hidden, hidden, hidden, hidden, narrow, hidden, hidden, hidden, hidden, { units: 640 }],
    loss: "meanSquares",
    cases: inferAndTrain,
  },
  { ...product(), name: "gemm-64", cases: [{ mode: "infer", batch: 64 }] },
  { ...product(), name: "gemm-512", cases: [{ mode: "infer", batch: 512 }] },
];

/** A bare matrix product with a weight of 512 x 512. */
function product() {
  return { inputs: 512, layers: [{ units: 512, bias: false }], loss: "meanSquares" };
}

/** Width of what layer `i` reads. */
export const widthBefore = (workload, i) => (i === 0 ? workload.inputs : workload.layers[i - 1].units);

/** Width of the network's output. */
export const outputWidth = (workload) => workload.layers.at(-1).units;

/** Floating-point operations of the matrix products of one call; a training step has three products a layer, the first layer two. */
export function productFlops(workload, { mode, batch }) {
  const perLayer = workload.layers.map(({ units }, i) => 2 * batch * units * widthBefore(workload, i));
  const forward = perLayer.reduce((total, flops) => total + flops, 0);
  return mode === "infer" ? forward : 3 * forward - perLayer[0];
}

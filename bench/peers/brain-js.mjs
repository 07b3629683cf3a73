/**
 * brain.js, on the tiny network only, where people use it. It applies the activation to its last layer, too, so its outputs
 * are the tanh of ours. Its training has no minibatch step, so only inference is compared.
 */
import { createRequire } from "node:module";
import { outputWidth } from "../workloads/index.mjs";

// As CommonJS, the build that Node gets.
const { NeuralNetwork } = createRequire(import.meta.url)("brain.js");

export const label = "brain.js";
export const accepts = (workload, mode) => workload.name === "mlp-tiny" && mode === "infer";

/** What its outputs are compared with. */
export const expected = (ours) => ours.map(Math.tanh);

export function open({ workload, batch, weights, x }) {
  const sizes = [workload.inputs, ...workload.layers.map(({ units }) => units)];
  const { activation } = workload.layers[0];
  const net = new NeuralNetwork().fromJSON({
    type: "NeuralNetwork",
    sizes,
    layers: [{ weights: [], biases: [] }, ...weights.map(toLayer)],
    inputLookup: null,
    inputLookupLength: 0,
    outputLookup: null,
    outputLookupLength: 0,
    options: { inputSize: sizes[0], outputSize: sizes.at(-1), hiddenLayers: sizes.slice(1, -1), activation },
    // As its own toJSON writes it; without, it is refused.
    trainOpts: { activation, timeout: "Infinity" },
  });
  const width = outputWidth(workload);
  const rows = Array.from({ length: batch }, (_, i) => x.slice(i * workload.inputs, (i + 1) * workload.inputs));
  if (batch === 1) return { call: () => net.run(x) };
  return {
    call() {
      const output = new Float32Array(batch * width);
      rows.forEach((row, i) => {
        output.set(net.run(row), i * width);
      });
      return output;
    },
  };
}

/** One row of weights for each unit. */
function toLayer({ weight, bias }) {
  const inputs = weight.length / bias.length;
  const ofUnit = (unit) => Array.from({ length: inputs }, (_, i) => weight[i * bias.length + unit]);
  return { weights: Array.from(bias, (_, unit) => ofUnit(unit)), biases: [...bias] };
}

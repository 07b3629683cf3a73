/** Nabla itself: compiled before the clock starts, called through its loader, which copies rows in and results out. */
import {
  adam,
  batchNorm,
  classes,
  dense,
  glorotUniform,
  matmul,
  meanSquaredError,
  model,
  parameter,
  relu,
  softmaxCrossEntropy,
  tanh,
} from "../../dist/compiler/dsl/index.js";
import { compile } from "../../dist/compiler/index.js";
import { load } from "../../dist/runtime/index.js";
import { outputWidth, widthBefore } from "../workloads/index.mjs";

export const label = "Nabla";
export const accepts = () => true;

const activations = { relu, tanh };

/** The workload in Nabla's DSL. */
export function describe(workload, { batch, rate = 1e-3 }) {
  const labels = workload.loss === "crossEntropy";
  const outputs = outputWidth(workload);
  return model({
    inputs: { x: [workload.inputs] },
    targets: { y: labels ? classes(outputs) : [outputs] },
    batch,
    forward: ({ x }) => ({
      out: workload.layers.reduce((value, layer, i) => forwardLayer(workload, value, layer, i), x),
    }),
    loss: ({ out }, { y }) => (labels ? softmaxCrossEntropy(out, y) : meanSquaredError(out, y)),
    optimizer: adam({ rate }),
  });
}

function forwardLayer(workload, x, { units, activation, batchNorm: normal, bias = true }, i) {
  const product = bias
    ? dense(x, units, { name: `layer${i}` })
    : matmul(x, parameter([widthBefore(workload, i), units], glorotUniform(), { name: `layer${i}.weight` }));
  const normalized = normal ? batchNorm(product, { name: `norm${i}` }) : product;
  return activation ? activations[activation](normalized) : normalized;
}

/** The layers' weights under Nabla's names. */
export const namedWeights = (weights) =>
  new Map(
    weights.flatMap(({ weight, bias, ...norm }, i) => [
      [`layer${i}.weight`, weight],
      ...(bias ? [[`layer${i}.bias`, bias]] : []),
      ...Object.entries(norm).map(([name, values]) => [`norm${i}.${name}`, values]),
    ]),
  );

export async function open({ workload, mode, batch, rate, weights, x, y }) {
  const built = await compile(describe(workload, { batch, rate }), { mode, weights: namedWeights(weights) });
  const net = await load(built.wasm);
  const inputs = { x };
  const targets = { y };
  return {
    arena: built.manifest.memory,
    call: mode === "infer" ? () => net.infer(inputs).out : () => net.step(inputs, targets),
  };
}

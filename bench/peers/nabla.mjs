/**
 * Nabla itself, as a program gets it: compiled before the clock starts, and called through the bindings written beside the
 * module, which copy rows in and results out. Every network has bindings, and so a loader, of its own.
 */

import { writeBindings } from "../../dist/compiler/bindings/write.js";
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

/** `fresh`: results in fresh arrays each time, in place of those of the first call, filled again. */
export async function open({ workload, mode, batch, rate, weights, x, y, fresh = false }) {
  const built = await compile(describe(workload, { batch, rate }), { mode, weights: namedWeights(weights) });
  const net = await loadThroughBindings(built.manifest, built.wasm);
  const inputs = { x };
  const targets = { y };
  const outputs = fresh || mode === "train" ? undefined : net.infer(inputs, batch);
  return {
    arena: built.manifest.memory,
    call: mode === "infer" ? () => net.infer(inputs, batch, outputs).out : () => net.step(inputs, targets),
  };
}

let imported = 0;

/** A fresh copy of the bindings each time: an engine keeps one copy of a module that is imported twice. */
export async function loadThroughBindings(manifest, wasm) {
  const { js } = writeBindings(manifest, "model.wasm", { minify: true });
  const { load } = await import(`data:text/javascript,${encodeURIComponent(`${js}// ${imported++}`)}`);
  return load(wasm);
}

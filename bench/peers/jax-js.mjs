/**
 * jax-js on its Wasm device. A call is one jitted function: the forward pass, or loss, gradient and Adam in one. Its arrays
 * are moved by use, so `.ref` stands where a value is used again.
 */
import { defaultDevice, init, jit, nn, numpy as np, tree, valueAndGrad } from "@jax-js/jax";
import { ADAM, EPSILON, foldNorm, forward, isTrained, MOMENTUM, mapWeights } from "../lib/network.mjs";
import { outputWidth } from "../workloads/index.mjs";

export const label = "jax-js";
export const accepts = () => true;

export async function open(task) {
  await init("wasm");
  defaultDevice("wasm");
  return task.mode === "infer" ? openInference(task) : openTraining(task);
}

const array = (values, dims) => np.array(values).reshape(dims);

const dense = (x, weight, bias) => (bias ? np.matmul(x, weight).add(bias) : np.matmul(x, weight));

function openInference({ workload, batch, weights, x }) {
  const folded = foldNorm(workload, weights);
  const tensors = mapWeights(folded.layers, folded.weights, array);
  const predict = jit((w, input) => forward(folded.layers, w, input, { dense, relu: nn.relu, tanh: np.tanh }));
  const shape = [batch, workload.inputs];
  return {
    call: () => predict(tree.ref(tensors), array(x, shape)).dataSync(),
    close: () => tree.dispose(tensors),
  };
}

function openTraining({ workload, batch, weights, x, y, rate }) {
  const { layers } = workload;
  const part = (keep) =>
    mapWeights(
      layers,
      weights.map((layer) => Object.fromEntries(Object.entries(layer).filter(([name]) => keep(name)))),
      array,
    );
  const zeros = () => tree.map((leaf) => np.zerosLike(leaf), tree.ref(state.w));
  const state = { w: part(isTrained), moving: part((name) => !isTrained(name)) };
  Object.assign(state, { m: zeros(), v: zeros(), c1: np.array(0), c2: np.array(0) });
  let held = state;
  const step = jit((old, input, target) => trainStep(workload, rate, old, input, target));
  const labels = workload.loss === "crossEntropy";
  return {
    call() {
      const target = labels ? np.array(y, { dtype: np.int32 }) : array(y, [batch, workload.inputs]);
      const [loss, next] = step(held, array(x, [batch, workload.inputs]), target);
      held = next;
      return loss.dataSync()[0];
    },
    close: () => tree.dispose(held),
  };
}

/** One step: [loss before it, { w, moving, m, v, c1, c2 } after it]. c1 and c2 are 1 - beta^t. */
function trainStep(workload, rate, { w, moving, m, v, c1, c2 }, x, target) {
  const lossOf = (weights, statistics, input, truth) => {
    const follow = [];
    const output = forward(workload.layers, weights, input, {
      dense,
      relu: nn.relu,
      tanh: np.tanh,
      normalize: (value, layer, i) => normalizeBatch(value, layer, statistics[i], follow),
    });
    const next = statistics.map((layer) => (layer.mean ? follow.shift() : {}));
    return [meanLoss(workload, output, truth), next];
  };
  const [[loss, nextMoving], gradients] = valueAndGrad(lossOf, { hasAux: true })(tree.ref(w), moving, x, target);
  const decayed = (beta, old, value) => old.mul(beta).add(value.mul(1 - beta));
  const nextM = tree.map((old, g) => decayed(ADAM.beta1, old, g), m, tree.ref(gradients));
  const nextV = tree.map((old, g) => decayed(ADAM.beta2, old, g.ref.mul(g)), v, gradients);
  const nextC1 = c1.mul(ADAM.beta1).add(1 - ADAM.beta1);
  const nextC2 = c2.mul(ADAM.beta2).add(1 - ADAM.beta2);
  const nextW = tree.map(
    (value, mean, square) => {
      const deviation = np.sqrt(square.div(nextC2.ref)).add(ADAM.epsilon);
      return value.sub(mean.div(nextC1.ref).mul(rate).div(deviation));
    },
    w,
    tree.ref(nextM),
    tree.ref(nextV),
  );
  return [loss, { w: nextW, moving: nextMoving, m: nextM, v: nextV, c1: nextC1, c2: nextC2 }];
}

function normalizeBatch(value, { gamma, beta }, { mean: oldMean, variance: oldVariance }, follow) {
  const mean = np.mean(value.ref, 0);
  const centred = value.sub(mean.ref);
  const variance = np.mean(centred.ref.mul(centred.ref), 0);
  follow.push({
    mean: oldMean.mul(MOMENTUM).add(mean.mul(1 - MOMENTUM)),
    variance: oldVariance.mul(MOMENTUM).add(variance.ref.mul(1 - MOMENTUM)),
  });
  return centred.mul(gamma.div(np.sqrt(variance.add(EPSILON)))).add(beta);
}

function meanLoss(workload, output, target) {
  if (workload.loss === "meanSquares") {
    const difference = output.sub(target);
    return np.mean(difference.ref.mul(difference));
  }
  const chosen = nn.logSoftmax(output, -1).mul(nn.oneHot(target, outputWidth(workload)));
  return np.mean(np.sum(chosen, -1)).neg();
}

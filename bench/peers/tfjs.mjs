/**
 * TensorFlow.js on its Wasm backend, its core alone, which is the smallest it comes in: SIMD, one thread. Inference uses fused products, everything inside tf.tidy; training
 * is optimizer.minimize, the documented way.
 */
import { createRequire } from "node:module";
import { dirname } from "node:path";
import { setThreadsCount, setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
import * as tf from "@tensorflow/tfjs-core";
import { ADAM, EPSILON, foldNorm, forward, isTrained, MOMENTUM, mapWeights } from "../lib/network.mjs";
import { outputWidth } from "../workloads/index.mjs";

export const label = "TensorFlow.js Wasm";
export const accepts = () => true;

let ready;
function start() {
  setThreadsCount(1);
  setWasmPaths(`${dirname(createRequire(import.meta.url).resolve("@tensorflow/tfjs-backend-wasm"))}/`);
  return tf.setBackend("wasm");
}

export async function open(task) {
  ready ??= start();
  if (!(await ready)) throw new Error("TensorFlow.js could not start its Wasm backend");
  if (task.mode === "infer") return openInference(task);
  // The whole package registers the gradients with the core.
  await import("@tensorflow/tfjs");
  return openTraining(task);
}

function openInference({ workload, batch, weights, x }) {
  const folded = foldNorm(workload, weights);
  const tensors = mapWeights(folded.layers, folded.weights, (values, dims) => tf.tensor(values, dims));
  const predict = (input) =>
    folded.layers.reduce((value, { activation }, i) => {
      const { weight, bias } = tensors[i];
      // The fused product knows relu; tanh is an operation of its own.
      const product = tf.fused.matMul({ a: value, b: weight, bias, ...(activation === "relu" && { activation }) });
      return activation === "tanh" ? tf.tanh(product) : product;
    }, input);
  let output;
  const run = () => {
    output = predict(tf.tensor2d(x, [batch, workload.inputs])).dataSync();
  };
  return {
    call() {
      // What tidy's function returns is searched for tensors, element by element: ten times the time of the product.
      tf.tidy(run);
      return output;
    },
    close: () => tf.dispose(tensors),
  };
}

function openTraining({ workload, batch, weights, x, y, rate }) {
  const variables = mapWeights(workload.layers, weights, (values, dims, name) =>
    tf.variable(tf.tensor(values, dims), isTrained(name)),
  );
  const optimizer = tf.train.adam(rate, ADAM.beta1, ADAM.beta2, ADAM.epsilon);
  const ops = {
    dense: (value, weight, bias) => tf.add(tf.matMul(value, weight), bias),
    normalize: normalizeBatch,
    relu: tf.relu,
    tanh: tf.tanh,
  };
  const lossOf = (input, target) => {
    const output = forward(workload.layers, variables, input, ops);
    if (workload.loss === "meanSquares") return tf.losses.meanSquaredError(target, output);
    return tf.losses.softmaxCrossEntropy(tf.oneHot(target, outputWidth(workload)), output);
  };
  const trained = variables.flatMap((layer) => Object.values(layer).filter((variable) => variable.trainable));
  const step = () => {
    const input = tf.tensor2d(x, [batch, workload.inputs]);
    const target =
      workload.loss === "crossEntropy" ? tf.tensor1d(y, "int32") : tf.tensor2d(y, [batch, workload.inputs]);
    return optimizer.minimize(() => lossOf(input, target), true, trained).dataSync()[0];
  };
  return {
    call: () => tf.tidy(step),
    close: () => tf.dispose([variables, optimizer]),
  };
}

/** Batch norm over the rows given; the moving statistics follow. */
function normalizeBatch(value, { gamma, beta, mean: oldMean, variance: oldVariance }) {
  const { mean, variance } = tf.moments(value, 0);
  oldMean.assign(tf.add(tf.mul(oldMean, MOMENTUM), tf.mul(mean, 1 - MOMENTUM)));
  oldVariance.assign(tf.add(tf.mul(oldVariance, MOMENTUM), tf.mul(variance, 1 - MOMENTUM)));
  return tf.batchNorm(value, mean, variance, beta, gamma, EPSILON);
}

/** First inference of a rival: node start/rival.mjs FOLDER PEER. Prints milliseconds from loaded bytes to the result. */
import { readFileSync } from "node:fs";
import { widthBefore, workloads } from "../workloads/index.mjs";

const [folder, name] = process.argv.slice(2);
const workload = workloads.find((one) => one.name === "mlp-mnist");
const peer = await import(`../peers/${name}.mjs`);
const model = name.startsWith("ort") ? { onnx: readFileSync(`${folder}mnist.onnx`) } : { weights: readWeights() };
const x = new Float32Array(784).fill(0.5);
const start = performance.now();
const { call } = await peer.open({ workload, mode: "infer", batch: 1, x, ...model });
await call();
console.log(performance.now() - start);
// Some rivals keep handles open.
process.exit();

/** Layer after layer, weight and bias. */
function readWeights() {
  const { buffer, byteOffset } = readFileSync(`${folder}mnist.bin`);
  let at = byteOffset;
  const take = (count) => {
    const values = new Float32Array(buffer, at, count);
    at += values.byteLength;
    return values;
  };
  return workload.layers.map(({ units }, i) => ({ weight: take(widthBefore(workload, i) * units), bias: take(units) }));
}

/** ONNX Runtime Web: Wasm with SIMD, one thread, no proxy worker. It does not train. */
import * as ort from "onnxruntime-web";
import { openSession } from "../lib/ort-session.mjs";

ort.env.wasm.numThreads = 1;

export const label = "ONNX Runtime Web";
export const accepts = (_workload, mode) => mode === "infer";

export async function open(task) {
  const { Worker } = globalThis;
  const session = await openSession(ort, { provider: "wasm", preallocate: false }, task);
  // It leaves a global Worker behind, by which jax-js would then take Node for a browser and fail.
  if (Worker) globalThis.Worker = Worker;
  else delete globalThis.Worker;
  return session;
}

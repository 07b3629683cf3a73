/** ONNX Runtime Web: Wasm with SIMD, one thread, no proxy worker. It does not train. */
import * as ort from "onnxruntime-web";
import { openSession } from "../lib/ort-session.mjs";

ort.env.wasm.numThreads = 1;

export const label = "ONNX Runtime Web";
export const accepts = (_workload, mode) => mode === "infer";
export const open = (task) => openSession(ort, { provider: "wasm", preallocate: false }, task);

/** onnxruntime-node: native code with the widest vectors of the machine, one thread. The far mark, not a rival in Wasm. */
import ort from "onnxruntime-node";
import { openSession } from "../lib/ort-session.mjs";

export const label = "onnxruntime-node (native)";
export const accepts = (_workload, mode) => mode === "infer";
export const open = (task) => openSession(ort, { provider: "cpu", preallocate: true }, task);

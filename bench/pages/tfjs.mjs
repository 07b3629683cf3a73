export { setThreadsCount, setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
export { fused, setBackend, tensor2d, tidy } from "@tensorflow/tfjs-core";

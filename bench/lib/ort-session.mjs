/**
 * What both ONNX Runtimes share: one session, all graph optimisations, one thread, the input tensor allocated once. The native
 * one also writes into an output allocated once; ONNX Runtime Web ignores such a tensor on the CPU and gives a fresh one.
 */
import { outputWidth } from "../workloads/index.mjs";

export async function openSession(ort, { provider, preallocate }, { workload, batch, weights, x, onnx }) {
  // A model encoded before spares a start the encoder.
  const bytes = onnx ?? (await import("./onnx.mjs")).encodeOnnx(workload, weights, batch);
  const session = await ort.InferenceSession.create(bytes, {
    executionProviders: [provider],
    graphOptimizationLevel: "all",
    executionMode: "sequential",
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
  });
  const [name] = session.outputNames;
  const dims = [batch, outputWidth(workload)];
  const input = new Float32Array(x.length);
  const feeds = { x: new ort.Tensor("float32", input, [batch, workload.inputs]) };
  const fetches = preallocate
    ? { [name]: new ort.Tensor("float32", new Float32Array(dims[0] * dims[1]), dims) }
    : [name];
  return {
    async call() {
      input.set(x);
      const { data } = (await session.run(feeds, fetches))[name];
      return preallocate ? data.slice() : data;
    },
    close: () => session.release(),
  };
}

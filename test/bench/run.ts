/** A run with round figures, for the tests of the report. */
const host = { cpu: "CPU", cores: 2, os: "linux", arch: "x64", node: "26.1.0", v8: "14", load: 0, date: "2026-01-01" };

const row = (workload: string, mode: string, batch: number, peer: string, microseconds: number) => ({
  workload,
  mode,
  batch,
  peer,
  microseconds,
  error: 1e-7,
});

export const run = {
  host,
  quick: true,
  versions: { nabla: "0.1.0" },
  peak: { mulAdd: 50 },
  rows: [
    row("mlp-mnist", "infer", 1, "nabla", 5),
    row("mlp-mnist", "infer", 1, "ort-web", 11),
    row("mlp-mnist", "infer", 1, "tfjs", 40),
    row("mlp-mnist", "infer", 1, "ort-node", 1),
    row("mlp-mnist", "train", 32, "nabla", 400),
    row("mlp-mnist", "train", 32, "jax-js", 1200),
  ],
  arenas: [{ workload: "mlp-mnist", mode: "infer", batch: 1, arenaBytes: 768, lowerBoundBytes: 768 }],
  sizes: [{ mode: "infer", peer: "nabla", raw: 9000, gzip: 5000, brotli: 4500 }],
  startup: [{ peer: "nabla", startMs: 3.5, loadedMs: 1 }],
  relaxed: [{ workload: "gemm-512", mode: "infer", batch: 512, plain: 4800, relaxed: 4500, error: 5e-7 }],
  compile: { tenLayersMs: 150, growth: [{ nodes: 193, ms: 20 }] },
};

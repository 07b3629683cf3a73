/**
 * Where Nabla must arrive, as data, and how far it is: one line a target.
 *
 *   reachedTargets(run)   // -> [{ what: "mlp-tiny, infer, 1", than: "brain.js", target: 10, got: 12.3, met: true }, ...]
 */

/** Peers that run as JavaScript or Wasm; native code is shown and not counted. */
export const isRival = (peer) => peer !== "nabla" && peer !== "ort-node";

/** Times as fast as a rival; without `than`, as the fastest. */
const ratios = [
  { workload: "gemm-512", mode: "infer", batch: 512, times: 1.4 },
  { workload: "mlp-tiny", mode: "infer", batch: 1, times: 50, than: "ort-web" },
  { workload: "mlp-tiny", mode: "infer", batch: 1, times: 10, than: "brain-js" },
  { workload: "mlp-mnist", mode: "infer", batch: 1, times: 2.5, timesNode20: 2 },
  { workload: "mlp-mnist", mode: "infer", batch: 32, times: 1.4 },
  { workload: "autoencoder", mode: "infer", batch: 1, times: 1.7 },
  { workload: "mlp-tiny", mode: "train", batch: 32, times: 30, than: "jax-js" },
  { workload: "mlp-mnist", mode: "train", batch: 32, times: 2, than: "jax-js" },
  { workload: "autoencoder", mode: "train", batch: 32, times: 5, than: "jax-js" },
];

const PEAK_SHARE = 0.9;
/** Bytes on the wire, brotli, code and loader. */
const CODE_BYTES = { infer: 4096, train: 12_288 };
const START_MS = 4;

/** Rows of one case: Nabla's and the rival's that the target names, or the fastest one. */
function pair(rows, { workload, mode, batch, than }) {
  const here = rows.filter((row) => row.workload === workload && row.mode === mode && row.batch === batch);
  const rivals = here.filter(({ peer }) => (than ? peer === than : isRival(peer)));
  const rival = rivals.reduce((best, row) => (!best || row.microseconds < best.microseconds ? row : best), undefined);
  return { ours: here.find(({ peer }) => peer === "nabla"), rival };
}

/** Everything that this run can answer; what was not measured has no line. */
export function reachedTargets(run) {
  return [...speedTargets(run), ...peakTarget(run), ...sizeTargets(run), ...startTarget(run)];
}

const speedTargets = ({ rows, host }) =>
  ratios.flatMap((target) => {
    const { ours, rival } = pair(rows, target);
    if (!ours || !rival) return [];
    const times = host.node.startsWith("20.") ? (target.timesNode20 ?? target.times) : target.times;
    const got = rival.microseconds / ours.microseconds;
    return [line(caseName(target), `times ${rival.peer}`, times, got, got >= times)];
  });

/** How much of the plain multiply-and-add peak the large product reaches. */
function peakTarget({ rows, peak }) {
  const { ours } = pair(rows, { workload: "gemm-512", mode: "infer", batch: 512 });
  if (!ours) return [];
  const got = (2 * 512 ** 3) / ours.microseconds / 1000 / peak.mulAdd;
  return [line("gemm-512, infer, 512", "share of the mul + add peak", PEAK_SHARE, got, got >= PEAK_SHARE)];
}

const sizeTargets = ({ sizes = [] }) =>
  sizes
    .filter(({ peer }) => peer === "nabla")
    .map(({ mode, brotli }) => {
      const limit = CODE_BYTES[mode];
      return line(`mlp-mnist, ${mode}, code and loader`, "bytes, brotli", limit, brotli, brotli <= limit);
    });

const startTarget = ({ startup = [] }) =>
  startup
    .filter(({ peer }) => peer === "nabla")
    .map(({ startMs }) => line("start to first inference", "ms above empty", START_MS, startMs, startMs <= START_MS));

const line = (what, measure, target, got, met) => ({ what, measure, target, got, met });

export const caseName = ({ workload, mode, batch }) => `${workload}, ${mode}, ${batch}`;

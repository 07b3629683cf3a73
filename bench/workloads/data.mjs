/**
 * Weights and rows that every peer gets, from a fixed seed. They need no structure, only the sizes that trained networks
 * have: normal weights scaled by 1 / sqrt(inputs), statistics of batch norm away from 0 and 1.
 */
import { outputWidth, widthBefore } from "./index.mjs";

/** Numbers in [0, 1), the same in every run: mulberry32. */
function random(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

const fill = (length, value) => Float32Array.from({ length }, value);

/** One record a layer: weight [inputs, units] row by row, bias, and what batch norm needs. */
export function makeWeights(workload, seed = 1) {
  const next = random(seed);
  const around = (centre, spread) => () => centre + spread * (2 * next() - 1);
  return workload.layers.map(({ units, bias = true, batchNorm }, i) => {
    const inputs = widthBefore(workload, i);
    return {
      weight: fill(inputs * units, around(0, Math.sqrt(3 / inputs))),
      ...(bias && { bias: fill(units, around(0, 0.1)) }),
      ...(batchNorm && {
        gamma: fill(units, around(1, 0.2)),
        beta: fill(units, around(0, 0.2)),
        mean: fill(units, around(0, 0.2)),
        variance: fill(units, around(1, 0.5)),
      }),
    };
  });
}

/** Rows to read, and targets for training: labels, or the rows themselves. */
export function makeRows(workload, batch, seed = 2) {
  const next = random(seed);
  const x = fill(batch * workload.inputs, () => 2 * next() - 1);
  const classes = outputWidth(workload);
  const y = workload.loss === "crossEntropy" ? Int32Array.from({ length: batch }, () => next() * classes) : x.slice();
  return { x, y };
}

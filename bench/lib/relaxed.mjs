/**
 * What relaxed SIMD gains: both modules of a relaxed build in turns, for each case whose build has a second one. Gives
 * [{ workload, mode, batch, plain, relaxed, error }], times in microseconds, or undefined where the engine is better off with
 * the plain module.
 */
import { compile } from "../../dist/compiler/index.js";
import { takesRelaxedSimd } from "../../dist/runtime/index.js";
import { describe, loadThroughBindings, namedWeights } from "../peers/nabla.mjs";
import { makeRows, makeWeights } from "../workloads/data.mjs";
import { workloads } from "../workloads/index.mjs";
import { relativeError } from "./statistics.mjs";
import { timeInTurns } from "./timing.mjs";

/** So small that thousands of steps end nowhere new. */
const RATE = 1e-7;

export async function measureRelaxed({ pace }) {
  if (!takesRelaxedSimd()) return undefined;
  const cases = workloads.flatMap((workload) => workload.cases.map((one) => ({ workload, ...one })));
  const rows = [];
  for (const one of cases) rows.push(await measureOne(one, pace));
  return rows.filter((row) => row);
}

async function measureOne({ workload, mode, batch }, pace) {
  const weights = namedWeights(makeWeights(workload));
  const built = await compile(describe(workload, { batch, rate: RATE }), { mode, weights, relaxedSimd: true });
  if (!built.relaxedWasm) return undefined;
  const { x, y } = makeRows(workload, batch);
  const [plain, relaxed] = [
    await loadThroughBindings(built.manifest, built.wasm),
    await loadThroughBindings(built.manifest, built.relaxedWasm),
  ];
  const error = relativeError(relaxed.infer({ x }).out, plain.infer({ x }).out);
  const call = (net) => (mode === "infer" ? () => net.infer({ x }) : () => net.step({ x }, { y }));
  const times = await timeInTurns({ plain: call(plain), relaxed: call(relaxed) }, pace);
  return { workload: workload.name, mode, batch, ...times, error };
}

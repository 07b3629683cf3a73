/**
 * What fresh arrays for the results cost, beside those of an earlier call filled again: both in turns, for each case of
 * inference. Gives [{ workload, mode, batch, filled, fresh }], times in microseconds.
 */
import { open } from "../peers/nabla.mjs";
import { makeRows, makeWeights } from "../workloads/data.mjs";
import { workloads } from "../workloads/index.mjs";
import { timeInTurns } from "./timing.mjs";

export async function measureFresh({ pace }) {
  const rows = [];
  for (const workload of workloads)
    for (const one of workload.cases.filter(({ mode }) => mode === "infer")) {
      const task = { workload, ...one, weights: makeWeights(workload), ...makeRows(workload, one.batch) };
      const [filled, fresh] = [await open(task), await open({ ...task, fresh: true })];
      const times = await timeInTurns({ filled: filled.call, fresh: fresh.call }, pace);
      rows.push({ workload: workload.name, ...one, ...times });
    }
  return rows;
}

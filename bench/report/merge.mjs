/** Joins a run with earlier ones: the same host and Node make one run, in which what was measured again replaces the old. */
import { hostKey } from "../lib/host.mjs";
import { caseName } from "./targets.mjs";

export function mergeRun(runs, run) {
  const old = runs.find(({ host }) => hostKey(host) === hostKey(run.host));
  if (!old) return [...runs, run];
  return runs.map((one) => (one === old ? joined(old, run) : one));
}

function joined(old, run) {
  const measured = new Set(run.rows.map(caseName));
  const kept = (list = []) => list.filter((entry) => !measured.has(caseName(entry)));
  return {
    ...old,
    ...Object.fromEntries(Object.entries(run).filter(([, value]) => value !== undefined)),
    versions: { ...old.versions, ...run.versions },
    // A case goes as a whole: its times compare only within one run.
    rows: [...kept(old.rows), ...run.rows],
    arenas: [...kept(old.arenas), ...run.arenas],
  };
}

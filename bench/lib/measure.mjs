/**
 * One case of one workload: every peer is opened and its results checked against Nabla's; then all are timed in turns.
 * Gives rows { workload, mode, batch, peer, microseconds, error }.
 */
import { makeRows, makeWeights } from "../workloads/data.mjs";
import { relativeError } from "./statistics.mjs";
import { timeInTurns } from "./timing.mjs";

/** Relative; a peer beyond it computes something else, and its time says nothing. */
const LARGEST_ERROR = { infer: 1e-4, train: 1e-3 };

/** Steps whose losses are compared. */
const CHECKED_STEPS = 5;

/** While checked, steps are large enough to show in the loss; while timed, so small that thousands of them end nowhere new. */
const RATE = { checked: 1e-3, timed: 1e-7 };

export async function measureCase(workload, { mode, batch }, peers, pace) {
  const accepting = Object.entries(peers).filter(([, peer]) => peer.accepts(workload, mode));
  const task = { workload, mode, batch, weights: makeWeights(workload), ...makeRows(workload, batch) };
  const errors = await checkAll(task, accepting);
  const opened = await openAll({ ...task, rate: RATE.timed }, accepting);
  const calls = Object.fromEntries(opened.map(([name, { call }]) => [name, call]));
  const times = await timeInTurns(calls, pace);
  const { arena } = opened[0][1];
  for (const [, { close }] of opened) await close?.();
  const rows = accepting.map(([peer]) => ({
    workload: workload.name,
    mode,
    batch,
    peer,
    microseconds: times[peer],
    error: errors[peer],
  }));
  return { rows, arena: { arenaBytes: arena.arenaBytes, lowerBoundBytes: arena.lowerBoundBytes } };
}

async function openAll(task, peers) {
  const opened = [];
  for (const [name, peer] of peers) opened.push([name, await peer.open(task)]);
  return opened;
}

/** Each peer's error against Nabla, which is the first. Throws for one that is too large. */
async function checkAll(task, peers) {
  const errors = {};
  let ours;
  for (const [name, peer] of peers) {
    const { call, close } = await peer.open({ ...task, rate: RATE.checked });
    const got = task.mode === "infer" ? Float32Array.from(await call()) : await firstLosses(call);
    await close?.();
    ours ??= got;
    errors[name] = relativeError(got, peer.expected?.(ours) ?? ours);
    if (errors[name] > LARGEST_ERROR[task.mode])
      throw new Error(
        `${task.workload.name} ${task.mode} ${task.batch}: ${peer.label} differs from Nabla by ${errors[name]}, expected at most ${LARGEST_ERROR[task.mode]}`,
      );
  }
  return errors;
}

async function firstLosses(call) {
  const losses = [];
  for (let step = 0; step < CHECKED_STEPS; step++) losses.push(await call());
  return losses;
}

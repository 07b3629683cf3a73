/**
 * Times calls in turns, so that a machine that slows down does so for all. A sample is the mean of as many calls as fill a
 * slice; a figure is the median of samples.
 *
 *   await timeInTurns({ nabla, tfjs }, { rounds: 15, sliceMs: 10, warmMs: 200 })   // -> { nabla: 1.2, tfjs: 9.4 } microseconds
 *
 * tinybench runs its tasks one after the other, which is what this must not do.
 */
import { median } from "./statistics.mjs";

/** The fewest calls before the clock starts: enough for an engine to compile what it runs. */
const WARM_CALLS = 20;

/** @param {Record<string, () => unknown>} calls those that give a promise are awaited */
export async function timeInTurns(calls, { rounds, sliceMs, warmMs }) {
  const entries = [];
  for (const [name, call] of Object.entries(calls)) entries.push(await warmUp(name, call, warmMs, sliceMs));
  const samples = Object.fromEntries(entries.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    // Another one begins each round, since the first finds what the last left in the caches.
    const order = entries.map((_, i) => entries[(i + round) % entries.length]);
    for (const { name, run, repeats } of order) samples[name].push((await run(repeats)) / repeats);
  }
  return Object.fromEntries(Object.entries(samples).map(([name, values]) => [name, 1000 * median(values)]));
}

async function warmUp(name, call, warmMs, sliceMs) {
  const run = call() instanceof Promise ? (repeats) => runAsync(call, repeats) : (repeats) => runSync(call, repeats);
  let calls = WARM_CALLS;
  let total = 0;
  let latest = 0;
  for (let done = WARM_CALLS; total < warmMs; ) {
    latest = await run(done);
    total += latest;
    calls = done;
    done = latest < warmMs / 8 ? done * 2 : done;
  }
  return { name, run, repeats: Math.max(1, Math.round((sliceMs * calls) / latest)) };
}

function runSync(call, repeats) {
  const start = performance.now();
  for (let i = 0; i < repeats; i++) call();
  return performance.now() - start;
}

async function runAsync(call, repeats) {
  const start = performance.now();
  for (let i = 0; i < repeats; i++) await call();
  return performance.now() - start;
}

/** Times of calls that take from nanoseconds to seconds: the least of several samples, which other programs disturb least. */
import { setTimeout } from "node:timers/promises";

const sampleMilliseconds = 1.5;
const samples = 9;

/** Nanoseconds of each call, by name, all samples in turns; `before` runs ahead of each sample. */
export async function timesOf(
  calls: ReadonlyMap<string, () => void>,
  before: () => void = () => {},
): Promise<Map<string, number>> {
  await warm([...calls.values()]);
  const times = new Map<string, number>();
  for (let round = 0; round < samples; round++)
    for (const [name, call] of calls) {
      before();
      times.set(name, Math.min(sample(call), times.get(name) ?? Number.POSITIVE_INFINITY));
    }
  return times;
}

/** By as many calls as fill a sample. */
function sample(call: () => void): number {
  call();
  for (let calls = 1; ; calls *= 4) {
    const start = performance.now();
    for (let i = 0; i < calls; i++) call();
    const milliseconds = performance.now() - start;
    if (milliseconds > sampleMilliseconds) return (1e6 * milliseconds) / calls;
  }
}

const passes = 4;
const passMilliseconds = 15;

/** Engines begin with code that is made quickly, and put better code in its place, made beside, once a function is hot. */
async function warm(calls: readonly (() => void)[]): Promise<void> {
  for (let pass = 0; pass < passes; pass++) {
    for (const call of calls)
      for (const start = performance.now(); performance.now() - start < passMilliseconds; ) call();
    await setTimeout(4 * passMilliseconds);
  }
}

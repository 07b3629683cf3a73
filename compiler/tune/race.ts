/**
 * Times several ways to do one thing in turns, the first of which is the one to beat.
 *
 *   race([run0, run1, run2], { budgetMs: 40 })   ->   { winner: 2, gain: 1.08 }
 *
 * Each round times every runner once, in rotating order, so that a machine that slows down does so for all; what counts is
 * the median over rounds of a round's ratio. The best of many wins partly by luck: it runs once more against the first
 * alone, and only that decides. There it must be faster in three rounds of four, too.
 */

/** Does the work `repeats` times and gives the milliseconds that took. */
export type Runner = (repeats: number) => number;

export interface RaceOptions {
  /** Milliseconds for each runner, about. */
  readonly budgetMs: number;
}

export interface Result {
  /** The position of the fastest; 0 where none is faster by `leastGain`. */
  readonly winner: number;
  /** How many times as fast as the first it is. */
  readonly gain: number;
}

/** Less is lost again in the next engine, or was noise. */
export const leastGain = 1.03;

/** Rounds after which hopeless runners leave, and those of a whole race. */
const firstRounds = 5;
const allRounds = 15;
const hopeless = 1.25;

/** The fewest calls before the clock starts: engines compile a function again after it has run for a while. */
const warmCalls = 20;

export function race(runners: readonly Runner[], { budgetMs }: RaceOptions): Result {
  const sliceMs = budgetMs / (2 * allRounds);
  const entrants = runners.map((run, at) => ({ at, run, repeats: warmUp(run, budgetMs / 2, sliceMs) }));
  const heat = ratios(entrants, firstRounds).map(median);
  const least = Math.min(...heat);
  const rest = entrants.filter(({ at }, i) => at === 0 || heat[i]! <= least * hopeless);
  const times = ratios(rest, allRounds - firstRounds).map(median);
  const best = rest[times.indexOf(Math.min(...times))]!;
  if (best.at === 0) return { winner: 0, gain: 1 };
  const [, final] = ratios([rest[0]!, best], allRounds);
  const gain = 1 / median(final!);
  return gain >= leastGain && quantile(final!, 0.75) < 1 ? { winner: best.at, gain } : { winner: 0, gain: 1 };
}

interface Entrant {
  readonly run: Runner;
  /** Calls that fill a slice. */
  readonly repeats: number;
}

/** For each entrant, its time over the first one's time, round by round. */
function ratios(entrants: readonly Entrant[], rounds: number): number[][] {
  const found = entrants.map((): number[] => []);
  for (let round = 0; round < rounds; round++) {
    const times = new Array<number>(entrants.length);
    for (let turn = 0; turn < entrants.length; turn++) {
      const at = (turn + round) % entrants.length;
      const { run, repeats } = entrants[at]!;
      times[at] = run(repeats) / repeats;
    }
    for (const [at, time] of times.entries()) found[at]!.push(time / times[0]!);
  }
  return found;
}

/** Runs until the engine has had time to optimise; gives the calls that fill a slice. */
function warmUp(run: Runner, warmMs: number, sliceMs: number): number {
  let calls = warmCalls;
  let latest = run(calls);
  for (let total = latest; total < warmMs; total += latest) {
    if (latest < warmMs / 8) calls *= 2;
    latest = run(calls);
  }
  return Math.max(1, Math.round((sliceMs * calls) / latest));
}

const median = (values: readonly number[]): number => quantile(values, 0.5);

function quantile(values: readonly number[], share: number): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length * share)]!;
}

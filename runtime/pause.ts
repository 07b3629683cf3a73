/**
 * Lets the host breathe during long work: paints, clicks, Ctrl-C.
 *
 *   const pause = pacer();
 *   for (...) { work(); await pause(); }
 */

/** Milliseconds of work between two pauses: one frame of a page. */
const BUDGET = 16;

interface Host {
  /**
   * Pages and their workers: queues behind what is waiting, without setTimeout's milliseconds. Not scheduler.yield, which
   * comes back before other queued work: a worker in Chromium then never hears the message that would stop it.
   */
  scheduler?: { postTask?(task: () => void): Promise<void> };
  /** Node, Deno, Bun: without the millisecond that setTimeout takes there. */
  setImmediate?(done: () => void): unknown;
}

/** A function that gives a promise where the budget is used up, and nothing (go on at once) where not. */
export function pacer(): () => Promise<void> | undefined {
  let since = performance.now();
  return () => {
    if (performance.now() - since < BUDGET) return undefined;
    return yieldToHost().then(() => {
      since = performance.now();
    });
  };
}

function yieldToHost(): Promise<void> {
  const host = globalThis as Host;
  if (host.scheduler?.postTask) return host.scheduler.postTask(() => {});
  return new Promise((done) => {
    (host.setImmediate ?? setTimeout)(done);
  });
}

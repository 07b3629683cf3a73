/**
 * Lets the host breathe during long work: paints, clicks, Ctrl-C.
 *
 *   const pause = pacer();
 *   for (...) { work(); await pause(); }
 */

/** Milliseconds of work between two pauses: one frame of a page. */
const BUDGET = 16;

interface Host {
  /** Pages: comes back before other queued work. */
  scheduler?: { yield?(): Promise<void> };
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
  if (host.scheduler?.yield) return host.scheduler.yield();
  return new Promise((done) => {
    (host.setImmediate ?? setTimeout)(done);
  });
}

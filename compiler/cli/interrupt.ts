/**
 * Ctrl-C asks a long task to stop where it can go on later; a second one ends the process at once.
 *
 *   const done = await withInterrupt((signal) => trainModel({ ..., signal }));
 */
import { endProcess } from "./ending.ts";
import { exitCodes } from "./failure.ts";

const signals = ["SIGINT", "SIGTERM"] as const;

export async function withInterrupt<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const stop = (): void => {
    if (controller.signal.aborted) endProcess(exitCodes.interrupted);
    controller.abort();
  };
  for (const signal of signals) process.on(signal, stop);
  try {
    return await work(controller.signal);
  } finally {
    for (const signal of signals) process.off(signal, stop);
  }
}

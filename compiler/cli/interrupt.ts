/**
 * Ctrl-C asks a long task to stop where it can go on later; a second one ends the process at once. Until the task listens, as
 * while it reads and compiles, a signal does what it does to every program: nothing is there yet to be saved.
 *
 *   const interrupt = openInterrupt();
 *   await trainModel({ ..., signal: interrupt.signal, onStart: () => interrupt.listen() }).finally(interrupt.close);
 */
import { endProcess } from "./ending.ts";
import { exitCodes } from "./failure.ts";

const signals = ["SIGINT", "SIGTERM"] as const;

export interface Interrupt {
  readonly signal: AbortSignal;
  listen(): void;
  close(): void;
}

export function openInterrupt(): Interrupt {
  const controller = new AbortController();
  const stop = (): void => {
    if (controller.signal.aborted) endProcess(exitCodes.interrupted);
    controller.abort();
  };
  return {
    signal: controller.signal,
    listen() {
      for (const signal of signals) process.on(signal, stop);
    },
    close() {
      for (const signal of signals) process.off(signal, stop);
    },
  };
}

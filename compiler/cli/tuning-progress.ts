/**
 * How the timing of tiles goes, on stderr: a bar for a person, a line a kernel for a file.
 *
 *   tuning ██████████░░░░░░░░░░ 6/12 kernels
 *   tuned infer.2: lanes along i1 x3, i0 by 2, 1.39 times as fast
 */
import { printTile } from "../loop/tiling.ts";
import type { TunedKernel } from "../tune/tune.ts";
import { bar, openStatus } from "./status.ts";
import { isTerminal, note } from "./terminal.ts";

export interface TuningProgress {
  onStart(kernels: number): void;
  onKernel(found: TunedKernel): void;
  /** Leaves the terminal as a program should that prints on. */
  stop(): void;
}

export function openTuningProgress(): TuningProgress {
  if (!isTerminal(process.stderr)) return lines;
  const status = openStatus();
  let all = 0;
  let done = 0;
  const show = (): void =>
    status.show((width) => {
      const text = ` ${done}/${all} kernels`;
      return `tuning ${bar(Math.max(5, Math.min(40, width - 7 - text.length)), done / all)}${text}`;
    });
  return {
    onStart(kernels) {
      all = kernels;
      show();
    },
    onKernel() {
      done++;
      show();
    },
    stop: () => status.clear(),
  };
}

const lines: TuningProgress = {
  onStart() {},
  onKernel: ({ name, tile, gain }) =>
    note(`tuned ${name}: ${printTile(tile)}${gain === 1 ? "" : `, ${gain.toFixed(2)} times as fast`}`),
  stop() {},
};

/**
 * How the timing of tiles goes, on stderr: a bar for a person, a line a kernel for a file.
 *
 *   tuning |██████████░░░░░░░░░░| 6/12 kernels
 *   tuned infer.2: lanes along i1 x3, i0 by 2, 1.39 times as fast
 */
import { printTile } from "../loop/tile.ts";
import type { TunedKernel } from "../tune/tune.ts";
import { note } from "./terminal.ts";

export interface TuningProgress {
  onStart(kernels: number): void;
  onKernel(found: TunedKernel): void;
  /** Leaves the terminal as a program should that prints on. */
  stop(): void;
}

export const openTuningProgress = async (): Promise<TuningProgress> =>
  process.stderr.isTTY && process.env.TERM !== "dumb" ? bar() : lines;

const lines: TuningProgress = {
  onStart() {},
  onKernel: ({ name, tile, gain }) =>
    note(`tuned ${name}: ${printTile(tile)}${gain === 1 ? "" : `, ${gain.toFixed(2)} times as fast`}`),
  stop() {},
};

async function bar(): Promise<TuningProgress> {
  const { default: cliProgress } = await import("cli-progress");
  const format = "tuning |{bar}| {value}/{total} kernels";
  // Ctrl-C ends the process at once, as timing lets no handler run: the terminal must need no tidying up.
  const options = { format, clearOnComplete: true, gracefulExit: false, linewrap: true };
  const view = new cliProgress.SingleBar(options, cliProgress.Presets.shades_classic);
  return {
    onStart: (kernels) => view.start(kernels, 0),
    onKernel: () => view.increment(),
    stop: () => view.stop(),
  };
}

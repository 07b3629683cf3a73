/**
 * How training goes, on stderr: a bar for a person, a line an epoch for a file.
 *
 *   epoch 3/10 |██████████░░░░░░░░░░| 52%  loss 0.2134  accuracy 94.1%  8 s left
 *   epoch 3/10  loss 0.2101  accuracy 94.1%
 */
import type { EpochReport, Evaluation, StepReport } from "../../runtime/index.ts";
import { loss, note, percent } from "./terminal.ts";

export interface Progress {
  step(report: StepReport): void;
  epoch(report: EpochReport): void;
  /** Leaves the terminal as a program should that prints on. */
  stop(): void;
}

export interface ProgressOptions {
  readonly epochs: number;
  /** Of one epoch. */
  readonly rows: number;
  /** Rows done by an earlier run. */
  readonly done: number;
  /** Whether what is watched was held out. */
  readonly validates: boolean;
}

export const openProgress = async (options: ProgressOptions): Promise<Progress> =>
  process.stderr.isTTY && process.env.TERM !== "dumb" ? bar(options) : lines(options);

function lines({ epochs, validates }: ProgressOptions): Progress {
  const width = String(epochs).length;
  return {
    step() {},
    epoch({ epoch, loss: mean, validation }) {
      const number = String(epoch + 1).padStart(width);
      note(`epoch ${number}/${epochs}  loss ${loss(mean)}${watched(validation, validates)}`);
    },
    stop() {},
  };
}

async function bar({ epochs, rows, done, validates }: ProgressOptions): Promise<Progress> {
  const { default: cliProgress } = await import("cli-progress");
  const format = "epoch {epoch}/{epochs} |{bar}| {percentage}%  loss {loss}{watched}  {eta} s left";
  // Ctrl-C is the command's to handle.
  const options = { format, gracefulExit: false };
  const view = new cliProgress.SingleBar(options, cliProgress.Presets.shades_classic);
  let watchedText = "";
  view.start(epochs * rows, done, { epoch: Math.floor(done / rows) + 1, epochs, loss: "-", watched: watchedText });
  return {
    step({ epoch, position, lossSum }) {
      view.update(epoch * rows + position, { epoch: epoch + 1, loss: loss(lossSum / position), watched: watchedText });
    },
    epoch({ validation }) {
      watchedText = watched(validation, validates);
      view.update({ watched: watchedText });
    },
    stop: () => view.stop(),
  };
}

/** "  validation loss 0.2134, accuracy 94.1%", or the accuracy alone, of rows that were trained with. */
function watched(evaluation: Evaluation | undefined, validates: boolean): string {
  if (!evaluation) return "";
  if (validates) return `  validation ${judged(evaluation)}`;
  return evaluation.accuracy === undefined ? "" : `  accuracy ${percent(evaluation.accuracy)}`;
}

/** "loss 0.2134, accuracy 94.1%" */
export const judged = ({ loss: mean, accuracy }: Evaluation): string =>
  `loss ${loss(mean)}${accuracy === undefined ? "" : `, accuracy ${percent(accuracy)}`}`;

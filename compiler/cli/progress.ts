/**
 * How training goes, on stderr: a line an epoch, and for a person a bar below that fits the terminal.
 *
 *   epoch 3/10  loss 0.2101  validation loss 0.2134, accuracy 94.1%
 *   epoch 4/10  loss 0.2034  validation loss 0.2134  34% ██████░░░░░░░░  8 s left
 */
import type { EpochReport, Evaluation, StepReport } from "../../runtime/index.ts";
import { duration, loss, percent } from "../tasks/quantities.ts";
import { bar, openStatus } from "./status.ts";
import { note } from "./terminal.ts";

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

export function openProgress({ epochs, rows, done, validates }: ProgressOptions): Progress {
  const digits = String(epochs).length;
  const status = openStatus();
  const started = performance.now();
  let validation: number | undefined;
  return {
    step({ epoch, position, lossSum }) {
      const now = epoch * rows + position;
      const fraction = now / (epochs * rows);
      const elapsed = performance.now() - started;
      // The first steps are slower than the rest.
      const left = elapsed < 1000 ? undefined : (elapsed * (epochs * rows - now)) / (now - done);
      const current = { epoch: epoch + 1, epochs, loss: lossSum / position, validation, fraction, left };
      status.show((width) => fitted(current, width));
    },
    epoch(report) {
      if (validates) validation = report.validation?.loss;
      const number = String(report.epoch + 1).padStart(digits);
      note(`epoch ${number}/${epochs}  loss ${loss(report.loss)}${watched(report.validation, validates)}`);
    },
    stop: () => status.clear(),
  };
}

export interface Current {
  readonly epoch: number;
  readonly epochs: number;
  readonly loss: number;
  /** Loss of the validation rows, of the last epoch. */
  readonly validation: number | undefined;
  /** Of the whole run. */
  readonly fraction: number;
  /** Milliseconds, once it can be told. */
  readonly left: number | undefined;
}

/** The losses always, shorter where they must be; then, as far as there is room, how far, how long, and a bar. */
export function fitted({ epoch, epochs, loss: mean, validation, fraction, left }: Current, width: number): string {
  const number = `${epoch}/${epochs}`;
  const judgedAs = (name: string) => (validation === undefined ? "" : `  ${name} ${loss(validation)}`);
  const losses = [
    `epoch ${number}  loss ${loss(mean)}${judgedAs("validation loss")}`,
    `epoch ${number}  loss ${loss(mean)}${judgedAs("val")}`,
    `${number}  ${loss(mean)}${judgedAs("val")}`,
  ];
  let line = losses.find((text) => text.length <= width) ?? losses.at(-1)!;
  const extras = [`  ${Math.floor(100 * fraction)}%`, left === undefined ? "" : `  ${duration(left)} left`];
  for (const extra of extras) if (line.length + extra.length <= width) line += extra;
  const room = Math.min(40, width - line.length - 2);
  return room >= 5 ? `${line}  ${bar(room, fraction)}` : line;
}

/** "  validation loss 0.2134, accuracy 94.1%", or the accuracy alone, of rows that were trained with. */
function watched(evaluation: Evaluation | undefined, validates: boolean): string {
  if (!evaluation) return "";
  if (validates) return `  validation ${judged(evaluation)}`;
  return evaluation.accuracy === undefined ? "" : `  training accuracy ${percent(evaluation.accuracy)}`;
}

/** "loss 0.2134, accuracy 94.1%" */
export const judged = ({ loss: mean, accuracy }: Evaluation): string =>
  `loss ${loss(mean)}${accuracy === undefined ? "" : `, accuracy ${percent(accuracy)}`}`;

/**
 * The training driver: epochs of mini-batches that partition the data, in an order drawn anew for each epoch.
 *
 *   net.init(1);
 *   const { epochs } = await train(net, { inputs: { pixels }, targets: { digit } }, { epochs: 10, seed: 1 });
 *   epochs.at(-1)   // { epoch: 9, rows: 8500, loss: 0.08, ... }
 *
 * It calls neither init nor restore: a fresh net, one with loaded weights and one that resumes train alike.
 */
import { type Batches, type GivenData, openBatches } from "./batches.ts";
import { type Evaluable, type Evaluation, evaluate } from "./evaluate.ts";
import { boolean, checkOptions, finite, fn, integer, type Kinds, object, optional, thing } from "./kinds.ts";
import { pacer } from "./pause.ts";
import { permutation } from "./permutation.ts";
import type { Given } from "./port.ts";
import type { AbortSignalLike } from "./source.ts";
import { checkInteger } from "./wrong.ts";

/** What can be trained: the net of `load`, or the typed one of generated bindings. */
export interface Trainable extends Evaluable {
  step(inputs: Given, targets: Given, n?: number): number;
}

/** Where a run stands. With the state that `net.save()` gave there, a run goes on to the same bits as if never stopped. */
export interface Position {
  /** 0 for the first. */
  readonly epoch: number;
  /** Rows of this epoch that are done. */
  readonly position: number;
  /** Sum of loss times rows over those. */
  readonly lossSum: number;
}

const BEGINNING: Position = { epoch: 0, position: 0, lossSum: 0 };

export interface StepReport extends Position {
  /** Of this step, before its update. */
  readonly loss: number;
  /** Rows of this step. */
  readonly rows: number;
}

export interface EpochReport {
  /** 0 for the first. */
  readonly epoch: number;
  readonly rows: number;
  /** The mean of its steps' losses by their rows, each before its update; `evaluate` gives the loss of all rows at once. */
  readonly loss: number;
  readonly validation?: Evaluation;
}

// biome-ignore lint/suspicious/noConfusingVoidType: what a callback without a return gives.
type EpochAnswer = "stop" | undefined | void;

export interface TrainOptions {
  /** In all, those before `start` included. */
  readonly epochs: number;
  /** Of the order of the rows, 0 to 2^32 - 1. */
  readonly seed: number;
  /** Rows of one step, 1 to the batch of the module, which is the default. */
  readonly batch?: number;
  /** False: every epoch takes the rows as they stand. */
  readonly shuffle?: boolean;
  /** Evaluated after each epoch. */
  readonly validation?: GivenData;
  readonly onStep?: (report: StepReport) => void;
  /** Awaited: the place to write a checkpoint. `next` is the position to resume at; "stop" ends the run there. */
  readonly onEpoch?: (report: EpochReport, next: Position) => EpochAnswer | PromiseLike<EpochAnswer>;
  /** Stops between two steps; the result says where. */
  readonly signal?: Pick<AbortSignalLike, "aborted">;
  readonly start?: Position;
}

const trainKinds: Kinds<TrainOptions> = {
  epochs: integer(),
  seed: integer(),
  batch: optional(integer(1)),
  shuffle: optional(boolean),
  validation: optional(object({ inputs: thing, targets: thing })),
  onStep: optional(fn),
  onEpoch: optional(fn),
  signal: optional(thing),
  start: optional(object({ epoch: integer(), position: integer(), lossSum: finite })),
};

export interface TrainResult {
  /** The epochs that this run finished. */
  readonly epochs: readonly EpochReport[];
  /** Where to go on: `start` of a later run. */
  readonly next: Position;
  /** Whether the signal stopped it. */
  readonly aborted: boolean;
}

/**
 * Rejects with a TypeError or RangeError, before the first step, for data or options that do not fit, and with an Error
 * after the step whose loss is no longer finite.
 */
export async function train(net: Trainable, data: GivenData, options: TrainOptions): Promise<TrainResult> {
  checkOptions<TrainOptions>("train", options, trainKinds);
  const { epochs, seed, batch = net.manifest.batch, shuffle = true, start = BEGINNING } = options;
  checkInteger("batch", batch, 1, net.manifest.batch);
  const batches = openBatches(net.manifest, data, batch);
  checkInteger("start.epoch", start.epoch, 0, epochs);
  checkInteger("start.position", start.position, 0, batches.rows - 1);
  if (options.validation) openBatches(net.manifest, options.validation, 1);

  const run: Run = { ...options, net, batches, batch, pause: pacer() };
  const reports: EpochReport[] = [];
  let next: Position = start;
  while (next.epoch < epochs) {
    const { epoch } = next;
    const order = shuffle ? permutation(batches.rows, seed, epoch) : inOrder(batches.rows);
    const end = await runEpoch(run, order, next);
    if (end.position < batches.rows) return { epochs: reports, next: end, aborted: true };

    const { rows } = batches;
    const validation = options.validation && (await evaluate(net, options.validation));
    const report = { epoch, rows, loss: end.lossSum / rows, validation };
    reports.push(report);
    next = { ...BEGINNING, epoch: epoch + 1 };
    if ((await options.onEpoch?.(report, next)) === "stop") break;
  }
  return { epochs: reports, next, aborted: false };
}

const inOrder = (rows: number): Uint32Array => Uint32Array.from({ length: rows }, (_, row) => row);

/** What stays the same from epoch to epoch. */
interface Run extends TrainOptions {
  readonly net: Trainable;
  readonly batches: Batches;
  readonly batch: number;
  readonly pause: () => Promise<void> | undefined;
}

/** Steps from `start` to the end of its epoch, or to where the signal stops it. */
async function runEpoch(
  { net, batches, batch, pause, onStep, signal }: Run,
  order: Uint32Array,
  start: Position,
): Promise<Position> {
  const { epoch } = start;
  let { position, lossSum } = start;
  while (position < batches.rows && !signal?.aborted) {
    const rows = Math.min(batch, batches.rows - position);
    const { inputs, targets } = batches.gather(order, position, rows);
    const loss = net.step(inputs, targets, rows);
    if (!Number.isFinite(loss)) {
      const step = epoch * Math.ceil(batches.rows / batch) + Math.floor(position / batch) + 1;
      throw notFinite(
        loss,
        `step ${step} (epoch ${epoch + 1}, rows ${position + 1} to ${position + rows} of its order)`,
      );
    }
    position += rows;
    lossSum += loss * rows;
    onStep?.({ epoch, position, lossSum, loss, rows });
    await pause();
  }
  return { epoch, position, lossSum };
}

const notFinite = (loss: number, where: string): Error =>
  new Error(
    `the loss is ${loss} at ${where}: expected a finite number; a lower learning rate or standardized inputs may help`,
  );

/**
 * Trains a model, silently: compiled, its data read and split, trained with checkpoints, judged by the rows held out.
 *
 *   const { net, history, test } = await trainModel({
 *     model, data: "iris.csv", testSplit: 0.2, epochs: 60, seed: 1,
 *     onEpoch: ({ epoch, loss }) => console.log(epoch, loss),
 *   });
 *   test?.accuracy      // 0.97
 */
import {
  type EpochReport,
  type Evaluation,
  evaluate,
  keepBest,
  load,
  type Net,
  type Position,
  reduceOnPlateau,
  type Trainable,
  train,
} from "../../runtime/index.ts";
import { compile } from "../compile.ts";
import { CheckpointError } from "../data/checkpointError.ts";
import type { Model } from "../dsl/model.ts";
import { isPlateau } from "../dsl/schedules/plateau.ts";
import { blame, type Good } from "./blame.ts";
import { bestOf, openTraining, requireRecord, restoreTraining, type TrainingCheckpoint } from "./checkpoint.ts";
import { type Checkpointing, checkpointing, requireCheckpoint } from "./checkpointing.ts";
import { UserError } from "./errors.ts";
import { measureInputs } from "./measure.ts";
import { type RatePoint, recordRates } from "./rates.ts";
import { completeSettings, mergeSettings } from "./settings.ts";
import { checkTrainModel, type StartedRun, type TrainModelOptions } from "./train-options.ts";
import { readTrainingData, type TrainingData, takeRows } from "./training-data.ts";

export interface TrainedModel extends StartedRun {
  /** The epochs of this run; `validation` is of the validation rows or, without any, of some that were trained with. */
  readonly history: readonly EpochReport[];
  /** The learning rate over this run. */
  readonly rates: readonly RatePoint[];
  /** Of the test rows, where there are any and the run has come to its end. */
  readonly test?: Evaluation;
  /** Whether the run ended because the validation loss had not fallen for long. */
  readonly stoppedEarly: boolean;
  /** Where a later run goes on. */
  readonly next: Position;
  readonly aborted: boolean;
}

/** Enough rows to tell how it goes, few enough not to slow it down. */
const mostRowsWatched = 1000;

const beginning: Position = { epoch: 0, position: 0, lossSum: 0 };

/**
 * Rejects with a CompileError, a DataError or a CheckpointError for what is wrong with its files, and with a UserError where
 * the loss stops being finite; the checkpoint of the last good epoch is then still there.
 */
export async function trainModel(options: TrainModelOptions): Promise<TrainedModel> {
  checkTrainModel(options);
  requireCheckpoint(options);
  const run = await startRun(options);
  await options.onStart?.(run);
  const { net, data, settings, start, best } = run;
  const save = checkpointing(run, options);
  const rates = recordRates(run, options.epochs);
  const epochs = best?.isOver ? start.epoch : options.epochs;
  const result = await guarded(run, options, save, (watched, good) =>
    train(watched, data.train, {
      epochs,
      seed: settings.seed,
      batch: settings.batch,
      start,
      validation: watchedRows(run),
      ...(options.signal ? { signal: options.signal } : {}),
      onStep(report) {
        rates.see(report);
        options.onStep?.(report);
      },
      onEpoch(report, next) {
        watchPlateau(net, options.model, report);
        const answer = best?.see(report.epoch, report.validation!.loss);
        save.after(report.epoch, next, answer === "stop");
        good(next);
        options.onEpoch?.(report);
        return answer;
      },
    }),
  );
  // A run with nothing left to do leaves its file too, which may be another than the one it was resumed from.
  if (result.aborted || result.epochs.length === 0) save.now(result.next);
  if (!result.aborted) best?.restore();
  const test = data.test && !result.aborted ? { test: await evaluate(net, data.test) } : {};
  const stoppedEarly = !result.aborted && best?.isOver === true;
  const { points } = rates;
  return {
    ...run,
    history: result.epochs,
    rates: points,
    next: result.next,
    aborted: result.aborted,
    stoppedEarly,
    ...test,
  };
}

async function startRun(options: TrainModelOptions): Promise<StartedRun> {
  const checkpoint = options.resume === undefined ? undefined : openTraining(options.resume);
  const chosen = mergeSettings(options, checkpoint && requireRecord(checkpoint));
  const { seed, batch, dtype } = chosen;
  const tiles = options.tiles?.(chosen);
  const built = await compile(options.model, { seed, batch, dtype, mode: "train", tiles });
  const settings = completeSettings(chosen, built.program);
  const net = await load(built.wasm as Uint8Array<ArrayBuffer>);
  net.init(settings.seed);
  // Before the data is read, which may take long.
  if (checkpoint) restoreTraining(net, checkpoint);
  const { classNames, columns } = checkpoint?.record ?? {};
  const data = await readTrainingData(built.program, { ...options, ...settings, classNames, columns });
  if (!checkpoint) measureInputs(net, built.program, data);
  const stopping = options.stopping ?? checkpoint?.record?.stopping;
  if (stopping && !data.validation) throw nothingToWatch();
  const best = stopping && keepBest(net, stopping, checkpoint && bestOf(net, checkpoint));
  return { built, net, data, settings, start: startOf(options, checkpoint, data), best, stopping };
}

const nothingToWatch = () =>
  new UserError(
    "early stopping: expected rows held out for validation, got none; hold some out with --validation-split 0.2, say",
  );

function startOf(
  { epochs }: TrainModelOptions,
  checkpoint: TrainingCheckpoint | undefined,
  data: TrainingData,
): Position {
  if (!checkpoint) return beginning;
  const { next, data: hash } = requireRecord(checkpoint);
  if (next.epoch > epochs || (next.epoch === epochs && next.position > 0)) {
    throw new UserError(
      `${checkpoint.file}: ${next.epoch} epochs are done: expected more epochs than that in all, got ${epochs}`,
    );
  }
  if (next.position >= data.train.rows) {
    const reason = `it stands at row ${next.position} of an epoch, and there are ${data.train.rows}`;
    throw new CheckpointError({ code: "checkpoint/bad-record", file: checkpoint.file, reason });
  }
  if (hash !== data.hash && next.position > 0) {
    throw new UserError(
      `${checkpoint.file}: the run stopped inside epoch ${next.epoch + 1}, and the data is not what it was then: ` +
        "expected the same rows, in the same order",
    );
  }
  return next;
}

/** Rows that show after each epoch how it goes. */
function watchedRows({
  built: { program },
  data: {
    train: { rows, ...train },
    validation,
  },
}: StartedRun) {
  if (validation) return { inputs: validation.inputs, targets: validation.targets };
  if (rows <= mostRowsWatched) return train;
  const spread = Array.from({ length: mostRowsWatched }, (_, i) => Math.floor((i * rows) / mostRowsWatched));
  const { inputs, targets } = takeRows(program, train, spread);
  return { inputs, targets };
}

/** A rate that falls where the loss does not sees the loss of each epoch; what it counts is part of the net's state. */
function watchPlateau(net: Net, { spec }: Model, { loss, validation }: EpochReport): void {
  const { rate } = spec.optimizer;
  if (isPlateau(rate)) reduceOnPlateau(net, validation?.loss ?? loss, rate.plateau);
}

/**
 * Trains; where the loss stops being finite, which is the user's to mend, the error names the op that began it. `good` is
 * told at the end of each epoch.
 */
async function guarded<T>(
  run: StartedRun,
  options: TrainModelOptions,
  save: Checkpointing,
  work: (net: Trainable, good: (position: Position) => void) => Promise<T>,
): Promise<T> {
  const { net, built, data, settings, start } = run;
  let last: Good = { state: net.save(), position: start };
  let steps = 0;
  let loss = 0;
  const watched: Trainable = {
    manifest: net.manifest,
    memory: net.memory,
    evaluate: net.evaluate,
    step(inputs, targets, n) {
      loss = net.step(inputs, targets, n);
      if (Number.isFinite(loss)) steps++;
      return loss;
    },
  };
  const good = (position: Position): void => {
    last = { state: net.save(), position };
    steps = 0;
  };
  try {
    return await work(watched, good);
  } catch (error) {
    if (Number.isFinite(loss)) {
      save.rescue(last);
      throw error;
    }
    const { seed, batch } = settings;
    const scene = { net, program: built.program, train: data.train };
    const cause = await blame(scene, last, steps, { epochs: options.epochs, seed, batch });
    save.rescue(last);
    throw new UserError([(error as Error).message, ...(cause ? [`first not finite: ${cause}`] : [])].join("\n"));
  }
}

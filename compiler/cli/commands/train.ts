/** `nabla train`: trains a model file on data files, shows how it goes, keeps the run in a checkpoint. */

import { statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { StoppingSettings } from "../../../runtime/index.ts";
import type { ColumnMap } from "../../data/types.ts";
import type { FloatType } from "../../graph/types.ts";
import { requireAccuracy } from "../../tasks/accuracy.ts";
import { UserError } from "../../tasks/errors.ts";
import { judge } from "../../tasks/judge.ts";
import { modelName, readModelFile } from "../../tasks/model-file.ts";
import { bytes, count, duration, loss, percent } from "../../tasks/quantities.ts";
import { type BuildKind, readTiles, sectionOf, tileFileOf, tilesFor } from "../../tasks/saved-tiles.ts";
import { type TrainedModel, trainModel } from "../../tasks/train-model.ts";
import type { StartedRun } from "../../tasks/train-options.ts";
import { writeTogether } from "../../tasks/write-together.ts";
import { exitCodes } from "../failure.ts";
import { openInterrupt } from "../interrupt.ts";
import { describeJudgements } from "../judgement.ts";
import { lockFile } from "../lock.ts";
import { judged, openProgress, type Progress } from "../progress.ts";
import { requireRunFiles } from "../run-files.ts";
import { fileWord, shellCommand } from "../shell.ts";
import { facts, note, print } from "../terminal.ts";
import { noteUnfit } from "../tuning.ts";
import { working } from "../working.ts";

export interface TrainFlags {
  readonly data: readonly string[];
  readonly epochs: number;
  readonly test?: readonly string[];
  readonly testSplit?: number;
  readonly validationSplit?: number;
  readonly batch?: number;
  readonly seed?: number;
  readonly map?: ColumnMap;
  readonly out?: string;
  /** True: from the file of `out`. */
  readonly resume?: string | true;
  readonly overwrite?: boolean;
  readonly checkpointEvery?: number;
  readonly patience?: number;
  readonly minDelta?: number;
  /** True: beside the checkpoint. */
  readonly report?: string | true;
  readonly dtype?: FloatType;
}

export async function train(path: string, flags: TrainFlags): Promise<void> {
  const { data, test, testSplit, validationSplit, batch, seed, dtype, epochs } = flags;
  const file = await readModelFile(path);
  const { out, resume } = checkpointFiles(path, flags);
  const report = reportFile(flags, out);
  const read = [path, ...file.sources, tileFileOf(path), ...data, ...(test ?? [])];
  await requireRunFiles({ out, resume, report, read, overwrite: flags.overwrite ?? false });
  const { map } = flags;
  const stopping = stoppingOf(flags);
  const saved = readTiles(path);
  const sectionFor = (kind: Omit<BuildKind, "mode">) => sectionOf(file, { ...kind, mode: "train" });
  const options = { stopping, data, test, testSplit, validationSplit, map, epochs, batch, seed, dtype, resume };
  let started = 0;
  let progress: Progress | undefined;
  let unlock: (() => void) | undefined;
  const interrupt = openInterrupt();
  const work = () =>
    trainModel({
      ...options,
      model: file.model,
      tiles: (kind) => tilesFor(saved, sectionFor(kind)),
      checkpoint: { file: out, ...(flags.checkpointEvery && { every: flags.checkpointEvery }) },
      signal: interrupt.signal,
      onStart(run) {
        unlock = lockFile(out);
        interrupt.listen();
        note(describeStart(path, run, resume));
        if (saved) noteUnfit(saved, sectionFor(run.settings), run.built.staleTiles);
        progress = openProgress(progressOptions(run, epochs));
        started = performance.now();
      },
      onStep: (report) => progress?.step(report),
      onEpoch: (report) => progress?.epoch(report),
    });
  // Found before anything is read; taken when the run begins.
  lockFile(out)();
  working(`${path}: compiling`);
  const trained = await file.explaining(work).finally(() => {
    progress?.stop();
    interrupt.close();
    unlock?.();
  });
  if (trained.aborted) return stopped(trained, out);
  finished(path, trained, out, performance.now() - started);
  if (report !== undefined) await writeReport(path, trained, out, report, data);
  checkAccuracy(path, file.model.spec.accuracy, trained);
}

/** Last, so that a run that missed it is kept and can be looked at. */
function checkAccuracy(path: string, stated: number | undefined, { test, next }: TrainedModel): void {
  if (test) requireAccuracy(path, stated, next.epoch, test);
  else if (stated !== undefined)
    note(`the model states an accuracy of ${percent(stated)}: --test or --test-split checks it`);
}

function stoppingOf({ patience, minDelta }: TrainFlags): StoppingSettings | undefined {
  if (patience !== undefined) return { patience, ...(minDelta === undefined ? {} : { minDelta }) };
  if (minDelta !== undefined) throw new UserError("--min-delta: expected --patience beside it, got none");
  return undefined;
}

function checkpointFiles(path: string, { out, resume }: TrainFlags): { out: string; resume: string | undefined } {
  // A run that goes on from a file goes on in it.
  const target = out ?? (typeof resume === "string" ? resume : `${modelName(path)}.safetensors`);
  return { out: target, resume: resume === true ? target : resume };
}

const progressOptions = ({ data, start }: StartedRun, epochs: number) => ({
  epochs,
  rows: data.train.rows,
  done: start.epoch * data.train.rows + start.position,
  validates: data.validation !== undefined,
});

function describeStart(path: string, { built, data, settings, start }: StartedRun, resume: string | undefined): string {
  const parameters = built.manifest.parameters.reduce((sum, { dims }) => sum + dims.reduce((p, d) => p * d, 1), 0);
  const held = [
    data.validation && `${count(data.validation.rows)} to validate`,
    data.test && `${count(data.test.rows)} to test`,
  ];
  const rows = [`${count(data.train.rows)} rows to train`, ...held].filter(Boolean).join(", ");
  const from =
    resume === undefined
      ? ""
      : `\ngoing on from ${resume}: ${start.epoch} epochs and ${count(start.position)} rows are done`;
  return `${path}: ${count(parameters)} parameters; ${rows}; batch ${settings.batch}, seed ${settings.seed}${from}`;
}

function finished(path: string, trained: TrainedModel, out: string, milliseconds: number): void {
  const { history, test, data, next, best, stoppedEarly } = trained;
  const last = history.at(-1);
  const watched = data.validation && last?.validation;
  const rows: [string, string][] = [
    ["trained", `${describeEpochs(next.epoch, history.length)} in ${duration(milliseconds)}`],
  ];
  if (last) rows.push(["loss", loss(last.loss)]);
  if (watched) rows.push(["validation", judged(watched)]);
  if (stoppedEarly) rows.push(["stopped early", `no better validation loss in ${best!.found!.waited} epochs`]);
  if (best?.found) rows.push(["kept", `epoch ${best.found.epoch + 1}, validation loss ${loss(best.found.loss)}`]);
  if (test) rows.push(["test", `${judged(test)}, of ${count(test.rows)} rows`]);
  rows.push(["checkpoint", `${out}, ${bytes(statSync(out).size)}`]);
  print(facts(rows));
  if (test) for (const part of describeJudgements(judge(trained, test, data.test!.targets))) print(`\n${part}`);
  note(`\nnext: ${shellCommand(["nabla", "build", fileWord(path), "--weights", fileWord(out)])}`);
}

const reportFile = ({ report }: TrainFlags, out: string): string | undefined =>
  report === true ? join(dirname(out), "report.html") : report;

async function writeReport(
  path: string,
  trained: TrainedModel,
  out: string,
  file: string,
  data: readonly string[],
): Promise<void> {
  const { trainingReport } = await import("../../tasks/report/training.ts");
  const settings = [
    ["model file", path],
    ["data files", data.join(", ")],
    ["checkpoint", out],
  ] as const;
  const html = await trainingReport(`Training of ${modelName(path)}`, trained, settings);
  writeTogether(dirname(file), new Map([[basename(file), html]]));
  note(`report: ${file}`);
}

/** "10 epochs", "4 epochs after 6 earlier ones" */
const describeEpochs = (all: number, now: number): string =>
  `${now} ${now === 1 ? "epoch" : "epochs"}${all === now ? "" : ` after ${all - now} earlier`}`;

function stopped({ next }: TrainedModel, out: string): void {
  note(`stopped in epoch ${next.epoch + 1} after ${count(next.position)} of its rows; saved to ${out}`);
  note(`go on with: ${resumeCommand(process.argv.slice(2))}`);
  process.exitCode = exitCodes.interrupted;
}

/** What was typed, with --resume. */
function resumeCommand(args: readonly string[]): string {
  const resumes = args.some((word) => word === "--resume" || word.startsWith("--resume="));
  // What follows -- is no option.
  const end = args.includes("--") ? args.indexOf("--") : args.length;
  return shellCommand(["nabla", ...(resumes ? args : args.toSpliced(end, 0, "--resume"))]);
}

/**
 * Training as a build step, done once for each set of data, graph, seed, options and compiler.
 *
 *   ?trained&data=./iris.csv&epochs=50  ->  node_modules/.cache/nabla/3f2a....safetensors, 3f2a....json
 *
 * Training gives the same bits on every machine, so a cache that another machine filled can be used as one's own.
 */
import { createHash } from "node:crypto";
import { accessSync, constants, createReadStream, existsSync, rmSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { programHash } from "../bindings/describe.ts";
import { previousPath } from "../data/checkpoint.ts";
import { makeFolder } from "../data/folder.ts";
import { isPlateau } from "../dsl/schedules/plateau.ts";
import { buildProgram } from "../program/program.ts";
import { requireAccuracy } from "../tasks/accuracy.ts";
import { UserError } from "../tasks/errors.ts";
import { describeMachineFault } from "../tasks/machine.ts";
import type { ModelFile } from "../tasks/model-file.ts";
import { isOurs } from "../tasks/ours.ts";
import { percent } from "../tasks/quantities.ts";
import { completeSettings } from "../tasks/settings.ts";
import { trainModel } from "../tasks/train-model.ts";
import { writeTogether } from "../tasks/write-together.ts";
import { type CacheRecord, readCache } from "./cache.ts";
import { progressLine } from "./progress.ts";
import { splitSource, type TrainRequest } from "./request.ts";

export interface TrainedOptions {
  readonly cache: string;
  /** Told of progress, a line at a time. */
  readonly log: (line: string) => void;
  /** Told what is wrong and mended, whether or not progress is told. */
  readonly warn?: (line: string) => void;
}

/** The path of a checkpoint. Rejects with a UserError for an accuracy below the one stated; as trainModel does, besides. */
export async function trainedWeights(
  file: ModelFile,
  request: TrainRequest,
  { cache, log, warn = log }: TrainedOptions,
): Promise<string> {
  const stated = request.accuracy ?? file.model.spec.accuracy;
  const settings = settingsOf(request, stated);
  const key = await cacheKey(file, request, settings);
  const weights = join(cache, `${key}.safetensors`);
  const recordFile = join(cache, `${key}.json`);
  const name = `${file.name}, ${request.epochs} epochs`;
  const kept = readCache(weights, recordFile, {
    epochs: request.epochs,
    isTested: settings.testSplit > 0 || !!request.test,
  });
  if (kept.fault !== undefined) {
    warn(`the cache of ${name} is damaged, and it is trained again: ${kept.fault}`);
    for (const damaged of [weights, recordFile]) rmSync(damaged, { force: true, recursive: true });
  }
  if (!kept.record) prepareCache(cache, weights);
  const record = kept.record ?? (await trainNow(file, request, settings, weights, log));
  if (!kept.record) writeTogether(cache, new Map([[basename(recordFile), JSON.stringify(record)]]));
  log(`${kept.record ? "cached" : "trained"}: ${name}${describeTest(record)}`);
  requireAccuracy(request.model, stated, request.epochs, record.test);
  return weights;
}

/** What no training has written is in the way of the one that comes; weights without a record may be another build's, just made. */
function prepareCache(cache: string, weights: string): void {
  try {
    makeFolder(cache);
    accessSync(cache, constants.W_OK | constants.X_OK);
    for (const path of [weights, previousPath(weights)]) {
      const stats = statSync(path, { throwIfNoEntry: false });
      if (stats && !(stats.isFile() && isOurs(path, "checkpoint"))) rmSync(path, { recursive: true });
    }
  } catch (error) {
    const fault = describeMachineFault(error);
    if (fault === undefined) throw error;
    throw new UserError(
      `the cache of ?trained cannot be written: ${fault}\n  The plugin's option cache names another folder.`,
    );
  }
}

/** Where an accuracy is stated, some rows must be kept from training to measure it. */
const settingsOf = ({ seed, batch, dtype, test, testSplit }: TrainRequest, stated: number | undefined) => ({
  seed,
  batch,
  dtype,
  testSplit: testSplit ?? (stated !== undefined && !test ? 0.2 : 0),
});

type Settings = ReturnType<typeof settingsOf>;

/** SHA-256, hex, of all that decides the weights, and of the rows they are judged by. */
async function cacheKey({ model }: ModelFile, request: TrainRequest, settings: Settings): Promise<string> {
  const program = buildProgram(model, settings);
  const { rate } = model.spec.optimizer;
  const facts = {
    program: programHash(program),
    settings: completeSettings(settings, program),
    epochs: request.epochs,
    map: request.map,
    // The one part of training that is not in the graph.
    plateau: isPlateau(rate) ? rate.plateau : undefined,
    data: await Promise.all(request.data.map(hashSource)),
    test: await Promise.all((request.test ?? []).map(hashSource)),
  };
  return createHash("sha256").update(JSON.stringify(facts)).digest("hex");
}

/** A field's name and the contents of its file; not the path, which differs between machines. */
async function hashSource(source: string): Promise<string[]> {
  const { field, path } = splitSource(source);
  const hash = createHash("sha256");
  // A file that is not there is for the reader of the data to report.
  if (existsSync(path)) for await (const chunk of createReadStream(path)) hash.update(chunk);
  return [field, hash.digest("hex")];
}

async function trainNow(
  file: ModelFile,
  { data, test, map, epochs }: TrainRequest,
  settings: Settings,
  weights: string,
  log: (line: string) => void,
): Promise<CacheRecord> {
  const trained = await trainModel({
    model: file.model,
    ...settings,
    data,
    test,
    map,
    epochs,
    checkpoint: { file: weights, every: epochs },
    onEpoch: (report) => {
      const line = progressLine(report, epochs);
      if (line) log(`training: ${file.name}, ${line}`);
    },
  });
  if (!trained.test) return { epochs };
  const { loss, accuracy, rows } = trained.test;
  return { epochs, test: { loss, rows, ...(accuracy === undefined ? {} : { accuracy }) } };
}

const describeTest = ({ test }: CacheRecord): string =>
  test?.accuracy === undefined ? "" : `, accuracy ${percent(test.accuracy)} of ${test.rows} rows held out`;

/**
 * When a run is written to disk: by time, or after so many epochs where that is said; at the end; when it is stopped; and when
 * it fails, where it was good last.
 */
import { existsSync, statfsSync } from "node:fs";
import { dirname } from "node:path";
import type { Net, Position } from "../../runtime/index.ts";
import { previousPath } from "../data/checkpoint.ts";
import { makeFolder } from "../data/folder.ts";
import type { Good } from "./blame.ts";
import { saveTraining, sizeOfTraining } from "./checkpoint.ts";
import { UserError } from "./errors.ts";
import { fingerprint } from "./fingerprint.ts";
import { describeMachineFault } from "./machine.ts";
import { requireOutputs } from "./outputs.ts";
import { bytes, count } from "./quantities.ts";
import type { StartedRun, TrainModelOptions } from "./train-options.ts";

export interface Checkpointing {
  now(next: Position): void;
  /** At the end of an epoch. */
  after(epoch: number, next: Position, isLast: boolean): void;
  /** After a failure: the net goes back to where it was good, and that is kept, unless it has been. */
  rescue(good: Good): void;
}

/** Milliseconds. More often, writing takes longer than what would be lost. */
const leastInterval = 5000;

/** Of the time between two, what writing one may take. */
const mostShare = 0.05;

/** Before a run, whoever asks for it: no data is lost to a mistaken file name. */
export function requireCheckpoint({ checkpoint, data, test }: TrainModelOptions): void {
  if (!checkpoint) return;
  const read = [data, test].flat().filter((source) => typeof source === "string");
  const files = [checkpoint.file, previousPath(checkpoint.file)];
  requireOutputs(
    files.map((path) => ({ path, kind: "checkpoint" })),
    read,
  );
}

export function checkpointing(run: StartedRun, { checkpoint, epochs }: TrainModelOptions): Checkpointing {
  const { built, net, data, settings, best, stopping, start } = run;
  if (!checkpoint) return { now() {}, after: () => requireFinite(net), rescue() {} };
  const { file, every } = checkpoint;
  requireRoom(file, sizeOfTraining(net, best !== undefined), every === undefined || every < epochs);
  const { classNames, columns, hash } = data;
  const fixed = { ...settings, model: built.manifest.hash, data: hash, classNames, columns, stopping };
  const inference = fingerprint(built.program.infer);
  let saved = start;
  let failed = false;
  let time = performance.now();
  let took = 0;

  const now = (next: Position): void => {
    requireFinite(net);
    const begun = performance.now();
    try {
      saveTraining(file, net, { ...fixed, inference, next }, best?.found);
    } catch (error) {
      failed = true;
      throw notWritten(file, saved, error);
    }
    saved = next;
    time = performance.now();
    took = time - begun;
  };
  const due = (epoch: number): boolean =>
    every === undefined
      ? performance.now() - time >= Math.max(leastInterval, took / mostShare)
      : (epoch + 1) % every === 0;
  return {
    now,
    after(epoch, next, isLast) {
      requireFinite(net);
      if (isLast || epoch + 1 === epochs || due(epoch)) now(next);
    },
    rescue({ state, position }) {
      if (failed || position === saved) return;
      net.restore(state);
      now(position);
    },
  };
}

function notWritten(file: string, saved: Position, error: unknown): unknown {
  const fault = describeMachineFault(error);
  if (fault === undefined) return error;
  const kept = existsSync(file) ? `\n  ${file} holds the run as it was after ${count(saved.epoch)} epochs.` : "";
  return new UserError(`the checkpoint cannot be written: ${fault}${kept}`);
}

/** While one is written, it, the one before and the one before that are there. */
function requireRoom(file: string, size: number, repeats: boolean): void {
  makeFolder(dirname(file));
  const { bavail, bsize, blocks } = statfsSync(dirname(file));
  const there = [file, previousPath(file)].filter((path) => existsSync(path)).length;
  const needed = size * (repeats ? 3 - there : 1);
  if (blocks === 0 || bavail * bsize >= needed) return;
  throw new UserError(
    `${file}: expected room for ${bytes(needed)} on its disk, a checkpoint being ${bytes(size)}, got ${bytes(bavail * bsize)}\n  Make room, or name a file on another disk with --out.`,
  );
}

/** A loss is that of the parameters before its update: the last update may have gone wrong, and must not be kept. */
function requireFinite(net: Net): void {
  for (const [name, values] of Object.entries(net.parameters)) {
    const bad = values.findIndex((value) => !Number.isFinite(value));
    if (bad >= 0) {
      throw new UserError(
        `${name}[${bad}] is ${values[bad]} after the last step: expected a finite number; ` +
          "a lower learning rate or standardized inputs may help",
      );
    }
  }
}

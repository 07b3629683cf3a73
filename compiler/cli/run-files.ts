/**
 * The files of a training run, before it begins: what it may write, and whether it may replace the run that is there.
 *
 *   iris.safetensors holds 50 epochs of training. Replace it? [y/N]
 */
import { createInterface } from "node:readline/promises";
import { previousPath } from "../data/checkpoint.ts";
import { CheckpointError } from "../data/checkpointError.ts";
import { openTraining } from "../tasks/checkpoint.ts";
import { UserError } from "../tasks/errors.ts";
import { isSameFile, type Output, requireOutputs } from "../tasks/outputs.ts";
import { count } from "../tasks/quantities.ts";
import { endProcess } from "./ending.ts";
import { exitCodes } from "./failure.ts";
import { shown } from "./terminal.ts";

export interface RunFiles {
  readonly out: string;
  readonly resume: string | undefined;
  readonly report: string | undefined;
  /** Beside those. */
  readonly read: readonly string[];
  readonly overwrite: boolean;
}

export async function requireRunFiles({ out, resume, report, read, overwrite }: RunFiles): Promise<void> {
  const ofRun = [out, previousPath(out)];
  const outputs: Output[] = ofRun.map((path) => ({ path, kind: "checkpoint" }));
  if (report !== undefined) outputs.push({ path: report, kind: "page" });
  // A run that goes on in its own file replaces what it has read.
  const goesOn = resume !== undefined && ofRun.some((path) => isSameFile(path, resume));
  requireOutputs(outputs, resume === undefined || goesOn ? read : [...read, resume]);
  const there = goesOn || overwrite ? undefined : runIn(out);
  if (there !== undefined && !(await mayReplace(out, there))) throw kept(out, there);
}

/** What would be lost; undefined where nothing is. */
function runIn(file: string): string | undefined {
  try {
    const next = openTraining(file).record?.next;
    if (next && next.epoch === 0 && next.position === 0) return undefined;
    const epochs = next?.epoch ?? 0;
    return `${count(epochs)} ${epochs === 1 ? "epoch" : "epochs"} of training`;
  } catch (error) {
    if (!(error instanceof CheckpointError)) throw error;
    return error.code === "checkpoint/unreadable" ? undefined : "a checkpoint that is damaged";
  }
}

const kept = (file: string, there: string) =>
  new UserError(
    `${file} holds ${there}, which training anew would replace\n  --resume goes on from it, --overwrite replaces it, --out names another file.`,
  );

/** Asks a person; where there is none the answer is no. */
async function mayReplace(file: string, there: string): Promise<boolean> {
  if (!process.stdin.isTTY || !process.stderr.isTTY) return false;
  const asking = createInterface({ input: process.stdin, output: process.stderr });
  asking.on("SIGINT", () => endProcess(exitCodes.interrupted));
  try {
    const closed = new Promise<string>((done) => asking.once("close", () => done("")));
    const answer = asking.question(shown(`${file} holds ${there}. Replace it? [y/N] `));
    return /^y(es)?$/i.test((await Promise.race([answer, closed])).trim());
  } finally {
    asking.close();
  }
}

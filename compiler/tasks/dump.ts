/**
 * What every stage made, as text: into numbered files while the compiler runs, so that a broken stage's result is there too.
 *
 *   .dump/00-module-read.txt  01-module-loss.txt  02-module-adjoint.txt  ...  42-module.wat
 */
import { readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeFolder } from "../data/folder.ts";
import type { StageRecord } from "../stages.ts";

export const dumpFolder = ".dump";

/** Stages of the functions of a module; what else lies there is not of a dump. */
const ownName = /^\d{2,}-((module|init|step|evaluate|infer)-[a-z-]+\.txt|module\.wat)$/;

/** Empties the folder of earlier dumps, and gives what writes the next file of it. */
export function dumper(folder = dumpFolder) {
  makeFolder(folder);
  for (const name of readdirSync(folder)) if (ownName.test(name)) rmSync(join(folder, name));
  let count = 0;
  const write = (name: string, extension: string, text: string): void => {
    const number = String(count++).padStart(2, "0");
    writeFileSync(join(folder, `${number}-${name.replaceAll("/", "-")}.${extension}`), `${text}\n`);
  };
  return {
    stage: ({ name, text }: StageRecord) => write(name, "txt", text()),
    wat: (text: string) => write("module", "wat", text.trimEnd()),
    get count() {
      return count;
    },
  };
}

/** "step/fuse" is of the stage "fuse", and of the stage "step/fuse". */
export const isOfStage = ({ name }: StageRecord, stage: string): boolean =>
  name === stage || name.split("/")[1] === stage;

/** The stages there are, in the order in which they ran. */
export const stageNames = (records: readonly StageRecord[]): string[] => [
  ...new Set(records.map(({ name }) => name.split("/")[1]!)),
];

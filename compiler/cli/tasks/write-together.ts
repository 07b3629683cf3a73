/**
 * Writes files that belong together: all of them, or none.
 *
 *   digits.js.partial, digits.d.ts.partial, ... written and synced; then each renamed to its name
 */
import { closeSync, fsyncSync, openSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { makeFolder } from "../../data/folder.ts";
import { UserError } from "../errors.ts";

/** `files`: name -> contents, in the folder given, which is made if need be. Throws a UserError; then nothing has changed. */
export function writeTogether(folder: string, files: ReadonlyMap<string, string | Uint8Array>): void {
  const paths = new Map([...files].map(([name, contents]) => [join(folder, name), contents]));
  try {
    for (const path of paths.keys()) requireReplaceable(path);
    for (const [path, contents] of paths) writePartial(path, contents);
    for (const path of paths.keys()) renameSync(partialOf(path), path);
  } catch (error) {
    throw error instanceof UserError ? error : new UserError(`cannot write to ${folder}: ${(error as Error).message}`);
  } finally {
    for (const path of paths.keys()) removeFile(partialOf(path));
  }
}

const partialOf = (path: string): string => `${path}.partial`;

/** What would stop a rename half way is found before the first one. */
function requireReplaceable(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory())
    throw new UserError(`${path}: expected a file to replace, or nothing, got a folder`);
}

function writePartial(path: string, contents: string | Uint8Array): void {
  makeFolder(dirname(path));
  const file = openSync(partialOf(path), "w");
  try {
    writeFileSync(file, contents);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

function removeFile(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // A folder of that name is not ours.
  }
}

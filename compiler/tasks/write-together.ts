/**
 * Writes files that belong together: all of them, or none.
 *
 *   digits.js.4711.partial, digits.d.ts.4711.partial, ... written and synced; then each renamed to its name
 */
import { renameSync, rmSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { makeFolder } from "../data/folder.ts";
import { freePartial, writeSynced } from "../data/partial.ts";
import { UserError } from "./errors.ts";
import { isOfNabla } from "./ours.ts";

/** `files`: name -> contents, in the folder given, which is made if need be. Throws a UserError; then nothing has changed. */
export function writeTogether(folder: string, files: ReadonlyMap<string, string | Uint8Array>): void {
  const paths = new Map([...files].map(([name, contents]) => [join(folder, name), contents]));
  /** Partial file -> what it is to be called. */
  const written = new Map<string, string>();
  try {
    for (const path of paths.keys()) requireReplaceable(path);
    for (const [path, contents] of paths) {
      makeFolder(dirname(path));
      const partial = freePartial(path, isOfNabla);
      written.set(partial, path);
      writeSynced(partial, contents);
    }
    for (const [partial, path] of written) renameSync(partial, path);
  } catch (error) {
    throw error instanceof UserError ? error : new UserError(`cannot write to ${folder}: ${(error as Error).message}`);
  } finally {
    for (const partial of written.keys()) rmSync(partial, { force: true });
  }
}

/** What would stop a rename half way is found before the first one. */
function requireReplaceable(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory())
    throw new UserError(`${path}: expected a file to replace, or nothing, got a folder`);
}

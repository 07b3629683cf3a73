/**
 * The one place that decides whether a command may write to a file: to none that it reads, and to none that is there and that
 * nabla has not written itself, as something of the same kind.
 *
 *   requireOutputs([{ path: "iris.csv", kind: "checkpoint" }], ["iris.model.ts", "iris.csv"])
 *   -> iris.csv: expected a file that the command does not read, got iris.csv
 */
import { accessSync, type BigIntStats, constants, realpathSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { UsageError, UserError } from "./errors.ts";
import { isOurs, type OutputKind, what } from "./ours.ts";

export interface Output {
  readonly path: string;
  readonly kind: OutputKind;
}

/** `read`: the files that the command reads, "field=path" among them. */
export function requireOutputs(outputs: readonly Output[], read: readonly string[]): void {
  const inputs = read.flatMap((source) => [source, source.slice(source.indexOf("=") + 1)]);
  outputs.forEach(({ path, kind }, index) => {
    const input = inputs.find((other) => isSameFile(path, other));
    if (input !== undefined) throw readToo(path, input);
    const twin = outputs.slice(0, index).find((other) => isSameFile(path, other.path));
    if (twin) throw new UsageError(`${path}: expected a file for each output, got ${twin.path} as well`);
    requireFolder(path);
    requireOurs(path, kind);
  });
}

const readToo = (path: string, input: string) =>
  new UsageError(
    `${path}: expected a file that the command does not read, got ${path === input ? "one that it reads" : `the same file as ${input}`}; nothing is written`,
  );

/** That the folder takes files, or the one that it would be made in: what the work is for is not found to be in vain after it. */
function requireFolder(path: string): void {
  let folder = dirname(placeOf(path));
  while (!statOf(folder) && dirname(folder) !== folder) folder = dirname(folder);
  if (!statOf(folder)?.isDirectory()) throw new UserError(`${path}: expected a folder at ${folder}, got a file`);
  accessSync(folder, constants.W_OK | constants.X_OK);
}

function requireOurs(path: string, kind: OutputKind): void {
  const stats = statOf(path);
  if (!stats) return;
  if (stats.isDirectory()) throw new UserError(`${path}: expected a file to replace, or nothing, got a folder`);
  if (stats.isFile() && isOurs(path, kind)) return;
  const got = stats.isFile() ? "a file that nabla did not write as such" : "something that is no plain file";
  throw new UserError(
    `${path}: expected ${what[kind]} to replace, or nothing, got ${got}\n  Name another file, or move this one away.`,
  );
}

/** Whatever the paths look like: through links of both kinds, other spellings, names that differ in case where it does not matter. */
export function isSameFile(a: string, b: string): boolean {
  const [one, other] = [statOf(a), statOf(b)];
  if (one && other) return one.dev === other.dev && one.ino === other.ino;
  return !one && !other && placeOf(a) === placeOf(b);
}

/** Undefined for what is not there, or cannot be there. */
function statOf(path: string): BigIntStats | undefined {
  try {
    return statSync(path, { bigint: true, throwIfNoEntry: false });
  } catch (error) {
    if (["ENOTDIR", "ENAMETOOLONG"].includes((error as NodeJS.ErrnoException).code ?? "")) return undefined;
    throw error;
  }
}

/** Of a file that is not there yet, with the links of its folder followed. */
export function placeOf(path: string): string {
  const full = resolve(path);
  try {
    return realpathSync.native(full);
  } catch {
    return dirname(full) === full ? full : join(placeOf(dirname(full)), basename(full));
  }
}

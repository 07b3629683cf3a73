/**
 * One run at a time trains into a file: a lock beside it, which says whose it is. A run that was killed leaves its lock, and
 * the next one sees that nobody is there.
 *
 *   iris.safetensors.lock    {"nabla":"lock","pid":4711,"started":"8813402","host":"desk"}
 */
import { readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { dirname } from "node:path";
import { makeFolder } from "../data/folder.ts";
import { isAlive } from "../data/isAlive.ts";
import { UserError } from "../tasks/errors.ts";
import { placeOf } from "../tasks/outputs.ts";

interface Holder {
  readonly nabla: "lock";
  readonly pid: number;
  /** When its process began, as far as the system says: a number of a process is given again. */
  readonly started?: string | undefined;
  readonly host: string;
}

/** Gives what takes the lock away. Throws a UserError where another run has it, and what the system throws. */
export function lockFile(file: string): () => void {
  const path = `${placeOf(file)}.lock`;
  makeFolder(dirname(path));
  while (!created(path)) removeStale(path, file);
  const release = (): void => {
    process.off("exit", release);
    rmSync(path, { force: true });
  };
  process.on("exit", release);
  return release;
}

/** False where there is one. */
function created(path: string): boolean {
  const own: Holder = { nabla: "lock", pid: process.pid, started: startOf(process.pid), host: hostname() };
  try {
    writeFileSync(path, JSON.stringify(own), { flag: "wx" });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    rmSync(path, { force: true });
    // Of a write the system does not say where.
    throw Object.assign(error as Error, { path });
  }
}

/** Throws where the lock is not to be taken away. */
function removeStale(path: string, file: string): void {
  const text = textOf(path);
  if (text === undefined || !isHeld(path, text, file)) return;
  // Renamed first: where another run has been faster, what is renamed is its lock, and is put back.
  const aside = `${path}.${process.pid}`;
  renameSync(path, aside);
  if (textOf(aside) === text) rmSync(aside, { force: true });
  else renameSync(aside, path);
}

/** False where the lock went away meanwhile; true where nobody holds it any more. */
function isHeld(path: string, text: string, file: string): boolean {
  const holder = parse(text);
  if (!holder) {
    if (text !== "") throw new UserError(`${path}: expected a lock of nabla, or nothing, got another file`);
    // Written by a run that begins just now, or never to be written.
    if (Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0) < 10_000)
      throw held(path, file, "another run");
    return true;
  }
  if (holder.host !== hostname()) throw held(path, file, `process ${holder.pid} on ${holder.host}`);
  if (isThere(holder)) throw held(path, file, `process ${holder.pid}`);
  return true;
}

const held = (path: string, file: string, by: string) =>
  new UserError(
    `${file}: ${by} trains into it\n  Wait for it, or name another file with --out; if no such run is there, delete ${path}.`,
  );

function isThere({ pid, started }: Holder): boolean {
  if (!isAlive(pid)) return false;
  const now = startOf(pid);
  return started === undefined || now === undefined || started === now;
}

/** Field 22 of Linux's record of a process, in ticks since the machine began; undefined elsewhere. */
function startOf(pid: number): string | undefined {
  const record = textOf(`/proc/${pid}/stat`);
  return record?.slice(record.lastIndexOf(")") + 2).split(" ")[19];
}

function parse(text: string): Holder | undefined {
  try {
    const holder: Holder = JSON.parse(text);
    return holder?.nabla === "lock" && Number.isInteger(holder.pid) && holder.pid > 0 ? holder : undefined;
  } catch {
    return undefined;
  }
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (["ENOENT", "ESRCH"].includes((error as NodeJS.ErrnoException).code ?? "")) return undefined;
    throw error;
  }
}

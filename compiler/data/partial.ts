/**
 * The name that a file is written under until it is whole: one of its process alone, so that two writers never meet, nothing of
 * somebody else is written over, and no link is written through. What killed processes have left is taken away.
 *
 *   digits.js -> digits.js.4711.partial
 */
import { closeSync, fsyncSync, lstatSync, openSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { isAlive } from "./isAlive.ts";

/** `isOurs`: whether the file at a path is one that nabla began to write. An empty one has nothing that could be lost. */
export function freePartial(path: string, isOurs: (path: string) => boolean): string {
  for (const [left, writer] of partialsOf(path)) {
    const stats = lstatSync(left, { throwIfNoEntry: false });
    if (!stats?.isFile() || (writer !== process.pid && isAlive(writer))) continue;
    if (stats.size === 0 || isOurs(left)) rmSync(left, { force: true });
  }
  return `${path}.${process.pid}.partial`;
}

/** Makes a file that was not there. Throws what the file system throws. */
export function writeSynced(path: string, contents: string | Uint8Array): void {
  const file = openSync(path, "wx");
  try {
    writeFileSync(file, contents);
    // Without this a rename may reach the disk before the bytes do.
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Paths with the number of the process that wrote each. */
function partialsOf(path: string): [string, number][] {
  const folder = dirname(path);
  const start = `${basename(path)}.`;
  return namesIn(folder).flatMap((name) => {
    const writer = name.startsWith(start) && /^(\d+)\.partial$/.exec(name.slice(start.length))?.[1];
    return writer ? [[join(folder, name), Number(writer)]] : [];
  });
}

/** None of a folder that can be written to and not be listed. */
function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

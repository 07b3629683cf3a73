/**
 * Replaces a file so that a kill or a power cut at any moment leaves the old bytes or the new ones, whole.
 *
 * replaceFile("net", bytes, { previous: "net.previous", ... }): net.partial written and synced; net linked as
 * net.previous; net.partial renamed to net
 */
import { closeSync, copyFileSync, fsyncSync, linkSync, openSync, renameSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { makeFolder } from "./folder.ts";
import { freePartial, writeSynced } from "./partial.ts";

export interface Replacing {
  /** Where to keep the old file, which is in its place until the new one is; not kept where undefined. */
  readonly previous: string | undefined;
  /** Whether a file is what a killed call may have left beside the path. */
  readonly isOurs: (path: string) => boolean;
}

/** Makes the folder where there is none. */
export function replaceFile(path: string, bytes: Uint8Array, { previous, isOurs }: Replacing): void {
  makeFolder(dirname(path));
  const partial = freePartial(path, isOurs);
  try {
    writeSynced(partial, bytes);
    if (previous !== undefined) keep(path, previous, isOurs);
    renameSync(partial, path);
  } catch (error) {
    // Half a file would only be in the way.
    rmSync(partial, { force: true });
    throw error;
  }
  syncFolder(dirname(path));
}

/** A second name for the file, made apart and renamed, so that the older one it replaces is there until then. */
function keep(path: string, previous: string, isOurs: (path: string) => boolean): void {
  const partial = freePartial(previous, isOurs);
  try {
    linkOrCopy(path, partial);
    renameSync(partial, previous);
  } catch (error) {
    rmSync(partial, { force: true });
    throw error;
  }
  // Where a kill had left both names on one file, the rename did nothing.
  rmSync(partial, { force: true });
}

function linkOrCopy(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch {
    // Not every file system has hard links.
    copyFileSync(from, to);
  }
}

/** Makes the renames last; folders cannot be opened on every system, and there is nothing to do about it there. */
function syncFolder(folder: string): void {
  try {
    const handle = openSync(folder, "r");
    try {
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
  } catch {}
}

/**
 * Checkpoints on disk: safetensors files that carry their own hash, and of which a good one is always there.
 *
 * writeCheckpoint("net.safetensors", ...) -> net.safetensors, and the one before it as net.safetensors.previous
 *
 * The hash is SHA-256 over the whole file, its length field, header, blanks and data, with the 64 hexadecimal digits of
 * the hash itself read as the digit 0. It stands in the metadata, first in the header, as "nabla.sha256".
 */

import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { CheckpointError } from "./checkpointError.ts";
import { headOf } from "./headOf.ts";
import { replaceFile } from "./replaceFile.ts";
import {
  decodeSafetensors,
  encodeSafetensors,
  lengthBytes,
  type Metadata,
  type Safetensors,
  type Tensors,
} from "./safetensors.ts";

export interface Checkpoint extends Safetensors {
  /** False for a file that another program wrote, which has no hash to check. */
  readonly verified: boolean;
}

/** Metadata that begins so is ours: a file with some of it and no hash in its place has been changed. */
const ownPrefix = "nabla.";
const hashKey = `${ownPrefix}sha256`;
const formatKey = `${ownPrefix}format`;
const reserved: ReadonlySet<string> = new Set([hashKey, formatKey]);

const blankHash = "0".repeat(64);
const hashPrefix = new TextEncoder().encode(`{"__metadata__":{"${hashKey}":"`);
const hashStart = lengthBytes + hashPrefix.length;
const hashEnd = hashStart + blankHash.length;

/**
 * Writes to a temporary file beside `path`, syncs it, and renames it: after a kill at any moment `path` is the old
 * checkpoint or the new one, whole. Synchronous, so that two saves of one process cannot interleave.
 * Throws RangeError where `metadata` uses a reserved key, and what the file system throws.
 */
export function writeCheckpoint(path: string, tensors: Tensors, metadata: Metadata = new Map()): void {
  const taken = [...metadata.keys()].find((key) => reserved.has(key));
  if (taken !== undefined) throw new RangeError(`writeCheckpoint: the metadata key ${taken} is reserved`);
  const bytes = encodeSafetensors(tensors, new Map([[hashKey, blankHash], [formatKey, "1"], ...metadata]));
  bytes.set(new TextEncoder().encode(hashOf(bytes)), hashStart);
  // A damaged file must not push out the good one before it.
  replaceFile(path, bytes, {
    previous: isReadable(path) ? previousPath(path) : undefined,
    isOurs: (partial) => looksLikeCheckpoint(headOf(partial)),
  });
}

/** By its first bytes, whether it is whole or damaged: a file that writeCheckpoint has written. */
export const looksLikeCheckpoint = (bytes: Uint8Array): boolean =>
  hashPrefix.every((byte, i) => bytes[lengthBytes + i] === byte);

/** Throws CheckpointError, which says whether the checkpoint before this one is there. */
export function readCheckpoint(path: string): Checkpoint {
  try {
    return decodeCheckpoint(readBytes(path), path);
  } catch (error) {
    throw error instanceof CheckpointError ? withPrevious(error, path) : error;
  }
}

export const previousPath = (path: string): string => `${path}.previous`;

function decodeCheckpoint(bytes: Uint8Array, file: string): Checkpoint {
  const hashed = looksLikeCheckpoint(bytes) && bytes.length >= hashEnd;
  if (hashed && storedHash(bytes) !== hashOf(bytes)) {
    throw damaged(file, "its SHA-256 is not the one it was written with");
  }
  const { tensors, metadata } = decodeSafetensors(bytes, file);
  if (!hashed && [...metadata.keys()].some((key) => key.startsWith(ownPrefix))) {
    throw damaged(file, `its metadata is Nabla's, but ${hashKey} is not where it was written`);
  }
  const users = new Map([...metadata].filter(([key]) => !hashed || !reserved.has(key)));
  return { tensors, metadata: users, verified: hashed };
}

const damaged = (file: string, reason: string) =>
  new CheckpointError({ code: "checkpoint/damaged", file, reason: `the file was changed or cut short: ${reason}` });

const storedHash = (bytes: Uint8Array): string => Buffer.from(bytes.subarray(hashStart, hashEnd)).toString("latin1");

function hashOf(bytes: Uint8Array): string {
  const hash = createHash("sha256");
  return hash.update(bytes.subarray(0, hashStart)).update(blankHash).update(bytes.subarray(hashEnd)).digest("hex");
}

function readBytes(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (error) {
    const reason = (error as Error).message;
    throw new CheckpointError({ code: "checkpoint/unreadable", file: path, reason });
  }
}

function isReadable(path: string): boolean {
  try {
    readCheckpoint(path);
    return true;
  } catch (error) {
    if (error instanceof CheckpointError) return false;
    throw error;
  }
}

function withPrevious(error: CheckpointError, path: string): CheckpointError {
  const previous = previousPath(path);
  const hint = existsSync(previous) ? `The one written before it is there: ${previous}` : error.hint;
  return new CheckpointError({ code: error.code, file: error.file, reason: error.reason, hint });
}

/** Whether nabla has written a file, by what stands in it: names and endings say nothing. */
import { readFileSync } from "node:fs";
import { looksLikeCheckpoint } from "../data/checkpoint.ts";
import { headOf } from "../data/headOf.ts";
import { hasSection } from "./field-names.ts";
import { pageMark } from "./report/page.ts";

export type OutputKind = "checkpoint" | "build" | "page" | "tiles";

export const what: Readonly<Record<OutputKind, string>> = {
  checkpoint: "a checkpoint of nabla train",
  build: "a file of nabla build",
  page: "a page of nabla",
  tiles: "a file of nabla build --tune",
};

export function isOurs(path: string, kind: OutputKind): boolean {
  return recognisers[kind](kind === "checkpoint" || kind === "page" ? headOf(path) : readFileSync(path));
}

/** As something of any kind. */
export const isOfNabla = (path: string): boolean => Object.keys(what).some((kind) => isOurs(path, kind as OutputKind));

const recognisers: Readonly<Record<OutputKind, (bytes: Buffer) => boolean>> = {
  checkpoint: looksLikeCheckpoint,
  build: (bytes) =>
    isModule(bytes) || startOf(bytes).includes("Written by nabla: a change here is lost") || isManifest(bytes),
  page: (bytes) => startOf(bytes).includes(pageMark),
  tiles: (bytes) => {
    const sections = jsonObject(bytes);
    return (
      sections !== undefined && Object.values(sections).every((section) => isObject(section) && "tiles" in section)
    );
  },
};

const startOf = (bytes: Buffer): string => bytes.toString("latin1", 0, 1024);

const isModule = (bytes: Buffer): boolean => bytes.toString("latin1", 0, 4) === "\0asm" && hasSection(bytes, "nabla");

function isManifest(bytes: Buffer): boolean {
  const manifest = jsonObject(bytes);
  return manifest !== undefined && isObject(manifest.memory) && "arenaBytes" in manifest.memory && "hash" in manifest;
}

function jsonObject(bytes: Buffer): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(bytes.toString());
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** A web project in a folder of its own: three uses of one model, and what it takes to run them. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire, Module } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { onTestFinished } from "vitest";
import type plugin from "../../compiler/plugin/index.ts";
import { pointsModel, pointsTable } from "../cli/samples.ts";
import { isMissing } from "../support/missing.ts";

/** What test/bundlers/package.json installs. */
export const modules = join(import.meta.dirname, "node_modules");

export const isInstalled = (name: string): boolean =>
  !isMissing(`${name} of test/bundlers`, existsSync(join(modules, name)));

/** A package of test/bundlers, which the project's own types do not know. */
export const installed = async <T>(name: string): Promise<T> =>
  import(pathToFileURL(createRequire(join(modules, "../package.json")).resolve(name)).href);

/** As it is compiled: most bundlers read no TypeScript, and the loader that it brings along is JavaScript there. */
export async function builtPlugin(): Promise<typeof plugin> {
  // unplugin looks for webpack beside itself, where a project has it; here it is apart.
  process.env.NODE_PATH = modules;
  (Module as unknown as { _initPaths(): void })._initPaths();
  return (await import(pathToFileURL("dist/compiler/plugin/index.js").href)).default;
}

export const trainedImport = "./points.model.ts?trained&data=./points.csv&epochs=30&accuracy=0.9";

/** Writes what three networks say of one point to globalThis.outcome. */
export const script = `import { load as loadInitial } from "./points.model.ts?infer";
import { load as loadTraining } from "./points.model.ts?train";
import { load as loadTrained } from "${trainedImport}";

const point = [0.1, 1.9];
const training = await loadTraining();
const loss = training.step({ point }, { kind: [0] });
globalThis.outcome = {
  initial: [...(await loadInitial()).infer({ point }).scores],
  loss,
  trained: [...(await loadTrained()).infer({ point }).scores],
};
if (globalThis.document) document.title = "done";
`;

/** What it leaves there. */
export interface Outcome {
  readonly initial: number[];
  readonly loss: number;
  readonly trained: number[];
}

/** As a script of Node. */
export async function runScript(file: string): Promise<Outcome> {
  await import(`${pathToFileURL(file).href}?${Math.random()}`);
  return (globalThis as unknown as { outcome: Outcome }).outcome;
}

export interface WebProject {
  readonly folder: string;
  path(name: string): string;
  write(name: string, contents: string): void;
}

/** Removed when the test is done. */
export function webProject(files: Readonly<Record<string, string>> = {}): WebProject {
  const folder = mkdtempSync(join(tmpdir(), "nabla-web-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const path = (name: string) => join(folder, name);
  const write = (name: string, contents: string) => writeFileSync(path(name), contents);
  const all = {
    "package.json": '{ "type": "module" }',
    "points.model.ts": pointsModel(),
    "points.csv": pointsTable(),
    "main.js": script,
    ...files,
  };
  for (const [name, contents] of Object.entries(all)) write(name, contents);
  return { folder, path, write };
}

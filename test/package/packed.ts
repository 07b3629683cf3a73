/**
 * The package as a user gets it: packed from sources compiled now, and installed into an empty folder.
 *
 *   const { folder, tarball } = await installPacked()   ->   folder/node_modules/nabla, from nabla-0.1.0.tgz
 */
import { execFile } from "node:child_process";
import { copyFileSync, cpSync, mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { mainFile } from "../cli/setup.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

export interface Ran {
  readonly stdout: string;
  readonly stderr: string;
}

/** Rejects, with what it printed, where a program fails. */
export async function run(folder: string, program: string, ...args: string[]): Promise<Ran> {
  const env = { ...process.env, NO_COLOR: "1", FORCE_COLOR: undefined };
  return promisify(execFile)(program, args, { cwd: folder, env, maxBuffer: 2 ** 26 });
}

export interface Packed {
  readonly folder: string;
  readonly tarball: string;
  /** What lies in it: "package/dist/...". */
  readonly files: readonly string[];
}

export async function installPacked(): Promise<Packed> {
  const parent = mkdtempSync(join(tmpdir(), "nabla-package-"));
  const staged = join(parent, "staged");
  mkdirSync(staged);
  for (const file of ["package.json", "README.md", "LICENSE"]) copyFileSync(join(root, file), join(staged, file));
  cpSync(dirname(dirname(dirname(mainFile))), join(staged, "dist"), { recursive: true });
  await run(staged, "npm", "pack", "--ignore-scripts", "--pack-destination", parent);
  const tarball = join(parent, "nabla-0.1.0.tgz");
  const folder = join(parent, "empty");
  mkdirSync(folder);
  writeFileSync(join(folder, "package.json"), '{ "name": "empty", "private": true, "type": "module" }');
  await run(folder, "npm", "install", "--prefer-offline", "--no-audit", "--no-fund", tarball);
  const listed = await run(parent, "tar", "-tzf", tarball);
  return { folder, tarball, files: listed.stdout.trim().split("\n") };
}

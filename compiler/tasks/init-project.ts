/**
 * Writes a small project that works: a model, its data, a script that asks it. No registry has Nabla, so the package that runs
 * is packed beside them, and is what the project depends on.
 *
 *   initProject("my-app", "0.1.0")   ->   package.json, iris.model.ts, iris.csv, predict.js, ... and nabla-0.1.0.tgz
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { UserError } from "./errors.ts";
import { writeTogether } from "./write-together.ts";

const template = fileURLToPath(new URL("../../template/", import.meta.url));
const packageRoot = fileURLToPath(new URL("../../../", import.meta.url));

/**
 * The names of the files written. Throws a UserError for a folder with something in it, or where npm is not there; then nothing
 * has changed.
 */
export function initProject(folder: string, version: string): string[] {
  requireEmpty(folder);
  const name = packageName(folder);
  const packed = `nabla-${version}.tgz`;
  const fill = (text: string) => text.replaceAll("NAME", name).replaceAll("PACKED", packed);
  const files = readdirSync(template).map((file): [string, string | Uint8Array] => [
    // npm leaves a file of that name out of a package.
    file === "_gitignore" ? ".gitignore" : file,
    fill(readFileSync(`${template}${file}`, "utf8")),
  ]);
  files.push([packed, packSelf(packed)]);
  writeTogether(folder, new Map(files));
  return files.map(([file]) => file).sort();
}

/** This package as npm packs it. */
function packSelf(file: string): Uint8Array {
  const folder = mkdtempSync(join(tmpdir(), "nabla-pack-"));
  try {
    // On Windows npm is a script, which only a shell runs.
    const how = { cwd: packageRoot, stdio: "pipe", shell: process.platform === "win32" } as const;
    execFileSync("npm", ["pack", "--ignore-scripts", "--silent", "--pack-destination", folder], how);
    return readFileSync(join(folder, file));
  } catch (error) {
    const { message, stderr } = error as Error & { stderr?: Uint8Array };
    throw new UserError(`nabla init packs the package with npm, which failed: ${stderr?.toString().trim() || message}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function requireEmpty(folder: string): void {
  if (!existsSync(folder)) return;
  const got = statSync(folder).isDirectory() ? readdirSync(folder) : ["a file"];
  if (got.length === 0) return;
  const shown = got.length > 3 ? `${got.slice(0, 3).join(", ")} and ${got.length - 3} more` : got.join(", ");
  throw new UserError(`${folder}: expected an empty folder, or none, got ${shown}; name another folder`);
}

/** The folder's name, in the characters that npm allows. */
const packageName = (folder: string): string =>
  basename(resolve(folder))
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, "-")
    .replace(/^-+|-+$/g, "") || "iris";

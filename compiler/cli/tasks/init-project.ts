/**
 * Writes a small project that works: a model, its data, a script that asks it.
 *
 *   initProject("my-app", "0.1.0")   ->   package.json, iris.model.ts, iris.csv, predict.js, ... from the folder template
 */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { basename, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { UserError } from "../errors.ts";
import { writeTogether } from "./write-together.ts";

const template = fileURLToPath(new URL("../../../template/", import.meta.url));

/** The names of the files written. Throws a UserError for a folder with something in it; then nothing has changed. */
export function initProject(folder: string, version: string): string[] {
  requireEmpty(folder);
  const name = packageName(folder);
  const fill = (text: string) => text.replaceAll("NAME", name).replaceAll("VERSION", `^${version}`);
  const files = readdirSync(template).map((file): [string, string] => [
    // npm leaves a file of that name out of a package.
    file === "_gitignore" ? ".gitignore" : file,
    fill(readFileSync(`${template}${file}`, "utf8")),
  ]);
  writeTogether(folder, new Map(files));
  return files.map(([file]) => file).sort();
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

/** Builds runtime/wasm where a test runs without `npm test`, which builds first: the build is missing or is older. */
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, renameSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";

const at = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
export const helpersPath = at("runtime/wasm/build/helpers.wasm");

export function ensureHelpers(): void {
  const sources = readdirSync(at("runtime/wasm")).filter((name) => name.endsWith(".ts"));
  const changed = Math.max(...sources.map((name) => statSync(at(`runtime/wasm/${name}`)).mtimeMs));
  if (existsSync(helpersPath) && statSync(helpersPath).mtimeMs >= changed) return;
  // Test files run side by side: each builds a file of its own, and the last one to be ready stays.
  const own = `${helpersPath}.${process.pid}`;
  const options = ["--config", "asconfig.json", "--target", "release", "--outFile", own];
  execFileSync(process.execPath, [at("node_modules/assemblyscript/bin/asc.js"), ...options], { cwd: at("") });
  renameSync(own, helpersPath);
}

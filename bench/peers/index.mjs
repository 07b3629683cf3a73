/** Which peers there are, and which of them can be imported here. */
import { readFileSync } from "node:fs";

/** Name -> the packages whose versions are reported. Nabla first: the others are compared with it. */
export const packages = {
  nabla: [],
  "jax-js": ["@jax-js/jax"],
  tfjs: ["@tensorflow/tfjs", "@tensorflow/tfjs-backend-wasm"],
  "ort-web": ["onnxruntime-web"],
  "brain-js": ["brain.js"],
  "ort-node": ["onnxruntime-node"],
};

export const peerNames = Object.keys(packages);

/** How the rivals get here. */
export const INSTALL = "npm ci --prefix bench --ignore-scripts";

/** @returns what could be imported by name, and the names of those whose packages are missing */
export async function loadPeers(names) {
  const found = {};
  const missing = [];
  for (const name of names) {
    try {
      found[name] = await import(`./${name}.mjs`);
    } catch (error) {
      if (error.code !== "ERR_MODULE_NOT_FOUND" && error.code !== "MODULE_NOT_FOUND") throw error;
      missing.push(name);
    }
  }
  return { found, missing };
}

/** Versions of the installed packages of these peers. */
export function versionsOf(names) {
  const root = new URL("../", import.meta.url);
  const read = (url) => JSON.parse(readFileSync(url, "utf8")).version;
  const installed = names
    .flatMap((name) => packages[name])
    .map((id) => [id, read(new URL(`node_modules/${id}/package.json`, root))]);
  return { nabla: read(new URL("../package.json", root)), ...Object.fromEntries(installed) };
}

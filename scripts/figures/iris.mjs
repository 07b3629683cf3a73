/**
 * What README.md says of the iris example: trained, judged and built as `npm start` does it, by what `npm run build` made.
 *
 *   node scripts/figures/iris.mjs     prints it as JSON
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildBundle, readModelFile, trainModel } from "nabla/compiler";

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(JSON.stringify(await irisFacts()));

function at(name) {
  return fileURLToPath(new URL(`../../examples/iris/${name}`, import.meta.url));
}

function count(value) {
  return value.toLocaleString("en-US");
}

/** Texts by the names that the page marks. */
export async function irisFacts() {
  const folder = mkdtempSync(join(tmpdir(), "nabla-figures-"));
  try {
    const { model } = await readModelFile(at("iris.model.ts"));
    const weights = join(folder, "iris.safetensors");
    const options = { model, data: at("iris.csv"), testSplit: 0.2, epochs: 60, seed: 1 };
    const { test } = await trainModel({ ...options, checkpoint: { file: weights } });
    const { sizes } = await buildBundle(model, { name: "iris", weights });
    const [wasm, js] = sizes.parts;
    return {
      wasm: count(wasm.bytes),
      "wasm-gzip": count(wasm.gzip),
      "js-gzip": count(js.gzip),
      held: String(test.rows),
      right: String(Math.round(test.accuracy * test.rows)),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

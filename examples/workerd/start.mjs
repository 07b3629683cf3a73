/**
 * A Cloudflare Worker: trains iris here, and writes a folder that workerd serves, with one module that classifies and one
 * that goes on learning.
 *
 *   node examples/workerd/start.mjs [epochs] [folder]     writes worker.js, config.capnp, iris.infer.wasm, iris.train.wasm
 */
import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { buildBundle, readModelFile, trainModel } from "nabla/compiler";

const epochs = Number(process.argv[2] ?? 60);
const folder = process.argv[3] ?? "out/workerd";
const at = (path) => fileURLToPath(new URL(path, import.meta.url));
const modelFile = at("../iris/iris.model.ts");
mkdirSync(folder, { recursive: true });

const { model } = await readModelFile(modelFile);
const weights = `${folder}/iris.safetensors`;
await trainModel({
  model,
  data: at("../iris/iris.csv"),
  testSplit: 0.2,
  epochs,
  seed: 1,
  checkpoint: { file: weights },
});
for (const mode of ["infer", "train"]) {
  const { files } = await buildBundle(model, { name: "iris", mode, weights });
  const name = `iris.${mode}.wasm`;
  writeFileSync(`${folder}/${name}`, files.get(name));
}
copyFileSync(at("config.capnp"), `${folder}/config.capnp`);
mkdirSync(`${folder}/state`, { recursive: true });
await build({
  entryPoints: [at("worker.mjs")],
  outfile: `${folder}/worker.js`,
  bundle: true,
  format: "esm",
  external: ["*.wasm"],
  logLevel: "warning",
});
console.log(`${folder} is ready: npx workerd serve ${folder}/config.capnp`);

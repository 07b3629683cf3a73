/**
 * Writes what the hosts run into a folder: the modules, the list of cases, and the work with the loader in one file.
 *
 *   work.js  cases.json  command.js (Node, Deno, Bun)  page.html, page.js (browsers)  worker.js, config.capnp (workerd)
 */
import { copyFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { compile } from "../../compiler/compile.ts";
import type { Model } from "../../compiler/dsl/model.ts";
import { readModelFile } from "../../compiler/tasks/model-file.ts";
import { load } from "../../runtime/load.ts";
import { networks } from "./networks.ts";
import type { Case } from "./work.ts";

export async function writeFolder(folder: string): Promise<readonly Case[]> {
  const cases: Case[] = [];
  const add = (name: string, kind: Case["kind"], wasm: Uint8Array) => {
    const file = `case${cases.length}.wasm`;
    writeFileSync(join(folder, file), wasm);
    cases.push({ name, kind, file });
  };
  for (const dtype of ["f32", "f64"] as const) {
    for (const [name, model] of Object.entries(networks))
      add(`${name}, ${dtype}`, "train", (await compile(model, { dtype })).wasm);
    for (const [name, model] of await exampleModels())
      add(`${name}, ${dtype}`, "infer", await inferenceModule(model, dtype));
  }
  writeFileSync(join(folder, "cases.json"), JSON.stringify(cases));
  await build({
    entryPoints: ["test/hosts/work.ts"],
    outfile: join(folder, "work.js"),
    bundle: true,
    format: "esm",
    logLevel: "silent",
  });
  for (const file of ["command.js", "page.html", "page.js"])
    copyFileSync(join("test/hosts/entries", file), join(folder, file));
  return cases;
}

/** Every model that a model file under examples exports, by file name and export. */
async function exampleModels(): Promise<[string, Model][]> {
  const files = readdirSync("examples", { recursive: true, encoding: "utf8" }).filter((file) =>
    file.endsWith(".model.ts"),
  );
  const models: [string, Model][] = [];
  for (const file of files.sort()) models.push([file, (await readModelFile(join("examples", file))).model]);
  return models;
}

/** With the initial weights, but for what is measured in training: those of the train module after `init`. */
async function inferenceModule(model: Model, dtype: "f32" | "f64"): Promise<Uint8Array> {
  const net = await load((await compile(model, { dtype })).wasm as BufferSource);
  net.init(11);
  return (await compile(model, { mode: "infer", dtype, weights: net.parameters })).wasm;
}

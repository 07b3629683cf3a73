/**
 * The files beside an emitted module: digits.js, an ES module with the loader inside and no dependency, and digits.d.ts, its
 * types from the graph.
 *
 *   writeBindings(manifest, "digits.infer.wasm")
 *   import { load } from "./digits.js";
 *   (await load()).infer({ pixels })    // -> { logits: Float32Array }
 */
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";
import { writeDeclarations } from "./declarations.ts";
import type { Manifest } from "./manifest.ts";

export interface Bindings {
  readonly js: string;
  readonly dts: string;
}

export interface BindingOptions {
  /** Off by default: bundlers minify, and a readable file keeps the comments that tell them what not to resolve. */
  readonly minify?: boolean;
}

/** `wasmFile`: the module's file name, in the folder of the two files. */
export const writeBindings = (manifest: Manifest, wasmFile: string, options: BindingOptions = {}): Bindings => ({
  js: writeLoader(manifest, wasmFile, options),
  dts: writeDeclarations(manifest),
});

/** The loader in the folder runtime, in the form in which this file is: .ts in the repository, .js when compiled. */
const runtime = new URL("../../runtime/", import.meta.url);
const extension = import.meta.url.slice(import.meta.url.lastIndexOf("."));

/** An inference module gets the half of the loader that it needs. */
function writeLoader(manifest: Manifest, wasmFile: string, { minify = false }: BindingOptions): string {
  const [file, name] = manifest.mode === "train" ? ["load", "load"] : ["infer", "loadInference"];
  const url = JSON.stringify(`./${encodeURIComponent(wasmFile)}`);
  const { outputFiles } = buildSync({
    stdin: {
      contents: `
        import { ${name} as open } from "./${file}${extension}";
        export const load = (source = new URL(${url}, import.meta.url)) => open(source);`,
      resolveDir: fileURLToPath(runtime),
    },
    bundle: true,
    format: "esm",
    target: "es2022",
    minify,
    write: false,
    banner: { js: "// Written by nabla: a change here is lost at the next build." },
  });
  return outputFiles[0]!.text;
}

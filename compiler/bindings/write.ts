/**
 * The files beside an emitted module: digits.js, an ES module with the loader inside and no dependency, and digits.d.ts, its
 * types from the graph.
 *
 *   writeBindings(manifest, "digits.infer.wasm")
 *   import { load } from "./digits.js";
 *   (await load()).infer({ pixels })    // -> { logits: Float32Array }
 */
import { bundleLoader, runtimeFile } from "./bundle.ts";
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

/** An inference module gets the half of the loader that it needs. */
function writeLoader(manifest: Manifest, wasmFile: string, { minify = false }: BindingOptions): string {
  const [file, name] = manifest.mode === "train" ? (["load", "load"] as const) : (["infer", "loadInference"] as const);
  const url = JSON.stringify(`./${encodeURIComponent(wasmFile)}`);
  return bundleLoader(
    `
      import { ${name} as open } from "${runtimeFile(file)}";
      export const load = (source = new URL(${url}, import.meta.url)) => open(source);`,
    minify,
  );
}

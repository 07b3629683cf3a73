/**
 * The files beside an emitted module: digits.js, an ES module with the loader inside and no dependency, and digits.d.ts, its
 * types from the graph.
 *
 *   writeBindings(manifest, "digits.infer.wasm")
 *   import { load } from "./digits.js";
 *   (await load()).infer({ pixels })    // -> { logits: Float32Array }
 *
 * Of a relaxed build the loader takes digits.infer.relaxed.wasm instead, where the engine does well with it.
 */
import { namedSlots } from "../../runtime/names.ts";
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
  /** Whether a module with relaxed SIMD lies beside the other. */
  readonly relaxed?: boolean;
}

/** "digits.infer.wasm" -> "digits.infer.relaxed.wasm" */
export const relaxedFile = (wasmFile: string): string => wasmFile.replace(/\.wasm$/, ".relaxed.wasm");

/** `wasmFile`: the module's file name, in the folder of the two files. */
export const writeBindings = (manifest: Manifest, wasmFile: string, options: BindingOptions = {}): Bindings => ({
  js: writeLoader(manifest, wasmFile, options),
  dts: writeDeclarations(manifest),
});

/** An inference module gets the half of the loader that it needs. */
function writeLoader(
  manifest: Manifest,
  wasmFile: string,
  { minify = false, relaxed = false }: BindingOptions,
): string {
  const [file, name] = manifest.mode === "train" ? (["load", "load"] as const) : (["infer", "loadInference"] as const);
  const plain = urlOf(wasmFile);
  const source = relaxed ? `takesRelaxedSimd() ? ${urlOf(relaxedFile(wasmFile))} : ${plain}` : plain;
  const named = namedSlots(manifest).length > 0 ? "named" : file;
  return bundleLoader(
    `
      import { ${name} as open } from "${runtimeFile(named)}";
      ${relaxed ? `import { takesRelaxedSimd } from "${runtimeFile("variant")}";` : ""}
      export const load = (source = ${source}) => open(source);`,
    minify,
  );
}

/** In the form in which bundlers look for a file. */
const urlOf = (file: string): string => `new URL(${JSON.stringify(`./${encodeURIComponent(file)}`)}, import.meta.url)`;

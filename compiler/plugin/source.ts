/**
 * The code of an imported model: the loader that all models share, and where its module lies.
 *
 *   import { loadInference as open } from ".../runtime/infer.js";
 *   const url3f2a = new URL("./iris.infer-3f2a.wasm", import.meta.url);
 *   export const load = (source = url3f2a) => open(source);
 */
import { fileURLToPath } from "node:url";
import type { Mode } from "../graph/function.ts";
import type { Placer } from "./place.ts";

export interface Module {
  readonly wasm: Uint8Array;
  /** With relaxed SIMD, for engines that take it. */
  readonly relaxedWasm?: Uint8Array;
  readonly mode: Mode;
  /** What its file is called, before the hash. */
  readonly name: string;
}

export function moduleCode({ wasm, relaxedWasm, mode, name }: Module, place: Placer): string {
  const [file, loader] = mode === "train" ? ["load", "load"] : ["infer", "loadInference"];
  const plain = place(wasm, `${name}.${mode}`);
  const relaxed = relaxedWasm && place(relaxedWasm, `${name}.${mode}.relaxed`);
  return [
    `import { ${loader} as open } from ${JSON.stringify(runtimeFile(file!))};`,
    ...(relaxed ? [`import { takesRelaxedSimd } from ${JSON.stringify(runtimeFile("variant"))};`] : []),
    ...(plain.before ?? []),
    ...(relaxed?.before ?? []),
    `export const load = (source = ${relaxed ? `takesRelaxedSimd() ? ${relaxed.expression} : ` : ""}${plain.expression}) => open(source);`,
    "",
  ].join("\n");
}

/** In the form in which this file is: .ts in the repository, .js when compiled. */
const extension = import.meta.url.slice(import.meta.url.lastIndexOf("."));

const runtimeFile = (name: string): string =>
  fileURLToPath(new URL(`../../runtime/${name}${extension}`, import.meta.url));

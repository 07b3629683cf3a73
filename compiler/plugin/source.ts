/**
 * The code of an imported model: the loader that all models share, and where its module lies.
 *
 *   import { loadInference as open } from ".../runtime/infer.js";
 *   export const load = (source = new URL("./iris.infer-3f2a.wasm", import.meta.url)) => open(source);
 *
 * Each bundler has its own way to say where an emitted file ends up.
 */
import { createHash } from "node:crypto";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import type { Mode } from "../module.ts";

/** What is used of a bundler: where it writes files, if it does. */
export interface Emitter {
  readonly framework: string;
  /** Absent where a dev server keeps everything in memory. */
  emitFile?(file: { type: "asset"; name?: string; fileName?: string; source: Uint8Array }): unknown;
}

export interface Module {
  readonly wasm: Uint8Array;
  /** With relaxed SIMD, for engines that take it. */
  readonly relaxedWasm?: Uint8Array;
  readonly mode: Mode;
  /** What its file is called, before the hash. */
  readonly name: string;
}

/** `inlineLimit`: bytes; a module of at most that many becomes text in the code. */
export function moduleCode({ wasm, relaxedWasm, mode, name }: Module, emitter: Emitter, inlineLimit: number): string {
  const [file, loader] = mode === "train" ? ["load", "load"] : ["infer", "loadInference"];
  const emit = emitter.emitFile?.bind(emitter);
  const placed = (bytes: Uint8Array, base: string): string =>
    emit && bytes.length > inlineLimit ? emitted(bytes, base, emitter.framework, emit) : inlined(bytes);
  const plain = placed(wasm, `${name}.${mode}`);
  const source = relaxedWasm
    ? `takesRelaxedSimd() ? ${placed(relaxedWasm, `${name}.${mode}.relaxed`)} : ${plain}`
    : plain;
  return [
    `import { ${loader} as open } from ${JSON.stringify(runtimeFile(file!))};`,
    ...(relaxedWasm ? [`import { takesRelaxedSimd } from ${JSON.stringify(runtimeFile("variant"))};`] : []),
    `export const load = (source = ${source}) => open(source);`,
    "",
  ].join("\n");
}

/** In the form in which this file is: .ts in the repository, .js when compiled. */
const extension = import.meta.url.slice(import.meta.url.lastIndexOf("."));

const runtimeFile = (name: string): string =>
  fileURLToPath(new URL(`../../runtime/${name}${extension}`, import.meta.url));

/** Decoded at each call of load, which is once in most programs. */
const inlined = (wasm: Uint8Array): string =>
  `Uint8Array.from(atob("${Buffer.from(wasm).toString("base64")}"), (c) => c.charCodeAt(0))`;

/** An expression of the module's URL; `base`: its file's name before the hash. */
function emitted(wasm: Uint8Array, base: string, framework: string, emit: NonNullable<Emitter["emitFile"]>): string {
  if (["rollup", "vite", "rolldown"].includes(framework)) {
    const reference = emit({ type: "asset", name: `${base}.wasm`, source: wasm });
    return `import.meta.ROLLUP_FILE_URL_${reference}`;
  }
  const hash = createHash("sha256").update(wasm).digest("hex").slice(0, 8);
  const fileName = `${basename(base)}-${hash}.wasm`;
  emit({ type: "asset", fileName, source: wasm });
  // webpack would look for a source file behind new URL; the public path is what it offers for this.
  return framework === "webpack" || framework === "rspack"
    ? `__webpack_public_path__ + ${JSON.stringify(fileName)}`
    : `new URL(${JSON.stringify(`./${fileName}`)}, import.meta.url)`;
}

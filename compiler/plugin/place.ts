/**
 * Where a bundler puts a module, as an expression that the loader takes: text in the code, or a file and how to find it. Each
 * bundler has its own way to say where a file ends up, and each format its own way to say where the script lies.
 *
 *   esbuild, esm    new URL(file, import.meta.url)
 *   esbuild, iife   new URL(file, document.currentScript.src)
 *   webpack, node   new URL("points.infer-3f2a.wasm", __webpack_base_uri__)
 */
import { createHash } from "node:crypto";
import { posix } from "node:path";

/** What is used of a bundler's context and settings. */
export interface Bundler {
  readonly framework: string;
  emitFile?(file: { type: "asset"; name?: string; fileName?: string; source: Uint8Array }): unknown;
  /** Vite: of what is built now. */
  readonly environment?: { readonly config: ViteConfig };
  getNativeBuildContext?(): {
    readonly compiler?: { readonly platform?: { readonly web?: boolean | null; readonly node?: boolean | null } };
    readonly build?: { readonly initialOptions: EsbuildOptions };
  };
}

export interface ViteConfig {
  readonly command?: string;
  readonly consumer?: string;
  readonly build?: { readonly emitAssets?: boolean };
}

interface EsbuildOptions {
  readonly platform?: string;
  readonly format?: string;
  readonly outdir?: string;
  readonly outfile?: string;
  readonly publicPath?: string;
}

/** What a module's file is imported by, in esbuild. */
export const WASM_IMPORT = "nabla-wasm:";

export interface Placed {
  /** Statements at the module's top, where a script still knows its own place. */
  readonly before?: readonly string[];
  /** Evaluated at each call of load. */
  readonly expression: string;
}

/** Puts a module somewhere; `base`: its file's name before the hash. */
export type Placer = (wasm: Uint8Array, base: string) => Placed;

/** `keep`: keeps a module for the import of that path, in esbuild. */
export function placeIn(
  bundler: Bundler,
  inlineLimit: number | undefined,
  keep: (path: string, wasm: Uint8Array) => void,
): Placer {
  const emitted = emitterOf(bundler, keep);
  // What a server reads from its own disk costs no visitor time, and what its bundle is deployed with may leave files out.
  const limit = inlineLimit ?? (isForServer(bundler) ? Infinity : INLINE_LIMIT);
  return (wasm, base) => (emitted && wasm.length > limit ? emitted(wasm, base) : { expression: inlined(wasm) });
}

const INLINE_LIMIT = 4096;

const inlined = (wasm: Uint8Array): string =>
  `Uint8Array.from(atob("${Buffer.from(wasm).toString("base64")}"), (c) => c.charCodeAt(0))`;

function isForServer({ environment, getNativeBuildContext }: Bundler): boolean {
  const { compiler, build } = getNativeBuildContext?.() ?? {};
  if (environment) return environment.config.consumer === "server";
  if (compiler) return compiler.platform?.node === true && !compiler.platform.web;
  return build?.initialOptions.platform === "node";
}

/** How the bundler writes a file; undefined where it does not, or where the file would not be found. */
function emitterOf(bundler: Bundler, keep: (path: string, wasm: Uint8Array) => void): Placer | undefined {
  const { framework, environment, getNativeBuildContext } = bundler;
  if (framework === "esbuild") return inEsbuild(getNativeBuildContext!().build!.initialOptions, keep);
  const emit = bundler.emitFile?.bind(bundler);
  // A dev server keeps everything in memory, and Vite's build for a server drops what is emitted.
  if (!emit || environment?.config.command === "serve" || environment?.config.build?.emitAssets === false)
    return undefined;
  if (framework === "webpack" || framework === "rspack")
    return (wasm, base) => {
      const fileName = `${base}-${hashOf(wasm)}.wasm`;
      emit({ type: "asset", fileName, source: wasm });
      // On a server, the public path is where browsers look. In a page it may be relative to the page, as base_uri is.
      const path = isForServer(bundler) ? "" : "__webpack_public_path__ + ";
      return { expression: `new URL(${path}${JSON.stringify(fileName)}, __webpack_base_uri__)` };
    };
  return (wasm, base) => {
    const url = `url${hashOf(wasm)}`;
    const reference = emit({ type: "asset", name: `${base}.wasm`, source: wasm });
    return { before: [`const ${url} = ${markOf(String(reference))};`], expression: url };
  };
}

/** What stands for a file's URL until its chunk is rendered: only then are the format and both places known. */
const markOf = (reference: string): string => `__nabla_file_${Buffer.from(reference).toString("hex")}__`;

/** Rollup and Rolldown have their own, which know no worker, no page's script once it has run, and each other formats. */
export function placeFiles(
  code: string,
  chunk: string,
  format: string,
  fileName: (reference: string) => string,
): string | undefined {
  const mark = /__nabla_file_([0-9a-f]+)__/g;
  if (!mark.test(code)) return undefined;
  return code.replace(mark, (_, hex) => {
    const file = fileName(Buffer.from(hex, "hex").toString());
    const path = JSON.stringify(posix.relative(posix.dirname(chunk), file));
    if (format === "es" || format === "esm") return `new URL(${path}, import.meta.url)`;
    return format === "system" ? `new URL(${path}, module.meta.url)` : besideScript(path);
  });
}

function inEsbuild(options: EsbuildOptions, keep: (path: string, wasm: Uint8Array) => void): Placer | undefined {
  const { platform = "browser", format = platform === "browser" ? "iife" : platform === "node" ? "cjs" : "esm" } =
    options;
  if (options.outdir === undefined && options.outfile === undefined) return undefined;
  // A public path is where browsers look.
  if (platform === "node" && options.publicPath !== undefined) return undefined;
  return (wasm, base) => {
    const hash = hashOf(wasm);
    const path = `${hash}/${base}.wasm`;
    keep(path, wasm);
    const file = `file${hash}`;
    const url = format === "esm" ? `new URL(${file}, import.meta.url)` : besideScript(file);
    return {
      before: [`import ${file} from "${WASM_IMPORT}${path}";`, `const url${hash} = ${url};`],
      expression: `url${hash}`,
    };
  };
}

/**
 * The URL of a file beside a script that is no ES module, while it runs: of Node, a page or a worker. `path`: an expression.
 */
const besideScript = (path: string): string =>
  `new URL(${path}, typeof __filename !== "undefined" ? process.getBuiltinModule("url").pathToFileURL(__filename) : ` +
  `typeof document !== "undefined" ? (document.currentScript || {}).src || document.baseURI : location.href)`;

const hashOf = (wasm: Uint8Array): string => createHash("sha256").update(wasm).digest("hex").slice(0, 8);

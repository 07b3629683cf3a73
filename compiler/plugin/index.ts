/**
 * The package's "nabla/plugin": model files imported as networks, in Vite, Rollup, Rolldown, webpack, Rspack and esbuild.
 *
 *   // vite.config.ts: plugins: [nabla.vite()]
 *   import { load } from "./digits.model.ts?infer&weights=./digits.safetensors";
 *   const net = await load();
 *
 *   ?infer, ?train                              compiled, with given or initial weights
 *   ?trained&data=./iris.csv&epochs=50          trained during the build; only inference ships
 *   ...&relaxed                                 two modules; the faster one is taken where the engine has relaxed SIMD
 */
import { existsSync } from "node:fs";
import { dirname, isAbsolute, join, resolve } from "node:path";
import { createUnplugin } from "unplugin";
import { boolean, checkOptions, either, type Kinds, numberFrom, oneOf, optional, text } from "../../runtime/kinds.ts";
import { visible } from "../visible.ts";
import { bundlerError, filesToMend } from "./error.ts";
import { type Bundler, placeFiles, placeIn, type ViteConfig, WASM_IMPORT } from "./place.ts";
import { dataFiles, parseRequest, type Request, requestPattern } from "./request.ts";
import { moduleCode } from "./source.ts";
import { specifierName, writeTypes } from "./types.ts";

export interface PluginOptions {
  /**
   * Modules of at most so many bytes become text in the code, true all, false none; unless said, 4096 for a page, all for a
   * server.
   */
  readonly inline?: boolean | number | undefined;
  /** The folder of the types of imports, or false for none; nabla-types in the working directory unless said. */
  readonly types?: string | false | undefined;
  /** The folder of what ?trained has trained; node_modules/.cache/nabla in the working directory unless said. */
  readonly cache?: string | undefined;
  /** Whether training says how it goes, on stderr; where that is a terminal, unless said. */
  readonly progress?: boolean | undefined;
}

// What each bundler asks of a plugin, so that the types of none have to be installed.
/** Of Vite, Rollup, Rolldown. */
export type RollupPlugin = { name: string };
/** Of webpack, Rspack. */
export type WebpackPlugin = { apply(compiler: unknown): void };
export type EsbuildPlugin = { name: string; setup(build: unknown): void | Promise<void> };

const framesShown = ["vite", "rollup", "rolldown"];

const plugin = createUnplugin<PluginOptions | undefined, false>((given, { framework }) => {
  const options = completeOptions(given);
  /** What each import was made from, for a dev server. */
  const sources = new Map<string, ReadonlySet<string>>();
  /** What esbuild will ask for by name. */
  const kept = new Map<string, Uint8Array>();
  /** Of Vite before its environments, that is before 6. */
  let viteConfig: ViteConfig | undefined;
  return {
    name: "nabla",
    enforce: "pre",
    resolveId: {
      filter: { id: requestPattern },
      handler(id, importer) {
        const mark = id.indexOf("?");
        const path = id.slice(0, mark);
        if (!isAbsolute(path) && !path.startsWith(".")) return undefined;
        const file = resolve(importer ? dirname(importer) : ".", path);
        // A path from the root of a Vite project is for Vite to resolve.
        return isAbsolute(path) && !existsSync(path) ? undefined : asScript(file + id.slice(mark));
      },
    },
    load: {
      filter: { id: requestPattern },
      async handler(script) {
        const id = withoutScript(script);
        let request: Request | undefined;
        const watch = (files: readonly string[]) => {
          sources.set(script, new Set(files));
          for (const file of files) this.addWatchFile(file);
        };
        try {
          request = parseRequest(id);
          // Late, since a configuration in CommonJS can require no module that awaits at its top, as Binaryen does.
          const { buildRequest } = await import("./build.ts");
          const { built, mode, name, sources: files } = await buildRequest(request, options);
          watch(files);
          const untyped = options.types && writeTypes(options.types, id, built.dts);
          if (untyped) this.warn(untyped);
          if (isUntrained(request)) this.warn(untrained(id));
          const environment = (this as Partial<Bundler>).environment ?? (viteConfig && { config: viteConfig });
          const bundler: Bundler = Object.assign(Object.create(this), { framework, environment });
          const place = placeIn(bundler, options.inlineLimit, (path, wasm) => kept.set(path, wasm));
          return moduleCode({ ...built, mode, name }, place);
        } catch (thrown) {
          const model = id.slice(0, id.indexOf("?"));
          watch([...filesToMend(thrown, model), ...(request ? dataFiles(request) : [])]);
          throw bundlerError(thrown, model, framesShown.includes(framework));
        }
      },
    },
    esbuild: {
      onResolveFilter: requestPattern,
      onLoadFilter: requestPattern,
      loader: "js",
      setup(build) {
        // What unplugin loads is in a namespace, from where esbuild by itself finds not even an absolute path.
        build.onResolve({ filter: /.*/, namespace: "nabla" }, ({ path }) =>
          path.startsWith(WASM_IMPORT)
            ? { path: path.slice(WASM_IMPORT.length), namespace: WASM_IMPORT, sideEffects: false }
            : { path },
        );
        build.onLoad({ filter: /.*/, namespace: WASM_IMPORT }, ({ path }) => ({
          contents: kept.get(path)!,
          loader: "file",
        }));
      },
    },
    rollup: { renderChunk },
    rolldown: { renderChunk },
    vite: {
      renderChunk,
      // A worker is a build of its own, with plugins of its own.
      config: () => ({ worker: { plugins: () => [vite(given)] } }),
      configResolved({ command, build: { ssr, ssrEmitAssets } }) {
        const build = { emitAssets: !ssr || ssrEmitAssets };
        viteConfig = { command, consumer: ssr ? "server" : "client", build };
      },
      hotUpdate({ file, modules }) {
        const graph = this.environment.moduleGraph;
        const made = [...sources].flatMap(([script, files]) =>
          files.has(file) ? (graph.getModuleById(script) ?? []) : [],
        );
        return made.length > 0 ? [...new Set([...modules, ...made])] : undefined;
      },
    },
  };
});

/** Tools judge an id by its ending, and ...&accuracy=0.9 would be a file of the kind "9". */
const ending = "&lang.js";
const withoutScript = (id: string): string => (id.endsWith(ending) ? id.slice(0, -ending.length) : id);
const asScript = (id: string): string => withoutScript(id) + ending;

function renderChunk(
  this: { getFileName(reference: string): string },
  code: string,
  { fileName }: { readonly fileName: string },
  { format }: { readonly format: string },
) {
  const placed = placeFiles(code, fileName, format, (reference) => this.getFileName(reference));
  return placed === undefined ? null : { code: placed, map: null };
}

const isUntrained = (request: Request): boolean =>
  request.kind === "infer" && request.weights === undefined && request.seed === undefined;

const untrained = (id: string): string =>
  `"${specifierName(id)}" has no weights, so what ships has learnt nothing: &weights=./name.safetensors takes a checkpoint, ` +
  `?trained&data=... trains during the build, &seed=0 says that initial values are meant`;

const pluginKinds: Kinds<PluginOptions> = {
  inline: optional(either("true, false or a number of bytes", boolean, numberFrom(0), oneOf(Infinity))),
  types: optional(either("a folder, or false", text, oneOf(false))),
  cache: optional(text),
  progress: optional(boolean),
};

function completeOptions(given: PluginOptions = {}) {
  checkOptions<PluginOptions>("nabla", given, pluginKinds);
  const { inline, types, cache, progress } = given;
  const says = progress ?? process.stderr.isTTY === true;
  return {
    inlineLimit: inline === true ? Infinity : inline === false ? -1 : inline,
    types: types === false ? undefined : resolve(types ?? "nabla-types"),
    cache: resolve(cache ?? join("node_modules", ".cache", "nabla")),
    log: says ? say : () => {},
    warn: say,
  };
}

function say(line: string): void {
  process.stderr.write(`${visible(`nabla: ${line}`)}\n`);
}

type Make<Plugin> = (options?: PluginOptions) => Plugin;

export const vite = plugin.vite as Make<RollupPlugin>;
export const rollup = plugin.rollup as Make<RollupPlugin>;
export const rolldown = plugin.rolldown as Make<RollupPlugin>;
export const webpack = plugin.webpack as Make<WebpackPlugin>;
export const rspack = plugin.rspack as Make<WebpackPlugin>;
export const esbuild = plugin.esbuild as Make<EsbuildPlugin>;
export default { vite, rollup, rolldown, webpack, rspack, esbuild };

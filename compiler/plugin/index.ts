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
import { createUnplugin, type UnpluginInstance } from "unplugin";
import { note } from "../cli/terminal.ts";
import { buildRequest, dataFiles } from "./build.ts";
import { bundlerError, filesToMend } from "./error.ts";
import { parseRequest, type Request, requestPattern } from "./request.ts";
import { type Emitter, moduleCode } from "./source.ts";
import { writeTypes } from "./types.ts";

export interface PluginOptions {
  /** Modules of at most so many bytes become text in the code, true all, false none; 4096 unless said. */
  readonly inline?: boolean | number;
  /** The folder of the types of imports, or false for none; nabla-types in the working directory unless said. */
  readonly types?: string | false;
  /** The folder of what ?trained has trained; node_modules/.cache/nabla in the working directory unless said. */
  readonly cache?: string;
  /** Whether training says how it goes, on stderr; where that is a terminal, unless said. */
  readonly progress?: boolean;
}

const framesShown = ["vite", "rollup", "rolldown"];

const plugin: UnpluginInstance<PluginOptions | undefined, false> = createUnplugin((given, { framework }) => {
  const options = completeOptions(given);
  /** What each import was made from, for a dev server. */
  const sources = new Map<string, ReadonlySet<string>>();
  let isServer = false;
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
          const { built, mode, name, sources: files } = await buildRequest(request, options);
          watch(files);
          if (options.types) writeTypes(options.types, id, built.dts);
          const emitter: Emitter = isServer ? { framework } : Object.assign(Object.create(this), { framework });
          return moduleCode({ ...built, mode, name }, emitter, options.inlineLimit);
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
        build.onResolve({ filter: /.*/, namespace: "nabla" }, ({ path }) => ({ path }));
      },
    },
    vite: {
      configResolved({ command }) {
        isServer = command === "serve";
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

function completeOptions({ inline = 4096, types, cache, progress }: PluginOptions = {}) {
  const says = progress ?? process.stderr.isTTY === true;
  return {
    inlineLimit: inline === true ? Infinity : inline === false ? -1 : inline,
    types: types === false ? undefined : resolve(types ?? "nabla-types"),
    cache: resolve(cache ?? join("node_modules", ".cache", "nabla")),
    log: says ? (line: string) => note(`nabla: ${line}`) : () => {},
  };
}

export const { vite, rollup, rolldown, webpack, rspack, esbuild } = plugin;
export default plugin;

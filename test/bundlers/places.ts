/** One project built by each bundler in each format and layout, for Node and for pages. The plugin is the built one. */
import { build as esbuild } from "esbuild";
import { builtPlugin, installed, type WebProject } from "./project.ts";

const nabla = await builtPlugin();

/** Prints, hands over or posts what the network says, wherever it runs. */
export const main = `import { load } from "./points.model.ts?infer&seed=1";
const answer = load().then((net) => [...net.infer({ point: [0.1, 1.9] }).scores], String);
if (globalThis.process) answer.then((scores) => console.log(JSON.stringify(scores)));
else if (globalThis.document) globalThis.answers.push(answer);
else answer.then((scores) => postMessage(scores));
`;

/** The same in a page and in the worker that it starts, where the bundler follows new URL. */
export const page = `import "./main.js";
const worker = new Worker(new URL("./main.js", import.meta.url), { type: "module" });
globalThis.answers.push(new Promise((done) => {
  worker.onmessage = ({ data }) => done(data);
  worker.onerror = ({ message }) => done("worker: " + message);
}));
`;

export interface Variant {
  readonly name: string;
  readonly bundler: "esbuild" | "rollup" | "vite" | "vite 8" | "webpack" | "@rspack/core";
  /** Below the output folder: what to run. */
  readonly script: string;
  readonly isModule?: boolean;
  /** A script that is started as a worker, where the page starts none by itself. */
  readonly worker?: boolean;
  build(project: WebProject, folder: string): Promise<void>;
}

const options = (project: WebProject, inline: boolean | number | undefined) => ({
  cache: project.path("cache"),
  types: false as const,
  progress: false,
  inline,
});

type Inline = boolean | number | undefined;
type Layout = Omit<Variant, "bundler" | "build"> & {
  readonly inline?: Inline;
  readonly given: Record<string, unknown>;
};

/** With the module emitted, unless said. */
const inlineOf = (layout: Layout): Inline => ("inline" in layout ? layout.inline : 0);

const byEsbuild = (layout: Layout): Variant => ({
  ...layout,
  bundler: "esbuild",
  async build(project, folder) {
    await esbuild({
      entryPoints: [{ in: project.path("main.js"), out: layout.script.replace(/\.[mc]?js$/, "") }],
      outdir: folder,
      bundle: true,
      logLevel: "silent",
      plugins: [nabla.esbuild(options(project, inlineOf(layout)))],
      ...layout.given,
    });
  },
});

interface Rollup {
  rollup(options: object): Promise<{ write(output: object): Promise<unknown>; close(): Promise<void> }>;
}

const byRollup = (layout: Layout): Variant => ({
  ...layout,
  bundler: "rollup",
  async build(project, folder) {
    const { rollup } = await installed<Rollup>("rollup");
    const plugins = [nabla.rollup(options(project, inlineOf(layout)))];
    const bundle = await rollup({ input: project.path("main.js"), plugins });
    await bundle.write({ dir: folder, entryFileNames: layout.script, name: "main", ...layout.given });
    await bundle.close();
  },
});

interface Vite {
  build(config: object): Promise<unknown>;
}

/** Version 7 is that of test/bundlers, 8 the project's own, which builds by Rolldown. */
const byVite = ({ given: { build, ...given }, ...layout }: Layout, bundler: "vite" | "vite 8" = "vite"): Variant => ({
  ...layout,
  bundler,
  async build(project, folder) {
    const own = "vite";
    const { build: run } = bundler === "vite" ? await installed<Vite>("vite") : ((await import(own)) as Vite);
    await run({
      configFile: false,
      root: project.folder,
      logLevel: "silent",
      plugins: [nabla.vite(options(project, inlineOf({ ...layout, given })))],
      build: { target: "es2022", outDir: folder, ...(build as object) },
      ...given,
    });
  },
});

type Packer = (
  options: object,
  done: (error: Error | null, stats?: { hasErrors(): boolean; toString(how: string): string }) => void,
) => void;

type PackerName = "webpack" | "@rspack/core";

/** webpack and Rspack take the same options. */
const byPacker = (bundler: PackerName, { given: { output, ...given }, ...layout }: Layout): Variant => ({
  ...layout,
  bundler,
  async build(project, folder) {
    const packers = await installed<Record<string, Packer>>(bundler);
    const kind = bundler === "webpack" ? "webpack" : "rspack";
    const settings = {
      mode: "production",
      context: project.folder,
      entry: project.path("main.js"),
      output: { path: folder, filename: layout.script, ...(output as object) },
      plugins: [nabla[kind](options(project, inlineOf({ ...layout, given })))],
      ...given,
    };
    await new Promise<void>((resolve, reject) =>
      (packers[kind] ?? packers.default)!(settings, (error, stats) =>
        error || stats!.hasErrors() ? reject(error ?? new Error(stats!.toString("errors-only"))) : resolve(),
      ),
    );
  },
});

const packers: readonly PackerName[] = ["webpack", "@rspack/core"];
const byPackers = (layout: Layout): Variant[] => packers.map((bundler) => byPacker(bundler, layout));

const cjs = { outExtension: { ".js": ".cjs" } };
const mjs = { outExtension: { ".js": ".mjs" } };
const ssr = (project: string, rest: object = {}) => ({ ssr: project, ...rest });
const asModule = { experiments: { outputModule: true } };

export const forNode = (project: WebProject): Variant[] => [
  byEsbuild({ name: "esm", script: "main.mjs", given: { platform: "node", format: "esm", ...mjs } }),
  byEsbuild({
    name: "esm, deeper",
    script: "a/b/main.mjs",
    given: { format: "esm", assetNames: "files/[name]-[hash]", ...mjs },
  }),
  byEsbuild({ name: "node", script: "a/main.cjs", given: { platform: "node", ...cjs } }),
  byEsbuild({ name: "node, big", script: "main.cjs", inline: undefined, given: { platform: "node", ...cjs } }),
  byEsbuild({
    name: "node, public path",
    script: "main.cjs",
    given: { platform: "node", publicPath: "/static", ...cjs },
  }),
  byEsbuild({ name: "iife", script: "main.cjs", given: { format: "iife", ...cjs } }),
  ...["es", "cjs", "umd", "iife"].map((format) =>
    byRollup({
      name: format,
      script: `deep/main.${format === "es" ? "mjs" : "cjs"}`,
      given: { format, assetFileNames: "files/[name]-[hash][extname]" },
    }),
  ),
  byVite({ name: "--ssr", script: "main.js", inline: undefined, given: { build: ssr(project.path("main.js")) } }),
  byVite({ name: "--ssr, none inlined", script: "main.js", given: { build: ssr(project.path("main.js")) } }),
  byVite({
    name: "--ssr with its assets, under a base",
    script: "main.js",
    given: { base: "/app/", build: ssr(project.path("main.js"), { ssrEmitAssets: true, assetsDir: "files" }) },
  }),
  byVite({
    name: "--ssr, cjs",
    script: "main.cjs",
    given: {
      build: ssr(project.path("main.js"), {
        rollupOptions: { output: { format: "cjs", entryFileNames: "main.cjs" } },
        ssrEmitAssets: true,
      }),
    },
  }),
  byVite({ name: "--ssr", script: "main.js", given: { build: ssr(project.path("main.js")) } }, "vite 8"),
  ...(["vite", "vite 8"] as const).flatMap((version) =>
    ["es", "cjs", "umd", "iife"].map((format) =>
      byVite(
        {
          name: `library, ${format}`,
          script: `main.${format === "es" ? "mjs" : "cjs"}`,
          given: {
            build: {
              lib: {
                entry: project.path("main.js"),
                name: "main",
                formats: [format],
                fileName: () => `main.${format === "es" ? "mjs" : "cjs"}`,
              },
            },
          },
        },
        version,
      ),
    ),
  ),
  ...byPackers({ name: "node, big", script: "main.cjs", inline: undefined, given: { target: "node" } }),
  ...byPackers({ name: "node", script: "a/main.cjs", given: { target: "node" } }),
  ...byPackers({
    name: "node, public path",
    script: "main.cjs",
    given: { target: "node", output: { publicPath: "/static/" } },
  }),
  ...byPackers({
    name: "async-node, library",
    script: "main.cjs",
    given: { target: "async-node20", output: { library: { type: "commonjs2" } } },
  }),
  ...byPackers({
    name: "node, esm",
    script: "a/main.mjs",
    given: { target: "node20", ...asModule, output: { module: true, chunkFormat: "module" } },
  }),
];

/** Each in a folder of its name. */
export const forPages = (project: WebProject): Variant[] => [
  byEsbuild({ name: "esbuild-esm", script: "a/main.js", isModule: true, worker: true, given: { format: "esm" } }),
  byEsbuild({ name: "esbuild-iife", script: "a/main.js", worker: true, given: { assetNames: "files/[name]-[hash]" } }),
  byEsbuild({ name: "esbuild-base", script: "a/main.js", worker: true, given: { publicPath: "/esbuild-base/" } }),
  ...["es", "iife", "umd"].map((format) =>
    byRollup({
      name: `rollup-${format}`,
      script: "deep/main.js",
      isModule: format === "es",
      worker: true,
      given: { format, assetFileNames: "files/[name]-[hash][extname]" },
    }),
  ),
  ...(["vite", "vite 8"] as const).flatMap((version) =>
    ["iife", "es"].map((format) =>
      byVite(
        {
          name: `${version.replace(" ", "")}-${format}`,
          script: "main.js",
          isModule: true,
          given: {
            base: `/${version.replace(" ", "")}-${format}/`,
            worker: { format },
            build: {
              assetsDir: "files",
              rollupOptions: { input: project.path("page.js"), output: { entryFileNames: "main.js" } },
            },
          },
        },
        version,
      ),
    ),
  ),
  ...packers.flatMap((bundler) =>
    ["auto", "base"].map((kind) => {
      const name = `${bundler === "webpack" ? "webpack" : "rspack"}-${kind}`;
      const output = { publicPath: kind === "auto" ? "auto" : `/${name}/` };
      const given = { entry: project.path("page.js"), target: "web", output };
      return byPacker(bundler, { name, script: "a/main.js", given });
    }),
  ),
];

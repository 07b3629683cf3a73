/** The plugin in esbuild: a project is built, and what comes out is run. */
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { type BuildOptions, build } from "esbuild";
import { expect, test } from "vitest";
import nabla, { type PluginOptions } from "../../compiler/plugin/index.ts";
import { buildBundle } from "../../compiler/tasks/build-bundle.ts";
import { readModelFile } from "../../compiler/tasks/model-file.ts";
import { loadInference } from "../../runtime/infer.ts";
import { runScript, script, type WebProject, webProject } from "./project.ts";

const bundled = (project: WebProject, options: PluginOptions = {}, more: BuildOptions = {}) =>
  build({
    entryPoints: [project.path("main.js")],
    outdir: project.path("dist"),
    bundle: true,
    format: "esm",
    target: "es2022",
    logLevel: "silent",
    plugins: [
      nabla.esbuild({ cache: project.path("cache"), types: project.path("types"), progress: false, ...options }),
    ],
    ...more,
  });

const run = (project: WebProject) => runScript(project.path("dist/main.js"));

const likeliest = (scores: readonly number[]) => scores.indexOf(Math.max(...scores));

test("inlined: one file, which answers as the module of nabla build does", async () => {
  const project = webProject();
  await bundled(project, { inline: true });
  expect(readdirSync(project.path("dist"))).toEqual(["main.js"]);
  const answers = await run(project);
  const { model, name } = await readModelFile(project.path("points.model.ts"));
  const { built } = await buildBundle(model, { name });
  const net = await loadInference(built.wasm as BufferSource);
  expect(answers.initial).toEqual([...net.infer({ point: [0.1, 1.9] }).scores!]);
  expect(answers.loss).toBeGreaterThan(0);
  expect(likeliest(answers.trained)).toBe(0);
});

test("emitted: a file for each module, found from the script", async () => {
  const project = webProject();
  await bundled(project, { inline: true });
  const inlined = await run(project);
  rmSync(project.path("dist"), { recursive: true });
  await bundled(project, { inline: false });
  const files = readdirSync(project.path("dist")).map((file) => file.replace(/-[0-9A-Z]{8}\./, "-HASH."));
  expect(files.sort()).toEqual([
    "main.js",
    "points.infer-HASH.wasm",
    "points.infer-HASH.wasm",
    "points.train-HASH.wasm",
  ]);
  expect(await run(project)).toEqual(inlined);
});

test("&relaxed: two files, of which the loader takes one", async () => {
  const project = webProject();
  project.write(
    "points.model.ts",
    readFileSync(project.path("points.model.ts"), "utf8").replace(
      "dense(point, 3)",
      "dense(dense(dense(point, 40), 64), 3)",
    ),
  );
  project.write("main.js", script.replaceAll("?infer", "?infer&relaxed"));
  await bundled(project, { inline: false });
  const files = readdirSync(project.path("dist")).map((file) => file.replace(/-[0-9A-Z]{8}\./, "-HASH."));
  expect(files.sort()).toEqual([
    "main.js",
    "points.infer-HASH.wasm",
    "points.infer-HASH.wasm",
    "points.infer.relaxed-HASH.wasm",
    "points.train-HASH.wasm",
  ]);
  expect(readFileSync(project.path("dist/main.js"), "utf8")).toMatch(
    /"\.\/points\.infer\.relaxed-\w+\.wasm"[\s\S]*takesRelaxedSimd\(\) \? url\w+ : url\w+\b/,
  );
  expect((await run(project)).initial).toHaveLength(3);
});

test("without an output folder, as with serve, all is text", async () => {
  const { outputFiles } = await bundled(webProject(), { inline: false }, { outdir: undefined, write: false });
  expect(outputFiles!.map(({ path }) => path)).toEqual(["<stdout>"]);
  expect(outputFiles![0]!.text.match(/atob\("/g)).toHaveLength(3);
});

test("?infer without weights is said to have learnt nothing, unless initial values are asked for", async () => {
  const project = webProject();
  const warnings = async (query: string) => {
    project.write("main.js", `import "./points.model.ts?${query}";`);
    return (await bundled(project)).warnings.map(({ text }) => text);
  };
  expect(await warnings("infer")).toEqual([
    expect.stringMatching(
      /^"points\.model\.ts\?infer" has no weights, so what ships has learnt nothing: &weights=.*&seed=0/,
    ),
  ]);
  for (const asked of ["infer&seed=0", "train", "trained&data=./points.csv&epochs=1"])
    expect(await warnings(asked)).toEqual([]);
});

test("a wrong model: the message has the frame", async () => {
  const project = webProject();
  project.write(
    "points.model.ts",
    readFileSync(project.path("points.model.ts"), "utf8").replace("dense(point, 3)", "dense(point, 4)"),
  );
  const error: { errors: { text: string }[] } = await bundled(project).catch((thrown) => thrown);
  expect(error.errors[0]!.text).toMatch(/points\.model\.ts:\d+:\d+ shape\/classes[\s\S]*\^\^\^/);
});

test("a query that cannot be meant", async () => {
  const project = webProject();
  const message = async (query: string) => {
    project.write("main.js", `import "./points.model.ts?${query}";`);
    const error: { errors: { text: string }[] } = await bundled(project).catch((thrown) => thrown);
    return error.errors[0]!.text.replaceAll(project.folder, "");
  };
  expect(await message("infer&weight=a")).toContain(
    'import "/points.model.ts?infer&weight=a": weight: expected one of weights, batch, dtype, seed, relaxed after ?infer, got weight',
  );
  expect(await message("infer&relaxed=no")).toContain("relaxed: expected &relaxed without a value, got no");
  expect(await message("trained&epochs=3")).toContain("data: expected &data=... in the import, got none");
  expect(await message("trained&data=./points.csv&epochs=0")).toContain("epochs: expected an integer from 1");
});

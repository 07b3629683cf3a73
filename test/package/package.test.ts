/**
 * The packed package in an empty project: the commands, the project of nabla init, the types, the plugin, and what the
 * loader's entry pulls in.
 */
import { existsSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { isInstalled, modules } from "../bundlers/project.ts";
import { installPacked, type Packed, run } from "./packed.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

let packed: Packed;
beforeAll(async () => {
  packed = await installPacked();
}, 180_000);
afterAll(() => rmSync(dirname(packed.folder), { recursive: true, force: true }));

const inProject = (name: string) => join(packed.folder, name);
const node = (...args: string[]) => run(packed.folder, process.execPath, ...args);

describe("contents", () => {
  test("built files only, and no script that runs at installation", () => {
    expect(packed.files.filter((file) => !/^package\/(dist\/|package\.json$|README\.md$|LICENSE$)/.test(file))).toEqual(
      [],
    );
    expect(packed.files.filter((file) => /\.ts$/.test(file) && !/\.(d|model)\.ts$/.test(file))).toEqual([]);
    const { scripts } = JSON.parse(readFileSync(inProject("node_modules/nabla/package.json"), "utf8"));
    for (const name of ["preinstall", "install", "postinstall", "prepare"]) expect(scripts).not.toHaveProperty(name);
  });

  test.skipIf(!isInstalled("publint"))("publint finds nothing", async () => {
    const { stdout } = await run(packed.folder, join(modules, ".bin/publint"), packed.tarball, "--strict");
    expect(stdout).toContain("All good!");
  });

  test.skipIf(!isInstalled("@arethetypeswrong/cli"))("the types are right for every ESM resolution", async () => {
    const { stdout } = await run(packed.folder, join(modules, ".bin/attw"), packed.tarball, "--profile", "esm-only");
    // Five entries, from Node's ESM and through a bundler; a problem there would be an exit code of 1.
    expect(stdout.match(/🟢/gu)).toHaveLength(10);
  });
});

describe("nabla init", () => {
  test("writes a project whose commands work, the flower named right at the end", async () => {
    expect((await run(packed.folder, "npx", "nabla", "--help")).stdout).toContain("nabla init");
    const { stdout } = await run(packed.folder, "npx", "nabla", "init", "flowers");
    expect(stdout.match(/written/g)).toHaveLength(7);
    const app = inProject("flowers");
    expect(JSON.parse(readFileSync(join(app, "package.json"), "utf8"))).toMatchObject({
      name: "flowers",
      devDependencies: { nabla: "^0.1.0" },
    });
    for (const script of ["train", "build"]) await run(app, "npm", "run", script);
    expect((await run(app, "npm", "start", "--silent")).stdout).toBe("setosa\n");
    await node(join(root, "node_modules/typescript/bin/tsc"), "-p", app);
  });

  test("refuses a folder with something in it", async () => {
    const refused = await run(packed.folder, "npx", "nabla", "init").catch((thrown) => thrown);
    expect(refused).toMatchObject({ code: 1 });
    expect(refused.stderr).toMatch(/^error: \.: expected an empty folder, or none, got .*node_modules/m);
    expect(existsSync(inProject("iris.model.ts"))).toBe(false);
  });
});

test("types of the four entries resolve", async () => {
  writeFileSync(
    inProject("uses.ts"),
    `import { dense, model } from "nabla";
import { readModelFile } from "nabla/compiler";
import nabla, { vite } from "nabla/plugin";
import { type InferenceNet, loadInference } from "nabla/runtime";
export const net: Promise<InferenceNet> = loadInference(new Uint8Array());
export const plugins: unknown[] = [vite({ inline: 100 }), nabla.esbuild()];
export const entries = [dense, model, readModelFile];
// @ts-expect-error an option of the wrong kind
nabla.vite({ inline: "small" });
`,
  );
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  for (const [module, resolution] of [
    ["nodenext", "nodenext"],
    ["esnext", "bundler"],
  ] as const)
    await node(
      tsc,
      "--noEmit",
      "--strict",
      "--skipLibCheck",
      "--target",
      "es2022",
      "--module",
      module,
      "--moduleResolution",
      resolution,
      "uses.ts",
    );
});

/** Needs what the test of nabla init has written. */
const asksTrained = `import { load } from "./flowers/iris.model.ts?trained&data=./iris.csv&epochs=60&accuracy=0.8";
const net = await load();
const { logits } = net.infer({ measurements: [5.1, 3.5, 1.4, 0.2] });
console.log(net.manifest.outputs[0].labels[logits.indexOf(Math.max(...logits))]);
`;

test("the plugin builds, from the package", async () => {
  writeFileSync(
    inProject("build.mjs"),
    `import { build } from "esbuild";
import nabla from "nabla/plugin";
await build({ entryPoints: ["main.mjs"], outfile: "bundle.mjs", bundle: true, format: "esm", plugins: [nabla.esbuild()] });
await import("./bundle.mjs");
`,
  );
  writeFileSync(inProject("main.mjs"), asksTrained);
  expect((await node("build.mjs")).stdout).toBe("setosa\n");
});

test.skipIf(!isInstalled("webpack"))(
  "the plugin builds in webpack, too: emitted and inlined answer alike",
  async () => {
    symlinkSync(join(modules, "webpack"), inProject("node_modules/webpack"));
    writeFileSync(
      inProject("webpack.mjs"),
      `import { readFileSync } from "node:fs";
import nabla from "nabla/plugin";
import webpack from "webpack";
for (const inline of [false, true]) {
  const path = import.meta.dirname + "/webpack-" + inline;
  const output = { path, filename: "main.mjs", module: true, publicPath: "https://pages.test/" };
  const plugins = [nabla.webpack({ inline, types: false })];
  const options = { mode: "production", entry: "./main.mjs", experiments: { outputModule: true }, output, plugins };
  const stats = await new Promise((done, fail) => webpack(options, (error, stats) => (error ? fail(error) : done(stats))));
  if (stats.hasErrors()) throw new Error(stats.toString("errors-only"));
  // The server of the page.
  globalThis.fetch = async (url) => new Response(readFileSync(path + new URL(url).pathname));
  await import(path + "/main.mjs");
}
`,
    );
    writeFileSync(inProject("main.mjs"), asksTrained);
    expect((await node("webpack.mjs")).stdout).toBe("setosa\nsetosa\n");
    const emitted = (inline: boolean) =>
      readdirSync(inProject(`webpack-${inline}`)).filter((file) => /\.wasm$/.test(file));
    expect(emitted(false)).toHaveLength(1);
    expect(emitted(true)).toEqual([]);
  },
);

describe("nabla/runtime", () => {
  const bundleOf = async (contents: string) => {
    const { outputFiles, metafile } = await build({
      stdin: { contents, resolveDir: packed.folder },
      bundle: true,
      format: "esm",
      platform: "browser",
      minify: true,
      write: false,
      metafile: true,
      logLevel: "silent",
    });
    return { code: outputFiles[0]!.text, inputs: Object.keys(metafile.inputs).filter((name) => name !== "<stdin>") };
  };

  test("pulls in nothing but itself", async () => {
    const { code, inputs } = await bundleOf('export * from "nabla/runtime";');
    for (const input of inputs) expect(input).toContain("node_modules/nabla/dist/runtime/");
    expect(code).not.toMatch(/\bimport\s*[{*"']|require\(/);
  });

  test("loading for inference alone takes less than 2,000 bytes, compressed", async () => {
    const { code } = await bundleOf('export { loadInference } from "nabla/runtime";');
    expect(gzipSync(code, { level: 9 }).length).toBeLessThan(2000);
    console.info(`nabla/runtime, loadInference: ${code.length} bytes, ${gzipSync(code, { level: 9 }).length} gzipped`);
  });
});

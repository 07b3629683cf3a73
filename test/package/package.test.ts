/**
 * The packed package in an empty project: the commands, the project of nabla init, the types, the plugin, and what the
 * loader's entry pulls in.
 */
import { cpSync, existsSync, readdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { isInstalled, modules } from "../bundlers/project.ts";
import { isMissing } from "../support/missing.ts";
import { typescripts, unusedExports, writeConsumer } from "./consumer.ts";
import { installPacked, type Packed, run } from "./packed.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

let packed: Packed;
beforeAll(async () => {
  packed = await installPacked();
});
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
    const { stdout, stderr } = await run(packed.folder, "npx", "nabla", "init", "flowers");
    expect(stdout.match(/written/g)).toHaveLength(8);
    expect(stderr).toContain("package.json names nabla-0.1.0.tgz, this package packed");
    expect(stderr).toContain("next: cd flowers && npm install && npm run train && npm run build && npm start");
    const written = inProject("flowers");
    expect(JSON.parse(readFileSync(join(written, "package.json"), "utf8"))).toMatchObject({
      name: "flowers",
      devDependencies: { nabla: "file:nabla-0.1.0.tgz" },
    });
    // Away from the package that wrote it, as it may be moved to another machine.
    const app = join(dirname(packed.folder), "moved");
    renameSync(inProject("flowers"), app);
    await run(app, "npm", "install", "--prefer-offline", "--no-audit", "--no-fund");
    for (const script of ["train", "build"]) await run(app, "npm", "run", script);
    expect((await run(app, "npm", "start", "--silent")).stdout).toBe("setosa\n");
    await node(join(root, "node_modules/typescript/bin/tsc"), "-p", app);
    renameSync(app, written);
  });

  test("refuses a folder with something in it", async () => {
    const refused = await run(packed.folder, "npx", "nabla", "init").catch((thrown) => thrown);
    expect(refused).toMatchObject({ code: 1 });
    expect(refused.stderr).toMatch(/^error: \.: expected an empty folder, or none, got .*node_modules/m);
    expect(existsSync(inProject("iris.model.ts"))).toBe(false);
  });
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

test("a configuration in CommonJS requires it, and each other entry", async () => {
  writeFileSync(
    inProject("build.cjs"),
    `const { build } = require("esbuild");
const { esbuild } = require("nabla/plugin");
const entries = [require("nabla").dense, require("nabla/compiler").compile, require("nabla/runtime").load];
build({ entryPoints: ["main.mjs"], outfile: "required.cjs", bundle: true, plugins: [esbuild({ types: false })] }).then(() => {
  console.log(entries.map((entry) => typeof entry).join());
});
`,
  );
  writeFileSync(inProject("main.mjs"), `import { load } from "./flowers/iris.model.ts?infer&seed=1";\nload();\n`);
  expect((await node("build.cjs")).stdout).toBe("function,function,function\n");
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

describe("types, in a strict project", () => {
  let consumer: ReturnType<typeof writeConsumer>;
  /** Needs what the test of nabla init has built. */
  beforeAll(async () => {
    consumer = writeConsumer(packed);
    const flowers = inProject("flowers");
    await run(flowers, "npx", "nabla", "build", "iris.model.ts", "--target", "js", "--out-dir", "js");
    for (const name of ["iris.model.ts", "iris.csv", "out", "js"])
      cpSync(join(flowers, name), join(consumer.folder, name), { recursive: true });
    const entry = "./iris.model.ts";
    writeFileSync(
      join(consumer.folder, "build.mjs"),
      `import { build } from "esbuild";
import nabla from "nabla/plugin";
const contents = 'import "${entry}?train"; import "${entry}?trained&data=./iris.csv&epochs=60&accuracy=0.8";';
await build({ stdin: { contents, resolveDir: "." }, bundle: true, write: false, plugins: [nabla.esbuild()] });
`,
    );
    await run(consumer.folder, process.execPath, "build.mjs");
  });

  for (const [name, tsc] of typescripts)
    test.skipIf(isMissing(name, existsSync(tsc)))(name, async () => {
      for (const config of consumer.configs) {
        const complaints = await run(consumer.folder, process.execPath, tsc, "-p", config).then(
          () => "",
          ({ stdout }) => stdout,
        );
        expect([config, complaints]).toEqual([config, ""]);
      }
    });

  test("every export is used there", () => {
    expect(unusedExports(packed)).toEqual([]);
  });
});

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

/** An imported module is found by what every bundler makes of it, as in the dev server: each production build is run. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { buildBundle } from "../../compiler/tasks/build-bundle.ts";
import { readModelFile } from "../../compiler/tasks/model-file.ts";
import { loadInference } from "../../runtime/infer.ts";
import { chromium, firefox, outcomeOf } from "../hosts/hosts/browsers.ts";
import { isThere } from "../hosts/hosts/host.ts";
import { run } from "../package/packed.ts";
import { forNode, forPages, main, page, type Variant } from "./places.ts";
import { isInstalled, type WebProject, webProject } from "./project.ts";

/** Of more bytes than become text in a page. */
const bigModel = (text: string) => text.replace("dense(point, 3)", "dense(dense(point, 400), 3)");

function bigProject(): WebProject {
  const project = webProject({ "main.js": main, "page.js": page });
  project.write("points.model.ts", bigModel(readFileSync(project.path("points.model.ts"), "utf8")));
  return project;
}

async function expected(project: WebProject): Promise<number[]> {
  const { model, name } = await readModelFile(project.path("points.model.ts"));
  const { built } = await buildBundle(model, { name, seed: 1 });
  expect(built.wasm.length).toBeGreaterThan(4096);
  return [...(await loadInference(built.wasm)).infer({ point: [0.1, 1.9] }).scores!];
}

const there = ({ bundler }: Variant) => ["esbuild", "vite 8"].includes(bundler) || isInstalled(bundler);
const wasmFiles = (folder: string) =>
  readdirSync(folder, { recursive: true }).filter((file) => String(file).endsWith(".wasm"));

describe("in Node", () => {
  const names = forNode({ path: String } as unknown as WebProject).map((variant, i) => [i, variant] as const);
  for (const [i, { bundler, name }] of names)
    test.skipIf(!there(names[i]![1]))(`${bundler}, ${name}`, async () => {
      const project = bigProject();
      const variant = forNode(project)[i]!;
      await variant.build(project, project.path("dist"));
      // From a working directory that has none of the files.
      const { stdout } = await run("/", process.execPath, join(project.path("dist"), variant.script));
      expect(JSON.parse(stdout)).toEqual(await expected(project));
      if (name.endsWith("big")) expect(wasmFiles(project.path("dist"))).toEqual([]);
    });
});

describe("in pages and workers", () => {
  for (const [kind, browser] of [
    ["chrome", chromium],
    ["firefox", firefox],
  ] as const)
    test.skipIf(!isThere(browser))(browser.name, async () => {
      const project = bigProject();
      const site = project.path("site");
      mkdirSync(site);
      const variants = forPages(project).filter(there);
      for (const variant of variants) {
        await variant.build(project, join(site, variant.name));
        expect([variant.name, wasmFiles(join(site, variant.name)).length]).toEqual([variant.name, 1]);
      }
      const scripts = variants.map(({ name, script, isModule, worker }) => ({
        name,
        src: `/${name}/${script}`,
        type: isModule ? "module" : "",
        worker: worker ?? false,
      }));
      writeFileSync(join(site, "page.html"), '<!doctype html><title>busy</title><script src="driver.js"></script>');
      writeFileSync(join(site, "driver.js"), driver(scripts));
      const outcome = await outcomeOf<Record<string, unknown>>(kind, browser.program, site);
      const want = await expected(project);
      // In the page, and in a worker.
      expect(outcome).toEqual(Object.fromEntries(variants.map(({ name }) => [name, [want, want]])));
    });
});

/** Runs one script after another, by the page's own means. */
const driver = (scripts: readonly object[]): string => `(async () => {
  const outcome = {};
  for (const { name, src, type, worker } of ${JSON.stringify(scripts)}) {
    globalThis.answers = [];
    await new Promise((done) => {
      const script = Object.assign(document.createElement("script"), { src, type, onload: done, onerror: done });
      document.head.append(script);
    });
    if (worker) answers.push(new Promise((done) => {
      const started = new Worker(src, type ? { type } : {});
      started.onmessage = ({ data }) => done(data);
      started.onerror = ({ message }) => done("worker: " + message);
    }));
    outcome[name] = await Promise.all(answers);
  }
  globalThis.outcome = outcome;
  document.title = "done";
})();`;

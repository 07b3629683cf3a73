/** The plugin in Vite, and so in Rollup: a build that is visited in Chromium, and the dev server. */
import { readdirSync } from "node:fs";
import { describe, expect, onTestFinished, test } from "vitest";
import nabla, { type PluginOptions } from "../../compiler/plugin/index.ts";
import { pointsModel } from "../cli/samples.ts";
import { chromium, outcomeOf } from "../hosts/hosts/browsers.ts";
import { isThere } from "../hosts/hosts/host.ts";
import { installed, isInstalled, type Outcome, runScript, type WebProject, webProject } from "./project.ts";

/** What is used of Vite, which this project's own dependencies do not have. */
interface Vite {
  build(config: object): Promise<unknown>;
  createServer(config: object): Promise<DevServer>;
}

interface DevServer {
  transformRequest(url: string): Promise<{ code: string } | null>;
  readonly watcher: { listeners(event: "change"): ((file: string) => unknown)[] };
  close(): Promise<void>;
}

const page = `<!doctype html><script type="module" src="/main.js"></script>`;

const viteProject = () => webProject({ "page.html": page });

const config = (project: WebProject, options: PluginOptions = {}, build: object = {}) => ({
  configFile: false,
  root: project.folder,
  logLevel: "silent",
  plugins: [nabla.vite({ cache: project.path("cache"), types: project.path("types"), progress: false, ...options })],
  build: { target: "es2022", rollupOptions: { input: project.path("page.html") }, ...build },
});

describe.skipIf(!isInstalled("vite"))("Vite", () => {
  test.skipIf(!isThere(chromium))(
    "a build with emitted modules runs in Chromium as one with inlined does in Node",
    async () => {
      const { build } = await installed<Vite>("vite");
      const project = viteProject();
      await build(config(project, { inline: false }));
      const wasm = readdirSync(project.path("dist/assets")).filter((file) => file.endsWith(".wasm"));
      expect(wasm.length).toBe(3);
      const visited = await outcomeOf<Outcome>("chrome", chromium.program, project.path("dist"));
      const library = {
        target: "es2022",
        outDir: "node",
        rollupOptions: {},
        lib: { entry: project.path("main.js"), formats: ["es"], fileName: "main" },
      };
      await build(config(project, { inline: true }, library));
      expect(visited).toEqual(await runScript(project.path("node/main.js")));
    },
  );

  describe("dev server", () => {
    const url = "/points.model.ts?infer";

    async function serve(project: WebProject): Promise<DevServer> {
      const { createServer } = await installed<Vite>("vite");
      const server = await createServer({
        ...config(project),
        server: { middlewareMode: true, ws: false, watch: null },
        optimizeDeps: { noDiscovery: true },
      });
      onTestFinished(() => server.close());
      return server;
    }

    const change = async (server: DevServer, project: WebProject, name: string, contents: string) => {
      project.write(name, contents);
      // As the watcher emits it, and awaited: Vite asks its plugins in turns of their own.
      for (const listener of server.watcher.listeners("change")) await listener(project.path(name));
    };

    const codeOf = async (server: DevServer) => (await server.transformRequest(url))!.code;

    test("gives new code when the model changes, or a file that it imports, and the same when nothing does", async () => {
      const project = viteProject();
      project.write("width.ts", "export const width = 3;\n");
      project.write(
        "points.model.ts",
        pointsModel({ "dense(point, 3)": "dense(relu(dense(point, width)), 3)", classes: "relu, classes" }).replace(
          "\n",
          '\nimport { width } from "./width.ts";\n',
        ),
      );
      const server = await serve(project);
      const first = await codeOf(server);
      expect(await codeOf(server)).toBe(first);
      await change(server, project, "width.ts", "export const width = 5;\n");
      const wider = await codeOf(server);
      expect(wider).not.toBe(first);
      await change(server, project, "points.model.ts", pointsModel());
      expect(await codeOf(server)).not.toBe(wider);
    });

    test("an error has the place and the frame that the overlay shows, and goes when it is mended", async () => {
      const project = viteProject();
      const server = await serve(project);
      project.write("points.model.ts", pointsModel({ "dense(point, 3)": "dense(point, 4)" }));
      const error = await server.transformRequest(url).catch((thrown) => thrown);
      expect(error).toMatchObject({
        plugin: "nabla",
        loc: { file: project.path("points.model.ts"), line: 10 },
        frame: expect.stringMatching(/> 10 \|.*softmaxCrossEntropy[\s\S]*\^\^\^/),
      });
      expect(error.message).toContain("shape/classes");
      await change(server, project, "points.model.ts", pointsModel());
      expect(await codeOf(server)).toContain("export const load");
    });
  });

  test("a model that misses its accuracy fails the build", async () => {
    const { build } = await installed<Vite>("vite");
    const project = viteProject();
    project.write(
      "same.csv",
      `x,y,kind\n${["north", "south", "west"].map((kind) => `0,0,${kind}\n`.repeat(10)).join("")}`,
    );
    const missed = "./points.model.ts?trained&data=./same.csv&epochs=2&accuracy=0.9";
    project.write("main.js", `import { load } from "${missed}"; load();`);
    const error = await build(config(project)).catch((thrown) => thrown);
    expect((error as Error).message).toMatch(
      /accuracy after 2 epochs\s+expected {2}at least 90\.0%\s+got {7}\d+\.\d% of 6 rows held out/,
    );
  });
});

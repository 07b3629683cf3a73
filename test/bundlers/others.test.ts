/**
 * The plugin in Rollup, webpack and Rspack: a project is built by each, and what comes out is run.
 */
import { readdirSync } from "node:fs";
import { expect, test } from "vitest";
import { writeCheckpoint } from "../../compiler/data/checkpoint.ts";
import {
  builtPlugin,
  installed,
  isInstalled,
  type Outcome,
  runScript,
  type WebProject,
  webProject,
} from "./project.ts";

const nabla = await builtPlugin();

const options = (project: WebProject) => ({
  cache: project.path("cache"),
  types: project.path("types"),
  progress: false,
  inline: false,
});

interface Rollup {
  rollup(options: object): Promise<{ write(output: object): Promise<unknown>; close(): Promise<void> }>;
}

async function byRollup(project: WebProject): Promise<string> {
  const { rollup } = await installed<Rollup>("rollup");
  const bundle = await rollup({ input: project.path("main.js"), plugins: [nabla.rollup(options(project))] });
  await bundle.write({ dir: project.path("dist"), format: "esm" });
  await bundle.close();
  return project.path("dist/main.js");
}

type Packer = (
  options: object,
  done: (error: Error | null, stats?: { hasErrors(): boolean; toString(how: string): string }) => void,
) => void;

/** webpack and Rspack take the same options. */
const packing = (name: string, exported: string, plugin: "webpack" | "rspack") => async (project: WebProject) => {
  const pack = (await installed<Record<string, Packer>>(name))[exported]!;
  const output = {
    path: project.path("dist"),
    filename: "main.mjs",
    module: true,
    chunkFormat: "module",
    publicPath: "auto",
  };
  await new Promise<void>((resolve, reject) =>
    pack(
      {
        mode: "production",
        context: project.folder,
        entry: project.path("main.js"),
        target: ["web", "es2022"],
        experiments: { outputModule: true },
        output,
        plugins: [nabla[plugin](options(project))],
      },
      (error, stats) =>
        error || stats!.hasErrors() ? reject(error ?? new Error(stats!.toString("errors-only"))) : resolve(),
    ),
  );
  return project.path("dist/main.mjs");
};

const bundlers: [string, string, (project: WebProject) => Promise<string>][] = [
  ["Rollup", "rollup", byRollup],
  ["webpack", "webpack", packing("webpack", "default", "webpack")],
  ["Rspack", "@rspack/core", packing("@rspack/core", "rspack", "rspack")],
];

const likeliest = (scores: readonly number[]) => scores.indexOf(Math.max(...scores));

for (const [name, module, bundle] of bundlers)
  test.skipIf(!isInstalled(module))(
    `${name}: three modules are emitted, found from the script, and answer`,
    async () => {
      const project = webProject();
      const outcome: Outcome = await runScript(await bundle(project));
      expect(outcome.initial).toHaveLength(3);
      expect(outcome.loss).toBeGreaterThan(0);
      expect(likeliest(outcome.trained)).toBe(0);
      expect(
        readdirSync(project.path("dist")).filter((file) => file.endsWith(".wasm") || file === "assets"),
      ).not.toEqual([]);
    },
  );

test.skipIf(!isInstalled("rollup"))(
  "?infer&weights=: a checkpoint's values, and another build when they change",
  async () => {
    const project = webProject();
    const importing = 'import { load } from "./points.model.ts?infer&weights=./points.safetensors";';
    const point = "[0, 0]";
    project.write(
      "main.js",
      `${importing}\nglobalThis.outcome = { initial: [...(await load()).infer({ point: ${point} }).scores] };`,
    );
    const bias = async (values: readonly number[]) => {
      const tensor = (shape: number[], data: Float32Array) => ({ dtype: "F32" as const, shape, data });
      const tensors = new Map([
        ["scores.weight", tensor([2, 3], new Float32Array(6))],
        ["scores.bias", tensor([3], Float32Array.from(values))],
      ]);
      writeCheckpoint(project.path("points.safetensors"), tensors, new Map());
      return (await runScript(await byRollup(project))).initial;
    };
    expect(await bias([1, 2, 3])).toEqual([1, 2, 3]);
    expect(await bias([4, 5, 6])).toEqual([4, 5, 6]);
  },
);

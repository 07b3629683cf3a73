/** TypeScript sees the inputs and outputs of an imported model, through the files that a build writes. */
import { type ExecFileException, execFileSync } from "node:child_process";
import { join } from "node:path";
import { build } from "esbuild";
import { expect, test } from "vitest";
import nabla from "../../compiler/plugin/index.ts";
import { script, type WebProject, webProject } from "./project.ts";

const compiler = join(import.meta.dirname, "../../node_modules/typescript/bin/tsc");

/** What tsc complains of. */
function check(project: WebProject): string {
  try {
    return execFileSync(process.execPath, [compiler, "-p", project.folder], { encoding: "utf8" });
  } catch (error) {
    return String((error as ExecFileException).stdout);
  }
}

test("the types of ?infer, ?train and ?trained are those of the model", async () => {
  const project = webProject({
    "tsconfig.json": JSON.stringify({
      compilerOptions: { module: "esnext", moduleResolution: "bundler", target: "es2022", strict: true, noEmit: true },
      files: ["uses.ts"],
      include: ["types"],
    }),
  });
  await build({
    entryPoints: [project.path("main.js")],
    write: false,
    bundle: true,
    format: "esm",
    plugins: [nabla.esbuild({ cache: project.path("cache"), types: project.path("types"), inline: true })],
  });
  const imports = script.slice(0, script.indexOf("\n\n"));
  project.write(
    "uses.ts",
    `${imports}
export const scores: Float32Array = (await loadInitial()).infer({ point: [1, 2] }).scores;
export const loss: number = (await loadTraining()).step({ point: [1, 2] }, { kind: [0] });
export const trained: Float32Array = (await loadTrained()).infer({ point: [1, 2] }).scores;
`,
  );
  expect(check(project)).toBe("");
  project.write(
    "uses.ts",
    `${imports}
(await loadInitial()).infer({ points: [1, 2] });
(await loadTrained()).step;
loadTraining;
`,
  );
  expect(check(project)).toMatch(
    /uses\.ts\(4,\d+\).*'points' does not exist[\s\S]*uses\.ts\(5,\d+\).*'step' does not exist/,
  );
});

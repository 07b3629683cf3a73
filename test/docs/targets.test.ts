/** docs/targets.md: its C program compiles against what is built, and prints what the module says. */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { compile } from "../../compiler/compile.ts";
import { writeC } from "../../compiler/targets/c/write.ts";
import { readModelFile } from "../../compiler/tasks/model-file.ts";
import { loadInference } from "../../runtime/infer.ts";
import { argmax } from "../../runtime/metrics.ts";
import { isMissing } from "../support/missing.ts";

const page = readFileSync(new URL("../../docs/targets.md", import.meta.url), "utf8");
const [, program] = page.match(/```c\n(.*?)```/s)!;
const [, options] = page.match(/^cc (.*) main\.c iris\.c -lm -o iris$/m)!;
const [, flowers] = page.match(/^printf '(.*)' \| \.\/iris$/m)!;

const folder = mkdtempSync(join(tmpdir(), "nabla-docs-"));
afterAll(() => rmSync(folder, { recursive: true }));

const lacksCompiler = isMissing("a C compiler called cc", spawnSync("cc", ["--version"]).status === 0);

test.skipIf(lacksCompiler)("the C program classifies as the module does", async () => {
  const { model } = await readModelFile("examples/iris/iris.model.ts");
  const { wasm, manifest } = await compile(model, { mode: "infer", seed: 4 });
  const labels = ["setosa", "versicolor", "virginica"];
  const outputs = manifest.outputs.map((slot) => ({ ...slot, classes: 3, labels }));
  const { source, header } = writeC(wasm, { ...manifest, outputs }, "iris");
  for (const [file, text] of Object.entries({ "main.c": program!, "iris.c": source, "iris.h": header }))
    writeFileSync(join(folder, file), text);
  const input = flowers!.replaceAll("\\n", "\n");
  execFileSync("cc", [...options!.split(" "), "-Wall", "-Werror", "main.c", "iris.c", "-lm", "-o", "iris"], {
    cwd: folder,
  });
  const printed = execFileSync(join(folder, "iris"), { input, encoding: "utf8" });

  const measurements = input.trim().split(/\s+/).map(Number);
  const { logits } = (await loadInference(wasm as BufferSource)).infer({ measurements });
  const expected = [0, 1, 2].map((row) => labels[argmax(logits!, row, 3)]);
  expect(printed.trim().split("\n")).toEqual(expected);
});

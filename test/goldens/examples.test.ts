/**
 * What the examples compile to, fixed: bytes of each module and their hash, bytes of the arena, FLOPs, and the tiling of every
 * kernel. None of it varies from run to run; a change here is a change of code that ships, and a pure refactoring changes nothing.
 * `npx vitest run test/goldens -u` rewrites it.
 */
import { createHash } from "node:crypto";
import { readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { expect, test } from "vitest";
import { type Built, compile } from "../../compiler/compile.ts";
import { readModelFile } from "../../compiler/tasks/model-file.ts";

const files = readdirSync("examples", { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".model.ts"))
  .sort();

test.each(files)("%s", async (file) => {
  const { model } = await readModelFile(join("examples", file));
  expect(model.spec.budget, "every example states what it may cost").toBeDefined();
  const infer = await compile(model, { mode: "infer" });
  const train = await compile(model);
  const text = [describe("infer", infer, ["infer"]), describe("train", train, ["step", "evaluate"])].join("\n\n");
  await expect(`${text}\n`).toMatchFileSnapshot(`examples/${basename(file, ".model.ts")}.txt`);
});

function describe(mode: string, { wasm, manifest, stages }: Built, functions: readonly string[]): string {
  const { memory, bytes, flops } = manifest;
  const counts = Object.entries(flops).map(
    ([part, { arithmetic, activations }]) => `${part} ${arithmetic} + ${activations}`,
  );
  const tiles = functions.flatMap((name) =>
    stages
      .find((stage) => stage.name === `${name}/tile`)!
      .text()
      .split("\n"),
  );
  return [
    `${mode}: ${bytes.wasm} bytes, ${bytes.weights} of them weights; arena ${memory.arenaBytes} of at least ${memory.lowerBoundBytes}`,
    `SHA-256 ${createHash("sha256").update(wasm).digest("hex").slice(0, 16)}`,
    `FLOPs of a batch, arithmetic + activations: ${counts.join(", ")}`,
    ...tiles.map((line) => `  ${line}`),
  ].join("\n");
}

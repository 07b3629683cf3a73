/** What a call leaves to the garbage collector, counted in a process of its own whose young generation holds all of it. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";
import { afterAll, expect, test } from "vitest";
import { linearModule } from "./linear.ts";

const folder = mkdtempSync(join(tmpdir(), "nabla-allocation-"));
afterAll(() => rmSync(folder, { recursive: true }));

const program = `
  import { loadInference } from ${JSON.stringify(fileURLToPath(new URL("../../runtime/infer.ts", import.meta.url)))};
  import { readFileSync } from "node:fs";

  const batch = 20;
  const net = await loadInference(readFileSync(process.argv[2]));
  const inputs = { x: new Float32Array(4 * batch) };
  const outputs = net.infer(inputs);
  const calls = 40_000;
  function bytesOf(call) {
    for (let i = 0; i < 10 * calls; i++) call(); // until the engine has compiled it for good
    globalThis.gc();
    const before = process.memoryUsage().heapUsed;
    for (let i = 0; i < calls; i++) call();
    return (process.memoryUsage().heapUsed - before) / calls;
  }
  const filled = bytesOf(() => net.infer(inputs, batch, outputs));
  const fresh = bytesOf(() => net.infer(inputs, batch));
  console.log(JSON.stringify({ filled, fresh }));
`;

test("a call that fills the outputs of an earlier one allocates nothing", async () => {
  const [wasm, script] = [join(folder, "linear.wasm"), join(folder, "program.mjs")];
  writeFileSync(wasm, await linearModule({ mode: "infer", batch: 20 }));
  buildSync({
    stdin: { contents: program, resolveDir: folder },
    bundle: true,
    format: "esm",
    platform: "node",
    outfile: script,
  });
  const printed = execFileSync(process.execPath, ["--expose-gc", "--min-semi-space-size=64", script, wasm], {
    encoding: "utf8",
  });
  const { filled, fresh } = JSON.parse(printed);
  expect(fresh).toBeGreaterThan(100);
  // The heap is counted in pages' parts, and the engine's own work is in it.
  expect(filled).toBeLessThan(fresh / 5);
});

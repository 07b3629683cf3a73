/**
 * The loader of a relaxed build takes the module that the engine does well with: shown with both answers simulated, and as
 * the Node that runs the tests, a current one, and Chromium decide by themselves. The modules differ in their weights here.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { compile } from "../../compiler/compile.ts";
import { dense, meanSquaredError, model, sgd } from "../../compiler/dsl/index.ts";
import { chromium, outcomeOf } from "../hosts/hosts/browsers.ts";
import { currentNode, node } from "../hosts/hosts/commands.ts";
import { type Host, isThere, output } from "../hosts/hosts/host.ts";
import { firstDifference } from "../support/close.ts";

const folder = mkdtempSync(join(tmpdir(), "nabla-relaxed-"));
afterAll(() => rmSync(folder, { recursive: true }));

const network = model({
  inputs: { x: [20] },
  targets: { t: [64] },
  batch: 6,
  forward: ({ x }) => ({ y: dense(x, 64, { name: "out" }) }),
  loss: ({ y }, { t }) => meanSquaredError(y, t),
  optimizer: sgd({ rate: 0.1 }),
});

/** Every output of which is the bias. */
const built = (bias: number) =>
  compile(network, {
    name: "net",
    mode: "infer",
    relaxedSimd: true,
    weights: { "out.weight": new Float32Array(20 * 64), "out.bias": new Float32Array(64).fill(bias) },
  });

const ask = "(await load()).infer({ x: new Array(20).fill(1) }).y[0]";

beforeAll(async () => {
  mkdirSync(folder, { recursive: true });
  const plain = await built(1);
  const drawn = await compile(network, { mode: "infer", relaxedSimd: true });
  const files = {
    "drawn.infer.wasm": drawn.wasm,
    "drawn.infer.relaxed.wasm": drawn.relaxedWasm!,
    "package.json": '{ "type": "module" }',
    "net.infer.wasm": plain.wasm,
    "net.infer.relaxed.wasm": (await built(2)).relaxedWasm!,
    "net.js": plain.js,
    "ask.js": `import { load } from "./net.js";\nconsole.log(${ask});`,
    "pretend.js": `WebAssembly.validate = () => process.argv[2] === "yes";
      const { load } = await import("./net.js");
      console.log(${ask});`,
    "both.js": `import { load } from "./net.js";
      const x = Array.from({ length: 120 }, (_, i) => Math.sin(i));
      const answers = async (file) => [...(await load(new URL(file, import.meta.url))).infer({ x }).y];
      console.log(JSON.stringify([await answers("drawn.infer.wasm"), await answers("drawn.infer.relaxed.wasm")]));`,
    "page.html": '<!doctype html><meta charset="utf-8"><script type="module" src="./page.js"></script>',
    "page.js": `import { load } from "./net.js";
      globalThis.outcome = ${ask};
      document.title = "done";`,
  };
  for (const [name, contents] of Object.entries(files)) writeFileSync(join(folder, name), contents);
});

const relaxed = "2";
const plain = "1";

const run = async ({ program }: Pick<Host, "program">, ...args: string[]): Promise<string> =>
  (await output(program, args)).trim();

/** A Node that knows relaxed SIMD, by a flag if need be, so that the relaxed module can run. */
const able = process.versions.node.startsWith("20.") ? ["--experimental-wasm-relaxed-simd"] : [];

test("the answer of the probe decides", async () => {
  expect(await run(node, ...able, join(folder, "pretend.js"), "yes")).toBe(relaxed);
  expect(await run(node, ...able, join(folder, "pretend.js"), "no")).toBe(plain);
});

/** The first Node of which it is measured that relaxed modules are faster. */
const firstAbleNode = 24;

test("this Node takes what it does well with", async () => {
  const expected = Number.parseInt(process.versions.node, 10) < firstAbleNode ? plain : relaxed;
  expect(await run(node, join(folder, "ask.js"))).toBe(expected);
});

test.skipIf(!isThere(currentNode))("a current Node takes the relaxed module", async () => {
  expect(await run(currentNode, join(folder, "ask.js"))).toBe(relaxed);
});

test.skipIf(!isThere(currentNode))("in a current Node both answer alike", async () => {
  const [plain, relaxed] = JSON.parse(await run(currentNode, join(folder, "both.js"))).map((values: number[]) =>
    Float64Array.from(values),
  );
  expect(plain.some((value: number) => value > 0.1)).toBe(true);
  expect(firstDifference(relaxed, plain, 1e-5)).toBeUndefined();
});

test.skipIf(!isThere(chromium))("Chromium takes the relaxed module", async () => {
  expect(await outcomeOf<number>("chrome", chromium.program, folder)).toBe(2);
});

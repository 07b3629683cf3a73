/**
 * The JavaScript that a network becomes gives the bits of the module where there is no WebAssembly: in Node with it taken
 * away, and in QuickJS, which has none, and no TextDecoder either.
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildSync } from "esbuild";
import { afterAll, describe, expect, test } from "vitest";
import { type Built, compile } from "../../compiler/compile.ts";
import { writeJs } from "../../compiler/targets/js/write.ts";
import { load } from "../../runtime/load.ts";
import { modules } from "../hosts/hosts/host.ts";
import { networks } from "../hosts/networks.ts";
import { isMissing } from "../support/missing.ts";
import { compute } from "./compute.ts";
import { columns, STEPS, samples } from "./samples.ts";

const lacksQuickjs = isMissing("QuickJS of test/hosts", existsSync(join(modules, "quickjs-emscripten")));

const folder = mkdtempSync(join(tmpdir(), "nabla-js-"));
afterAll(() => rmSync(folder, { recursive: true }));

const { iris, gelu } = await samples();
const networksToTry: [string, Built][] = [
  ["iris, infer", iris!.infer],
  ["iris, train", iris!.train],
  ["gelu, infer", gelu!.infer],
  ["gelu, train", gelu!.train],
  ["dropout in f64", await compile(networks["relu, dropout, adam"], { dtype: "f64" })],
];

const columnsOf = ({ manifest: { inputs, targets, batch } }: Built) =>
  [columns(inputs, batch), columns(targets, batch), STEPS] as const;

const cases = await Promise.all(
  networksToTry.map(async ([name, built]) => [name, program(built), await expected(built)] as const),
);

describe("plain JavaScript computes the module's bits", () => {
  test.each(cases)("%s: Node without WebAssembly", (_, script, bits) => {
    const file = join(folder, "program.cjs");
    writeFileSync(file, `delete globalThis.WebAssembly;\n${script}\nanswer.then(console.log);`);
    expect(JSON.parse(execFileSync(process.execPath, [file], { encoding: "utf8" }))).toEqual(bits);
  });

  test.skipIf(lacksQuickjs).each(cases)("%s: QuickJS", async (_, script, bits) => {
    expect(JSON.parse(await inQuickjs(script))).toEqual(bits);
  });
});

test("each load gives a network of its own", async () => {
  const file = join(folder, "net.mjs");
  writeFileSync(file, writeJs(iris!.train.wasm, iris!.train.manifest).js);
  const { load: open } = await import(file);
  const [one, other] = [await open(), await open()];
  one.parameters["hidden.bias"] = Array(16).fill(3);
  expect(other.parameters["hidden.bias"][0]).toBe(0);
});

async function expected(built: Built) {
  const bits = compute(await load(built.wasm as BufferSource), ...columnsOf(built));
  expect(bits.length).toBeGreaterThan(1);
  return bits;
}

/** A script that sets `answer`, a promise of what `compute` gives, as JSON. */
function program(built: Built): string {
  writeFileSync(join(folder, "net.js"), writeJs(built.wasm, built.manifest).js);
  const compute = JSON.stringify(join(import.meta.dirname, "compute.ts"));
  const contents = `
    import { load } from "./net.js";
    import { compute } from ${compute};
    globalThis.answer = load().then((net) => JSON.stringify(compute(net, ...${JSON.stringify(columnsOf(built))})));`;
  const options = { bundle: true, format: "iife", target: "es2022", write: false } as const;
  return buildSync({ stdin: { contents, resolveDir: folder }, ...options }).outputFiles[0]!.text;
}

/** The part of quickjs-emscripten that is used; its own types are not there where it is not installed. */
interface QuickJs {
  newContext(): {
    evalCode(code: string): { readonly error?: unknown };
    unwrapResult(result: object): unknown;
    runtime: { executePendingJobs(): unknown };
    dump(handle: unknown): unknown;
  };
}

async function inQuickjs(script: string): Promise<string> {
  const { getQuickJS } = createRequire(join(modules, "any.js"))("quickjs-emscripten");
  const context = ((await getQuickJS()) as QuickJs).newContext();
  const evaluate = (code: string) => context.dump(context.unwrapResult(context.evalCode(code)));
  expect(evaluate("typeof WebAssembly + typeof TextDecoder")).toBe("undefinedundefined");
  evaluate(
    `${script}\nanswer.then((text) => { globalThis.text = text }, (error) => { globalThis.text = String(error) }); 0`,
  );
  context.runtime.executePendingJobs();
  return String(evaluate("text"));
}

/** The generated files as a user has them: type-checked by tsc, run by Node, in a folder without this package. */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Manifest } from "../../compiler/bindings/manifest.ts";
import { writeBindings } from "../../compiler/bindings/write.ts";
import { syntaxProblems } from "../../compiler/read/syntax.ts";
import { linearModule, linearSignature } from "../runtime/linear.ts";

const repository = new URL("../../", import.meta.url);
const folder = mkdtempSync(join(tmpdir(), "nabla-bindings-"));
afterAll(() => rmSync(folder, { recursive: true }));

function manifestOf(signature: ReturnType<typeof linearSignature>): Manifest {
  return {
    ...signature,
    hash: "00",
    memory: { pages: 1, stateBytes: 0, exchangeBytes: 0, constantBytes: 0, arenaBytes: 0, lowerBoundBytes: 0 },
    flops: { infer: { arithmetic: 0, activations: 0 } },
    bytes: { wasm: 0, weights: 0 },
  };
}

/** A file name that a URL must quote. */
const trainFile = "linear #1.train.wasm";

beforeAll(async () => {
  mkdirSync(join(folder, "src"));
  writeFileSync(join(folder, "package.json"), JSON.stringify({ type: "module" }));
  for (const [mode, file] of [
    ["infer", "linear.infer.wasm"],
    ["train", trainFile],
  ] as const) {
    const { js, dts } = writeBindings(manifestOf(linearSignature({ mode })), file);
    writeFileSync(join(folder, "src", file), await linearModule({ mode }));
    writeFileSync(join(folder, "src", `${mode}.js`), js);
    writeFileSync(join(folder, "src", `${mode}.d.ts`), dts);
  }
});

const node = (script: string) =>
  execFileSync(process.execPath, ["--input-type=module", "-e", script], { cwd: folder, encoding: "utf8" });

describe("the module", () => {
  test("loads the file beside it, in Node", () => {
    const out = node(`
      import { load } from "./src/infer.js";
      const net = await load();
      console.log(net.infer({ x: [1, 0, 0, 0] }).y.join(), Object.keys(net).join());`);
    expect(out.trim()).toMatch(/^0\.1\d*,0\.8\d*,0\.4\d* manifest,infer$/);
  });

  test("trains, from a file name that a URL must quote", () => {
    const out = node(`
      import { load } from "./src/train.js";
      const net = await load();
      net.init(1);
      const losses = [0, 1, 2].map(() => net.step({ x: [1, 0, 0, 0] }, { label: [2] }));
      console.log(losses[0] > losses[1] && losses[1] > losses[2], net.save().step);`);
    expect(out.trim()).toBe("true 3");
  });

  test("takes a module where a host forbids compiling", () => {
    const out = node(`
      import { readFileSync } from "node:fs";
      import { load } from "./src/infer.js";
      const module = new WebAssembly.Module(readFileSync("./src/linear.infer.wasm"));
      console.log((await load(module)).infer({ x: [0, 0, 0, 0] }).y.join());`);
    expect(out.trim()).toBe("0,0,0");
  });

  test("names its file in the form that bundlers look for, and imports nothing", () => {
    const { js } = writeBindings(manifestOf(linearSignature({ mode: "infer" })), "a.infer.wasm");
    expect(js).toContain('new URL("./a.infer.wasm", import.meta.url)');
    expect(js).not.toMatch(/^\s*import\b|\bimport\(/m);
  });

  test("for inference carries no training code", () => {
    const write = (mode: "infer" | "train") =>
      writeBindings(manifestOf(linearSignature({ mode })), "a.wasm", { minify: true }).js;
    expect(write("infer").length).toBeLessThan(0.75 * write("train").length);
    expect(write("infer")).not.toContain("evaluate");
  });
});

/** What tsc says of a user's program: "" where it is right. */
function typeErrors(program: string): string {
  const file = join(folder, "src", "user.ts");
  writeFileSync(file, program);
  const runtime = fileURLToPath(new URL("runtime/index.ts", repository));
  const config = {
    compilerOptions: {
      target: "es2022",
      module: "nodenext",
      lib: ["es2022", "dom"],
      types: [],
      strict: true,
      noEmit: true,
      skipLibCheck: false,
      allowImportingTsExtensions: true,
      paths: { "nabla/runtime": [runtime] },
    },
    files: [file],
  };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(config));
  const tsc = fileURLToPath(new URL("node_modules/typescript/bin/tsc", repository));
  return spawnSync(process.execPath, [tsc, "-p", folder], { encoding: "utf8", cwd: folder }).stdout;
}

describe("the types", () => {
  test("fit right use, the training driver included", () => {
    const errors = typeErrors(`
      import { train } from "nabla/runtime";
      import { load as loadInference } from "./infer.js";
      import { load, type SavedState } from "./train.js";

      const small = await loadInference(new URL("https://example.org/a.wasm"));
      const scores: Float32Array = small.infer({ x: [1, 2, 3, 4] }, 1).y;

      const net = await load(fetch("a.wasm"));
      const loss: number = net.step({ x: scores }, { label: Int32Array.of(1) });
      const judged: number = net.evaluate({ x: scores }, { label: [1] }).loss + net.evaluate({ x: [] }, { label: [] }).y[0]!;
      const weight: Float32Array = net.parameters["out.weight"];
      net.parameters["out.bias"] = [1, 2, 3];
      net.optimizer["out.bias.velocity"] = weight;
      const state: SavedState = net.save();
      net.restore(state);
      await train(net, { inputs: { x: scores }, targets: { label: [loss, judged] } }, { epochs: 1, seed: 1 });`);
    expect(errors).toBe("");
  });

  test("know the names of classes, as numbers and for the training driver too", () => {
    const signature = linearSignature();
    const targets = signature.targets.map((slot) => ({ ...slot, labels: ["setosa", "virginica"] }));
    const inputs = [...signature.inputs, { ...targets[0]!, name: "soil", labels: ["clay"] }];
    const { dts, js } = writeBindings(manifestOf({ ...signature, inputs, targets }), trainFile);
    writeFileSync(join(folder, "src", "named.js"), js);
    writeFileSync(join(folder, "src", "named.d.ts"), dts);
    const errors = typeErrors(`
      import { train } from "nabla/runtime";
      import { load } from "./named.js";
      const net = await load();
      const [x, soil, label] = [[1, 2, 3, 4], [0], Int32Array.of(1)];
      net.infer({ x, soil: "clay" });
      net.step({ x, soil: ["clay"] }, { label: "setosa" });
      net.evaluate({ x, soil }, { label: ["virginica"] });
      await train(net, { inputs: { x, soil }, targets: { label } }, { epochs: 1, seed: 1 });
      // @ts-expect-error There is no such soil.
      net.infer({ x, soil: "sand" });
      // @ts-expect-error One of the rows has none of the names.
      net.step({ x, soil }, { label: ["setosa", "rose"] });`);
    expect(errors).toBe("");
  });

  test("refuse wrong use, line by line", () => {
    const wrong = [
      "small.infer({ pixels: [1] });",
      "small.infer({});",
      'small.infer({ x: "text" });',
      "small.infer({ x: [1] }).logits;",
      "small.step({ x: [1] }, { label: [1] });",
      "net.step({ x: [1] });",
      "net.step({ x: [1] }, { digit: [1] });",
      'net.parameters["out.wieght"];',
      'net.parameters["out.bias"] = 5;',
      "net.parameters = {};",
      'net.init("1");',
      "load(null);",
    ];
    const head = 'import { load as loadInference } from "./infer.js"; import { load } from "./train.js";';
    const open = "const small = await loadInference(); const net = await load();";
    const errors = typeErrors([head, open, ...wrong].join("\n"));
    const lines = [...errors.matchAll(/user\.ts\((\d+),/g)].map(([, line]) => Number(line) - 3);
    expect([...new Set(lines)]).toEqual(wrong.map((_, i) => i));
  });

  test("tell shapes and classes, and quote what needs it", () => {
    const signature = linearSignature({ mode: "train" });
    const labels = ["ends */ here", "two\nlines"];
    const targets = [{ ...signature.targets[0]!, classes: 2, labels }];
    const inputs = [{ ...signature.inputs[0]!, name: "2 x", dims: [28, 28] }];
    const { dts } = writeBindings(manifestOf({ ...signature, inputs, targets }), "a.wasm");
    const from = dts.indexOf("/** What the network reads");
    expect(dts.slice(from, dts.indexOf("export interface SavedState"))).toMatchInlineSnapshot(`
      "/** What the network reads, row after row. */
      export type Inputs = {
        /** [28, 28]: 784 numbers. */
        readonly "2 x": ArrayLike<number>;
      };

      /** What it gives: copies, row after row. */
      export type Outputs = {
        /** [3]: 3 numbers. Classes 0 to 2: setosa, versicolor, virginica. */
        y: Float32Array;
      };

      /** What it learns to give, row after row. */
      export type Targets = {
        /** []: 1 number. Classes 0 to 1: "ends *\\/ here", "two\\nlines". */
        readonly label: ArrayLike<number> | ArrayLike<bigint> | "ends */ here" | "two\\nlines" | readonly ("ends */ here" | "two\\nlines")[];
      };

      /** Live views; an assignment copies. */
      export type Parameters = {
        /** [4, 3]: 12 numbers. */
        get "out.weight"(): Float32Array;
        set "out.weight"(values: ArrayLike<number>);
        /** [3]: 3 numbers. */
        get "out.bias"(): Float32Array;
        set "out.bias"(values: ArrayLike<number>);
      };

      /** The optimiser's state: live views; an assignment copies. */
      export type Optimizer = {
        /** [3]: 3 numbers. */
        get "out.bias.velocity"(): Float32Array;
        set "out.bias.velocity"(values: ArrayLike<number>);
      };

      "
    `);
  });

  test("of an f64 module say so", () => {
    const { dts } = writeBindings(manifestOf(linearSignature({ mode: "infer", dtype: "f64" })), "a.wasm");
    expect(dts).toContain("  y: Float64Array;");
  });
});

test("the generated file is an ES module that Node can import by URL", async () => {
  const { load } = await import(/* @vite-ignore */ pathToFileURL(join(folder, "src", "infer.js")).href);
  expect((await load()).manifest.inputs[0].name).toBe("x");
});

test("names and labels of all kinds leave types that parse, and comments without controls", () => {
  const signature = linearSignature({ mode: "infer" });
  const labels = ["*/", "/*", "/*/", '"', "`x`", "a\\", "a\nb", "\u2028", "\u202e", "\u001b[2J"];
  const inputs = ["class", "größe", "default", "$"].map((name) => ({
    ...signature.inputs[0]!,
    name,
    classes: labels.length,
    labels,
  }));
  const { dts, js } = writeBindings(manifestOf({ ...signature, inputs }), "a'b `d`.infer.wasm");
  expect([...syntaxProblems("net.ts", dts), ...syntaxProblems("net.js", js)]).toEqual([]);
  const comments = dts.match(/\/\*\*.*?\*\//gs)!.join("");
  expect(comments).toContain("*\\/");
  expect(comments).not.toMatch(/[^\n\P{Cc}]|[\p{Cf}\p{Zl}\p{Zp}]/u);
});

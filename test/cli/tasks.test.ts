import { mkdirSync, mkdtempSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import { appendSection } from "../../compiler/bindings/section.ts";
import { exitCodes, report } from "../../compiler/cli/failure.ts";
import { colorsFor, wrap } from "../../compiler/cli/terminal.ts";
import { compile } from "../../compiler/compile.ts";
import {
  batchNorm,
  classes,
  dense,
  dropout,
  meanSquaredError,
  model,
  momentum,
  relu,
  sgd,
  softmaxCrossEntropy,
} from "../../compiler/dsl/index.ts";
import { parseGraph } from "../../compiler/ops/parse-graph.ts";
import { checkModel, type ModelCheck, tolerance } from "../../compiler/tasks/check-model.ts";
import { UserError } from "../../compiler/tasks/errors.ts";
import { withoutSection } from "../../compiler/tasks/field-names.ts";
import { fingerprint } from "../../compiler/tasks/fingerprint.ts";
import { modelName } from "../../compiler/tasks/model-file.ts";
import { predict } from "../../compiler/tasks/predict.ts";
import { bytes, duration } from "../../compiler/tasks/quantities.ts";
import { writeTogether } from "../../compiler/tasks/write-together.ts";

const newFolder = () => mkdtempSync(join(tmpdir(), "nabla-tasks-"));

describe("writeTogether", () => {
  const files = new Map([
    ["a.js", "new a"],
    ["b.js", "new b"],
  ]);

  test("writes all, makes the folder, leaves nothing else", () => {
    const folder = join(newFolder(), "deep", "er");
    writeTogether(folder, files);
    expect(readdirSync(folder).sort()).toEqual(["a.js", "b.js"]);
    expect(readFileSync(join(folder, "b.js"), "utf8")).toBe("new b");
  });

  test("writes none where a folder is in the way", () => {
    const folder = newFolder();
    writeFileSync(join(folder, "a.js"), "old a");
    mkdirSync(join(folder, "b.js"));
    expect(() => writeTogether(folder, files)).toThrow(UserError);
    expect(readFileSync(join(folder, "a.js"), "utf8")).toBe("old a");
    expect(readdirSync(folder)).toEqual(["a.js", "b.js"]);
  });

  test("leaves what others call .partial, and takes away what a killed process has left of its own", () => {
    const folder = newFolder();
    const own = "// Written by nabla: a change here is lost";
    const none = 2 ** 22;
    const others = ["a.js.partial", `a.js.${none}.partial`, `b.js.${process.ppid}.partial`];
    for (const name of others.slice(0, 2)) writeFileSync(join(folder, name), "another's");
    // Of a process that is there and may still write it.
    writeFileSync(join(folder, others[2]!), own);
    symlinkSync("a.js.partial", join(folder, "b.js.partial"));
    writeFileSync(join(folder, `b.js.${none}.partial`), own);
    writeFileSync(join(folder, `a.js.${none + 1}.partial`), "");
    writeTogether(folder, files);
    expect(readdirSync(folder).sort()).toEqual([...others, "a.js", "b.js", "b.js.partial"].sort());
    expect(readFileSync(join(folder, others[0]!), "utf8")).toBe("another's");
  });
});

test("withoutSection: the custom sections of that name alone", () => {
  const empty = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);
  const kept = appendSection(empty, new Uint8Array(200).fill(7));
  // The same contents under another name.
  const other = Uint8Array.from(kept, (byte, i) => (i === kept.indexOf(0x6e, 8) ? 0x6d : byte));
  expect(withoutSection(kept, "nabla")).toEqual(empty);
  expect(withoutSection(other, "nabla")).toEqual(other);
  const both = Uint8Array.from([...other, ...kept.subarray(8)]);
  expect(withoutSection(both, "nabla")).toEqual(other);
});

describe("checkModel", () => {
  const worstState = ({ optimizer, parameters }: ModelCheck) =>
    Math.max(optimizer, ...parameters.map(({ wasm }) => wasm));

  test("masks of dropout and running means are those of the interpreter", async () => {
    const noisy = model({
      inputs: { x: [2] },
      targets: { y: [1] },
      batch: 4,
      forward: ({ x }) => ({ out: dense(dropout(relu(batchNorm(dense(x, 8))), 0.3), 1) }),
      loss: ({ out }, { y }) => meanSquaredError(out, y),
      optimizer: momentum({ rate: 0.1 }),
    });
    const result = await checkModel(noisy);
    expect(worstState(result)).toBeLessThan(tolerance);
    expect(result.parameters.filter(({ gradient }) => gradient === undefined)).toHaveLength(2);
    expect(result.passed).toBe(true);
  });

  test("a gradient that is rounding alone, of a bias before batchNorm, is no error", async () => {
    const centred = model({
      inputs: { x: [2] },
      targets: { kind: classes(3) },
      batch: 4,
      forward: ({ x }) => ({ scores: dense(relu(batchNorm(dense(x, 8))), 3) }),
      loss: ({ scores }, { kind }) => softmaxCrossEntropy(scores, kind),
      optimizer: momentum({ rate: 0.05 }),
    });
    expect(worstState(await checkModel(centred))).toBeLessThan(tolerance);
  });
});

test("predict: a module for training is refused, since it holds no weights", async () => {
  const points = model({
    inputs: { x: [1] },
    targets: { y: [1] },
    batch: 1,
    forward: ({ x }) => ({ out: dense(x, 1) }),
    loss: ({ out }, { y }) => meanSquaredError(out, y),
    optimizer: sgd({ rate: 0.1 }),
  });
  const { wasm } = await compile(points, { mode: "train" });
  const path = join(newFolder(), "x.train.wasm");
  writeFileSync(path, wasm);
  await expect(predict(path, { data: ["x.csv"] })).rejects.toThrow(
    "expected a module built for inference, got one for training",
  );
});

test("fingerprint: what is computed, not what it is called nor how wide it is", () => {
  const of = (text: string) => fingerprint(parseGraph(text));
  const graph = "graph infer(x: f32[n,4]; w: f32[4,2])\n  y: f32[n,2] = matmul x w\n  return out = y";
  expect(of(graph.replaceAll("y", "product"))).toBe(of(graph));
  expect(of(graph.replaceAll("f32", "f64"))).toBe(of(graph));
  expect(of(graph.replace("w: ", "v: ").replace("x w", "x v"))).not.toBe(of(graph));
  expect(of(graph.replace("out", "other"))).not.toBe(of(graph));
  expect(of(graph.replaceAll("n,2", "n,3").replace("4,2", "4,3"))).not.toBe(of(graph));
  expect(of(graph.replace("return", "z: f32[n,2] = tanh y\n  return").replace("= y", "= z"))).not.toBe(of(graph));
});

test.each([
  ["models/digits.model.ts", "digits"],
  ["digits.ts", "digits"],
  ["a.b.mjs", "a.b"],
])("modelName(%s) is %s", (path, name) => expect(modelName(path)).toBe(name));

describe("failures", () => {
  const reported = async (error: unknown, debug = false) => {
    const write = vi.spyOn(process.stderr, "write").mockReturnValue(true);
    try {
      const code = await report(error, { debug });
      return { code, text: write.mock.calls.map(([text]) => text).join("") };
    } finally {
      write.mockRestore();
    }
  };

  test("what nobody foresaw is ours, with where to look and no stack", async () => {
    const { code, text } = await reported(new TypeError("x is undefined"));
    expect(code).toBe(exitCodes.internal);
    expect(text).toMatch(/^internal: x is undefined\n/);
    expect(text).toContain("--debug");
    expect(text).not.toContain("    at ");
  });

  test("--debug adds the stack and that of the cause", async () => {
    const { text } = await reported(new Error("outer", { cause: new Error("inner") }), true);
    expect(text).toMatch(/Error: outer\n {4}at .*\nCaused by: Error: inner\n {4}at /s);
  });
});

test("colours: for a terminal, unless NO_COLOR; never for a pipe, unless FORCE_COLOR", () => {
  const stream = (isTTY: boolean) => ({ isTTY }) as NodeJS.WriteStream;
  const colored = (isTTY: boolean, env: NodeJS.ProcessEnv) => colorsFor(stream(isTTY), env).isColorSupported;
  expect(colored(true, {})).toBe(true);
  expect(colored(true, { NO_COLOR: "1" })).toBe(false);
  expect(colored(true, { TERM: "dumb" })).toBe(false);
  expect(colored(false, { CI: "1" })).toBe(false);
  expect(colored(false, { FORCE_COLOR: "1" })).toBe(true);
});

test("sizes and times as people read them", () => {
  expect([512, 10_239, 100_000, 3_000_000].map(bytes)).toEqual(["512 B", "10,239 B", "97.7 KiB", "2.9 MiB"]);
  expect([6, 7].map((width) => wrap("aaaa bb", width))).toEqual(["aaaa\nbb", "aaaa bb"]);
  expect([850, 12_300, 245_000].map(duration)).toEqual(["850 ms", "12.3 s", "4 min 5 s"]);
});

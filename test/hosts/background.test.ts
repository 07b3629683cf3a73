/** Training in a Web Worker of Chromium and Firefox, by "nabla/worker": it reports, stops when told, and the page stays responsive. */
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { beforeAll, describe, expect, test } from "vitest";
import { compile } from "../../compiler/compile.ts";
import { adam, classes, dense, model, relu, softmaxCrossEntropy } from "../../compiler/dsl/index.ts";
import { load, train } from "../../runtime/index.ts";
import { chromium, firefox, outcomeOf } from "./hosts/browsers.ts";
import { isThere } from "./hosts/host.ts";

interface Outcome {
  readonly error?: string;
  readonly steps: { readonly steps: number; readonly stoppedBy: string };
  readonly bias: readonly number[];
  readonly deadline: string;
  readonly abort: string;
  /** What became of workers that do not work. */
  readonly failures: Readonly<Record<string, string>>;
}

const digits = model({
  inputs: { x: [64] },
  targets: { kind: classes(4) },
  batch: 32,
  forward: ({ x }) => ({ y: dense(relu(dense(x, 64)), 4, { name: "out" }) }),
  loss: ({ y }, { kind }) => softmaxCrossEntropy(y, kind),
  optimizer: adam({ rate: 1e-3 }),
});

const rows = 256;
/** Runs in the page and here. */
const makeData = (count: number) => ({
  inputs: { x: Float32Array.from({ length: 64 * count }, (_, i) => Math.sin(i)) },
  targets: { kind: Int32Array.from({ length: count }, (_, i) => i % 4) },
});

/** What ends the second run is what the page gets to do while the worker trains. */
const page = `
import { openTrainer } from "nabla/runtime";
const makeData = ${makeData};
const reasonOf = (promise) => promise.then(() => "fulfilled", (error) => error.message);
// A busy machine may take long to start one.
const patient = { timeoutMs: 1_200_000 };
const openOn = (...script) =>
  reasonOf(openTrainer(new Worker(...script), fetch("net.wasm").then((r) => r.arrayBuffer()), patient));
async function failuresOf() {
  const worker = new Worker("worker.js", { type: "module" });
  const trainer = await openTrainer(worker, fetch("net.wasm").then((r) => r.arrayBuffer()), patient);
  const running = reasonOf(trainer.train({ data: makeData(${rows}), onProgress: () => worker.terminate() }));
  return {
    missing: await openOn("none.js", { type: "module" }),
    classicMissing: await openOn("none.js"),
    refusedByPolicy: await openOn(URL.createObjectURL(new Blob(["1"], { type: "text/javascript" }))),
    throwing: await openOn("throwing.js"),
    stranger: await openOn("stranger.js"),
    terminated: await running,
    later: await reasonOf(trainer.save()),
  };
}
try {
  const trainer = await openTrainer(new Worker("worker.js", { type: "module" }), fetch("net.wasm").then((r) => r.arrayBuffer()), patient);
  await trainer.init(1);
  const steps = await trainer.train({ data: makeData(${rows}), steps: 20 });
  const bias = [...(await trainer.save()).tensors["out.bias"]];
  const deadline = await trainer.train({ deadlineMs: 50 });
  let ticks = 0, reports = 0;
  const control = new AbortController();
  const timer = setInterval(() => {
    if (++ticks > 5 && reports > 1) control.abort();
  }, 10);
  const aborted = await trainer.train({ signal: control.signal, onProgress: () => reports++ });
  clearInterval(timer);
  globalThis.outcome = {
    steps, bias,
    deadline: deadline.stoppedBy,
    abort: aborted.stoppedBy,
    failures: await failuresOf(),
  };
} catch (error) {
  globalThis.outcome = { error: String(error.stack ?? error) };
}
document.title = "done";
`;

describe("training in the background", () => {
  const folder = mkdtempSync(join(tmpdir(), "nabla-background-"));
  let wasm: Uint8Array;
  beforeAll(async () => {
    wasm = (await compile(digits, { mode: "train" })).wasm;
    writeFileSync(join(folder, "net.wasm"), wasm);
    writeFileSync(
      join(folder, "page.html"),
      '<!doctype html><title>busy</title><script type="module" src="page.js"></script>',
    );
    writeFileSync(join(folder, "throwing.js"), "null.none;");
    writeFileSync(join(folder, "stranger.js"), 'onmessage = () => postMessage("ready");');
    const alias = { "nabla/runtime": "./runtime/index.ts" };
    const common = { bundle: true, format: "esm", alias, absWorkingDir: process.cwd() } as const;
    await build({ ...common, stdin: { contents: page, resolveDir: process.cwd() }, outfile: join(folder, "page.js") });
    await build({ ...common, entryPoints: ["runtime/worker.ts"], outfile: join(folder, "worker.js") });
  });

  for (const [kind, browser] of [
    ["chrome", chromium],
    ["firefox", firefox],
  ] as const)
    test.skipIf(!isThere(browser))(browser.name, async () => {
      const { error, steps, bias, deadline, abort, failures } = await outcomeOf<Outcome>(
        kind,
        browser.program!,
        folder,
      );
      expect(error).toBeUndefined();
      expect(steps).toMatchObject({ steps: 20, stoppedBy: "steps" });
      // The bits of training in the foreground.
      const net = await load(wasm as Uint8Array<ArrayBuffer>);
      net.init(1);
      let count = 0;
      const control = new AbortController();
      await train(net, makeData(rows), {
        epochs: 3,
        seed: 0,
        signal: control.signal,
        onStep: () => ++count === 20 && control.abort(),
      });
      expect(bias).toEqual([...net.parameters["out.bias"]!]);
      expect(deadline).toBe("deadline");
      expect(abort).toBe("abort");
      for (const reason of Object.values(failures)) expect(reason).toMatch(/^the worker failed: /);
      for (const name of ["missing", "classicMissing", "refusedByPolicy"])
        expect(failures[name]).toContain("its script could not be loaded or run");
      expect(failures.throwing).toMatch(/null.*throwing\.js:1\)$/);
      expect(failures.stranger).toContain('got "ready"');
      expect([failures.terminated, failures.later]).toEqual(Array(2).fill("the worker failed: it was terminated"));
    });
});

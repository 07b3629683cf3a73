/** A worker that cannot start, does not answer, says what nobody asked, or ends: every call rejects with what happened. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { build } from "esbuild";
import { dense, meanSquaredError, model, sgd } from "nabla";
import { load, openTrainer, type WorkerPort } from "nabla/runtime";
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { compile } from "../../compiler/compile.ts";
import { type Port, serve } from "../../runtime/serve.ts";

const folder = mkdtempSync(join(tmpdir(), "nabla-trainer-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
afterEach(() => vi.useRealTimers());

let wasm: Uint8Array;
beforeAll(async () => {
  const net = model({
    inputs: { x: [2] },
    targets: { y: [1] },
    batch: 4,
    forward: ({ x }) => ({ y: dense(x, 1) }),
    loss: ({ y }, t) => meanSquaredError(y, t.y),
    optimizer: sgd({ rate: 1e-6 }),
  });
  wasm = (await compile(net)).wasm;
  const shared = { bundle: true, format: "esm", outExtension: { ".js": ".mjs" } } as const;
  await build({ ...shared, entryPoints: ["runtime/worker.ts"], outdir: folder });
});

/** A page's worker, whose answers the test gives. */
class FakeWorker extends EventTarget {
  readonly asked: { id: number; call: string }[] = [];
  postMessage(message: unknown): void {
    this.asked.push(message as FakeWorker["asked"][0]);
  }
  terminate(): void {}
  happens(type: string, facts: object = {}): void {
    this.dispatchEvent(Object.assign(new Event(type), facts));
  }
}

/** The worker, and a second call that is open beside the first. */
async function opened() {
  const worker = new FakeWorker();
  const opening = openTrainer(worker, wasm);
  const answer = async (call: string, result?: unknown) => {
    await expect.poll(() => worker.asked.at(-1)?.call).toBe(call);
    worker.happens("message", { data: { id: worker.asked.at(-1)!.id, result } });
  };
  await answer("hello");
  await answer("load", {});
  return { worker, trainer: await opening };
}

const failures: [string, (worker: FakeWorker) => void, RegExp][] = [
  ["a script that is not there", (worker) => worker.happens("error"), /its script could not be loaded or run/],
  [
    "an error at its top",
    (worker) => worker.happens("error", { message: "Uncaught Error: no", filename: "https://a.test/w.js", lineno: 3 }),
    /Uncaught Error: no \(https:\/\/a\.test\/w\.js:3\)$/,
  ],
  ["a message that cannot be read", (worker) => worker.happens("messageerror"), /cannot be read here/],
  ["termination", (worker) => worker.terminate(), /it was terminated$/],
  [
    "a message of somebody else",
    (worker) => worker.happens("message", { data: { kind: "hello", n: 1 } }),
    /expected an answer of "nabla\/worker", got \{ kind, n \}$/,
  ],
  ["a text", (worker) => worker.happens("message", { data: "ready" }), /got "ready"$/],
  ["nothing", (worker) => worker.happens("message", { data: null }), /got null$/],
  [
    "an answer to nobody",
    (worker) => worker.happens("message", { data: { id: 1e9, result: 1 } }),
    /got \{ id, result \}$/,
  ],
  [
    "a request that it cannot read",
    (worker) => worker.happens("message", { data: { error: { name: "DataCloneError", message: "unreadable" } } }),
    /: unreadable$/,
  ],
];

describe.each(failures)("%s", (_, fail, message) => {
  test("before it is open", async () => {
    const worker = new FakeWorker();
    const opening = openTrainer(worker, wasm);
    fail(worker);
    await expect(opening).rejects.toThrow(/^the worker failed: /);
    await expect(opening).rejects.toThrow(message);
  });

  test("before the module is there", async () => {
    const worker = new FakeWorker();
    const opening = openTrainer(worker, new Promise<Uint8Array>(() => {}));
    fail(worker);
    await expect(opening).rejects.toThrow(message);
  });

  test("later: what is open, and what is asked after", async () => {
    const { worker, trainer } = await opened();
    const control = new AbortController();
    const open = [trainer.train({ signal: control.signal }), trainer.save()];
    fail(worker);
    // Nobody is left to be told; that must not become an unhandled rejection.
    control.abort();
    for (const call of open) await expect(call).rejects.toThrow(message);
    const count = worker.asked.length;
    await expect(trainer.infer({ x: [1, 2] })).rejects.toThrow(message);
    expect(worker.asked.length).toBe(count);
  });
});

test("no answer at all", async () => {
  vi.useFakeTimers();
  const opening = openTrainer(new FakeWorker(), wasm);
  const outcome = expect(opening).rejects.toThrow(
    'no answer within 10 s; its script has to be "nabla/worker", or to import that',
  );
  await vi.advanceTimersByTimeAsync(10_000);
  await outcome;
});

test("options are checked", async () => {
  const open = (options: object) => openTrainer(new FakeWorker(), wasm, options);
  await expect(open({ timeoutMS: 5 })).rejects.toThrow(/openTrainer.*timeoutMS/s);
  for (const timeoutMs of [0, Infinity, Number.NaN, "5"])
    await expect(open({ timeoutMs })).rejects.toThrow(/timeoutMs.*expected an integer from 1/s);
});

test("a port without events of its own", async () => {
  const port = { onmessage: null, onerror: null as null | ((event: object) => void), postMessage() {} };
  const opening = openTrainer(port, wasm);
  port.onerror!({ message: "gone" });
  await expect(opening).rejects.toThrow("the worker failed: gone");
});

test("an argument that no message carries rejects that call alone", async () => {
  const { port1, port2 } = new MessageChannel();
  onTestFinished(() => port1.close());
  serve(port2 as unknown as Port);
  const trainer = await openTrainer(port1, wasm);
  await expect(trainer.infer({ x: (() => 1) as unknown as number[] })).rejects.toThrow("could not be cloned");
  expect((await trainer.infer({ x: [1, 2] })).y).toHaveLength(1);
});

test("a second trainer on one worker is refused; after a wrong module the worker can be used again", async () => {
  const { port1, port2 } = new MessageChannel();
  onTestFinished(() => port1.close());
  serve(port2 as unknown as Port);
  await expect(openTrainer(port1, new Uint8Array(8))).rejects.toThrow();
  await expect(openTrainer(port1, Promise.reject(new Error("404")))).rejects.toThrow("404");
  const trainer = await openTrainer(port1, wasm);
  await expect(openTrainer(port1, wasm)).rejects.toThrow(
    new TypeError("worker: expected one for each trainer, got one that has a trainer already"),
  );
  expect((await trainer.infer({ x: [1, 2] })).y).toHaveLength(1);
});

test("messages that are no requests are left to others", async () => {
  const { port1, port2 } = new MessageChannel();
  onTestFinished(() => port1.close());
  serve(port2 as unknown as Port);
  const trainer = await openTrainer(port1, wasm);
  for (const other of [null, "hello", { call: "constructor", args: [] }, { kind: 1 }]) port1.postMessage(other);
  expect((await trainer.infer({ x: [1, 2] })).y).toHaveLength(1);
});

/** A busy machine may take long to start one. */
const patient = { timeoutMs: 1_200_000 };

describe("Workers of Node", () => {
  const data = { inputs: { x: [1, 2, 3, 4] }, targets: { y: [1, 2] } };
  function start(script: string | URL, isText = false): { worker: Worker; port: WorkerPort } {
    const worker = new Worker(script, { eval: isText });
    onTestFinished(() => void worker.terminate());
    return { worker, port: worker };
  }
  const script = () => join(folder, "worker.mjs");

  test("serve as a page's do", async () => {
    const trainer = await openTrainer(start(script()).port, wasm, patient);
    expect(await trainer.train({ data, steps: 3 })).toMatchObject({ steps: 3, stoppedBy: "steps" });
    const net = await load(wasm);
    expect((await trainer.infer({ x: [0, 0] })).y).toHaveLength(1);
    expect(trainer.manifest).toEqual(net.manifest);
  });

  test("terminated in the middle", async () => {
    const { worker, port } = start(script());
    const trainer = await openTrainer(port, wasm, patient);
    const running = trainer.train({ data, onProgress: () => void worker.terminate() });
    await expect(running).rejects.toThrow("the worker failed: it ended with exit code 1");
    await expect(trainer.save()).rejects.toThrow("exit code 1");
  });

  test("not there, with an error at its top, or done at once", async () => {
    const openOn = (text: string) => openTrainer(start(text, true).port, wasm, patient);
    await expect(openTrainer(start(join(folder, "none.mjs")).port, wasm, patient)).rejects.toThrow(
      /the worker failed: .*none\.mjs/,
    );
    await expect(openOn("throw new RangeError('no')")).rejects.toThrow("the worker failed: RangeError: no");
    await expect(openOn("")).rejects.toThrow("the worker failed: it ended with exit code 0");
    await expect(openOn("require('node:worker_threads').parentPort.postMessage(7)")).rejects.toThrow("got 7");
  });

  test("the other side of a port is closed", async () => {
    const { port1, port2 } = new MessageChannel();
    serve(port2 as unknown as Port);
    const trainer = await openTrainer(port1, wasm, patient);
    port2.close();
    await expect(trainer.save()).rejects.toThrow("the worker failed: its port was closed");
  });
});
